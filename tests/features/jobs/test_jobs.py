"""Work that takes longer than a request: submitted, watched, cancelled, fetched, by its owner and nobody else."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.features.jobs.working import BEA, Person, a_person, a_working_house, numbers
from tests.features.people.administering import listening
from tests.house import House, Member, a_house, built

from daemun.adapters.system import SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.features.jobs import Jobs, JobSettings, Sealing, feature, store
from daemun.plugin import JobKind, Work

KEEPER = Member(handle="keeper_1", email="keeper@example.com", name="지킴이")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_working_house(database_url, tmp_path, jobs__at_once="1") as found:
        yield found


def files(house: House) -> list[Path]:
    folder = house.settings.core.data / "jobs"
    return sorted(folder.iterdir()) if folder.is_dir() else []


async def changed(house: House, job_id: str, **values: Any) -> None:
    def story(work: Work) -> None:
        work.run(update(store.jobs).where(store.c.id == job_id).values(values))

    await built(house.app).database.work(story, Circumstance())


async def test_a_job_is_submitted_watched_and_its_file_fetched(house: House) -> None:
    ann, ear = await a_person(house), listening(house)
    queued = await ann.submit(3)
    assert (queued["status"], queued["position"]) == ("queued", 1)
    job = await ann.ended(queued["job_id"])
    assert (job["status"], job["result"], job["progress"]) == ("complete", {"counted": 3}, {"done": 3, "of": 3})
    assert (job["error"], job["position"], job["cancelling"]) == (None, None, False)
    assert job["file"] == {"name": "수.txt", "media_type": "text/plain", "size": 5}
    file = await ann.get(f"/{job['job_id']}/file")
    assert (file.status_code, file.text) == (200, "0\n1\n2")
    assert file.headers["cache-control"] == "no-store"
    assert "attachment" in file.headers["content-disposition"]
    assert await numbers(house, job["job_id"]) == [0, 1, 2]
    assert ear.told() == [(f"job.{name}.success", {"kind": "counting.count"}) for name in ("submit", "run", "download")]


async def test_nobody_sees_cancels_or_fetches_what_is_anothers(house: House) -> None:
    ann, bea = await a_person(house), await a_person(house, BEA)
    mine = (await ann.submit(1))["job_id"]
    await ann.ended(mine)
    answers = [await bea.get(f"/{mine}"), await bea.get(f"/{mine}/file"), await bea.cancel(mine)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "missing")] * 3
    assert (await bea.get()).json() == {"jobs": [], "next": None}
    assert (await ann.client.get(f"/api/v1/jobs/{mine}")).status_code == 401


async def test_my_jobs_are_listed_newest_first_a_page_at_a_time(house: House) -> None:
    ann = await a_person(house)
    made = []
    for _ in range(3):
        house.clock.advance(seconds=1)
        made.append((await ann.submit(1))["job_id"])
    first = (await ann.get("?limit=2")).json()
    rest = (await ann.get(f"?limit=2&after={first['next']}")).json()
    assert [each["job_id"] for each in first["jobs"] + rest["jobs"]] == made[::-1]
    assert rest["next"] is None


async def test_a_running_job_is_cancelled_where_its_code_listens_and_a_waiting_one_at_once(house: House) -> None:
    ann = await a_person(house)
    running = (await ann.submit(10_000, pause=0.01))["job_id"]
    await ann.until(running, lambda job: job["progress"]["done"] > 0)
    waiting = await ann.submit(1)
    assert waiting["position"] == 1
    assert (await ann.cancel(waiting["job_id"])).json()["status"] == "cancelled"
    assert (await ann.cancel(running)).json()["cancelling"] is True
    job = await ann.ended(running)
    assert (job["status"], job["file"], job["result"]) == ("cancelled", None, {})
    assert 0 < len(await numbers(house, running)) < 10_000
    assert await numbers(house, waiting["job_id"]) == []
    over = await ann.cancel(running)
    assert (over.status_code, over.json()["code"]) == (409, "job_over")
    missing = await ann.get(f"/{running}/file")
    assert (missing.status_code, missing.json()["code"]) == (404, "job_file_missing")


@pytest.mark.parametrize(("kind", "code"), [("counting.refuse", "uncountable"), ("counting.fall", "job_failed")])
async def test_a_job_that_fails_says_which_way_and_the_next_one_is_done(house: House, kind: str, code: str) -> None:
    ann, ear = await a_person(house), listening(house)
    bad, good = (await ann.submit(1, kind=kind))["job_id"], (await ann.submit(1))["job_id"]
    job = await ann.ended(bad)
    assert (job["status"], job["error"]) == ("error", code)
    assert (await ann.ended(good))["status"] == "complete"
    assert ("job.run.failure", {"kind": kind, "reason": code}) in ear.told()


async def test_a_file_is_fetched_only_by_who_holds_its_permission_at_that_moment(house: House) -> None:
    ann, found = await a_person(house), built(house.app)
    job_id = (await ann.submit(1, kind="counting.secretly"))["job_id"]
    await ann.ended(job_id)
    denied = await ann.get(f"/{job_id}/file")
    assert (denied.status_code, denied.json()["code"]) == (403, "denied")
    newcomer = Newcomer(KEEPER.handle, KEEPER.email, KEEPER.name, Secret(KEEPER.password))
    await found.make_admin(found.visit("test"), newcomer, role="security_admin")
    client = house.client()
    keeper = Person(client, (await client.log_in(KEEPER)).json()["access_token"])
    theirs = (await keeper.submit(1, kind="counting.secretly"))["job_id"]
    await keeper.ended(theirs)
    assert (await keeper.get(f"/{theirs}/file")).status_code == 200


async def test_only_so_many_may_wait(database_url: str, tmp_path: Path) -> None:
    async with a_working_house(database_url, tmp_path, jobs__at_once="0", jobs__most_waiting="2") as house:
        ann, bea = await a_person(house), await a_person(house, BEA)
        assert (await ann.submit())["position"] == 1
        house.clock.advance(seconds=1)
        assert (await ann.submit())["position"] == 2
        full = await ann.client.post("/counting", {"upto": 1}, token=ann.token)
        assert (full.status_code, full.json()["code"], full.headers["retry-after"]) == (429, "jobs_full", "60")
        house.clock.advance(seconds=1)
        assert (await bea.submit())["position"] == 3


async def test_jobs_and_their_files_go_when_their_time_is_over_or_their_owner_is_erased(house: House) -> None:
    ann, found = await a_person(house), built(house.app)
    job_id = (await ann.submit(1))["job_id"]
    await ann.ended(job_id)
    (file,) = files(house)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    lost = file.parent / f"{job_id}-01K0000000000000000000LOST"
    lost.write_text("of a process that lost it")
    lost.with_name(lost.name + ".tmp").mkdir()
    assert await tidied(house) == 2
    house.clock.advance(days=6)
    assert [done.did for done in await found.chores.now("jobs.sweep")] == [0]
    house.clock.advance(days=2)
    assert [done.did for done in await found.chores.now("jobs.sweep")] == [1]
    assert await tidied(house) == 1
    assert files(house) == []


async def tidied(house: House) -> int:
    found = built(house.app)
    (worker,) = [each for each in found.background if each.name == "jobs.work"]
    return int(await worker.run.__self__.tidy(found.visit("test")))  # type: ignore[attr-defined]  # the worker's own method


async def test_erasing_somebody_takes_their_jobs(house: House) -> None:
    ann, bea = await a_person(house), await a_person(house, BEA)
    theirs, other = (await ann.submit(1))["job_id"], (await bea.submit(1))["job_id"]
    await ann.ended(theirs)
    await bea.ended(other)
    owner = (await ann.client.get("/me", token=ann.token)).json()["id"]
    found = built(house.app)
    assert [each["id"] for each in (await found.visit("t").read(found.rooms.jobs.about, owner))["jobs"]] == [theirs]
    await found.visit("t").work(found.rooms.jobs.forget, owner)
    assert (await ann.get()).json()["jobs"] == []
    assert len((await bea.get()).json()["jobs"]) == 1


async def test_what_a_job_was_asked_with_is_unreadable_in_the_database(database_url: str, tmp_path: Path) -> None:
    async with a_working_house(database_url, tmp_path, jobs__at_once="0") as house:
        ann = await a_person(house)
        await ann.submit(987_654_321)
        (row,) = await built(house.app).database.read(lambda tx: tx.all(select(store.c.params)))
        assert b"987654321" not in row.params
        assert b"upto" not in row.params


async def test_a_job_at_which_processes_die_again_and_again_is_given_up(house: House) -> None:
    ann = await a_person(house)
    job_id = (await ann.submit(1))["job_id"]
    await ann.ended(job_id)
    past = house.clock.now() - timedelta(minutes=1)
    await changed(house, job_id, state="running", tries=5, held_by="01K0000000000000000000GONE", leased_until=past, stored=None)
    job = await ann.ended(job_id)
    assert (job["status"], job["error"]) == ("error", "job_died")


async def test_who_lost_a_job_to_another_writes_nothing_by_it_any_more(house: House) -> None:
    ann = await a_person(house)
    job_id = (await ann.submit(10_000, pause=0.01))["job_id"]
    await ann.until(job_id, lambda job: job["progress"]["done"] > 0)
    await changed(house, job_id, held_by="01K0000000000000000000ELSE")
    await asyncio.sleep(0)
    before = await numbers(house, job_id)
    other = (await ann.submit(1))["job_id"]
    assert (await ann.ended(other))["status"] == "complete"  # its place is free again
    assert len(await numbers(house, job_id)) - len(before) <= 1
    assert (await ann.job(job_id))["status"] == "running"


async def test_a_server_that_stops_gives_its_jobs_back_and_the_next_one_finishes_them(database_url: str, tmp_path: Path) -> None:
    async with a_working_house(database_url, tmp_path) as house:
        ann = await a_person(house)
        job_id = (await ann.submit(300, pause=0.01))["job_id"]
        await ann.until(job_id, lambda job: job["progress"]["done"] > 0)
    async with a_working_house(database_url, tmp_path) as house:
        ann = replace(ann, client=house.client())
        job = await ann.ended(job_id)  # no lease had to run out: this clock stands still
        assert (job["status"], job["result"]) == ("complete", {"counted": 300})
        assert await numbers(house, job_id) == list(range(300))


async def test_the_tool_on_the_page_works_when_pasted(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[3] / "docs/explanation/jobs.md").read_text("utf-8")
    (tmp_path / "pasted_tool.py").write_text(page.partition("```python\n")[2].partition("```")[0], "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    async with a_house(sqlite_url, tmp_path, tools="pasted_tool") as house:
        ann = await a_person(house)
        queued = await ann.client.post("/numbers", token=ann.token)
        assert queued.status_code == 202
        job = await ann.ended(queued.json()["job_id"])
        assert job["result"] == {"lines": 10}
        assert (await ann.get(f"/{job['job_id']}/file")).text.splitlines() == [str(number * 2) for number in range(10)]


def test_two_jobs_of_one_name_stop_the_start(tmp_path: Path) -> None:
    one, two = (JobKind("night.batch", "밤 일", "Night work", lambda _: {}) for _ in range(2))
    jobs = Jobs(JobSettings(), Sealing(lambda: bytes(32), SystemEntropy()))
    with pytest.raises(ValueError, match=r"night\.batch"):
        feature(jobs, [one, two], tmp_path)
