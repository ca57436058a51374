"""Events enter the log with their cause, once, sealed, and stay as they were."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.features.audit.logged import audit_of, house_of, raw, require_whole, revealed, settled
from tests.house import House, Member, a_house, a_member, built

from daemun.adapters.ledger import open_ledger
from daemun.core.actor import NOBODY
from daemun.core.circumstance import Circumstance
from daemun.core.event import Happening
from daemun.features.audit import store
from daemun.features.audit.errors import LogRolledBack
from daemun.features.audit.upkeep import Upkeep
from daemun.features.identity.events import LOGIN_FAILED
from daemun.ports.database import Work


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as built:
        yield built


async def test_what_somebody_does_is_in_the_log_and_only_its_owner_is_named_in_sealed_parts(house: House, tmp_path: Path) -> None:
    client = house.client("203.0.113.77", agent="Planted-Agent/7")
    await a_member(client)
    await client.log_in(Member(), password="Wrong-Pass-11!")
    tokens = (await client.log_in(Member())).json()
    await client.log_out(tokens["refresh_token"])
    told = await revealed(house)
    said = [(each.entry["a"], each.entry["o"]) for each in told[1:]]
    assert said == [
        ("account.signup", "success"),
        ("role.grant", "success"),
        ("auth.login", "failure"),
        ("auth.login", "success"),
        ("auth.logout", "success"),
    ]
    assert len({each.entry["tg"] for each in told[1:]}) == 1, "one person, one surrogate"
    failed, entered = told[3], told[4]
    assert failed.entry["as"] == "nobody"
    assert entered.parts["actor"] and entered.parts["actor"]["address"] == "203.0.113.77"
    assert entered.entry["as"] == entered.entry["tg"] != entered.subjects["actor"]
    require_whole(audit_of(house))
    if house_of(house).database.dialect == "sqlite":
        kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*audit*") if each.is_file())
        for planted in (b"203.0.113.77", b"Planted-Agent", b"ann_2026", b"ann@example.com", entered.subjects["actor"].encode()):
            assert planted not in kept
        assert entered.entry["as"].encode() in raw(tmp_path)


async def test_a_row_that_somebody_else_put_in_line_is_told_from_ours_and_named(house: House) -> None:
    client = house.client()
    await a_member(client)
    await settled(house)

    def forge(work: Work) -> None:

        assert store.add(work, b'{"a":"forged"}', b"", b"m" * 32, ())

    await house_of(house).visit("test").work(forge)
    last = (await revealed(house))[-1]
    assert (last.entry["k"], last.entry["why"]) == ("gap", "altered")
    require_whole(audit_of(house))


async def test_a_key_that_came_to_nothing_with_its_story_is_made_again(house: House) -> None:
    visit = house_of(house).visit("test")

    def undone(work: Work) -> None:
        audit_of(house).keep(work, _happening(work))
        raise LookupError

    with pytest.raises(LookupError):
        await visit.work(undone)
    await visit.work(lambda work: audit_of(house).keep(work, _happening(work)))
    last = (await revealed(house))[-1]
    assert last.subjects["target"] == "somebody"


async def test_what_one_story_says_of_many_stands_in_its_order_under_the_key_of_each(house: House) -> None:
    visit, audit = house_of(house).visit("test"), audit_of(house)
    people = [f"person{number:03}" for number in range(150)]

    def said(work: Work) -> None:
        for each in people:
            audit.keep(work, _happening(work, each))
        audit.control(work, "config", what="after them")
        audit.keep(work, _happening(work, people[0]))

    def undone(work: Work) -> None:
        said(work)
        raise LookupError

    with pytest.raises(LookupError):
        await visit.work(undone)
    await visit.work(said)
    told = (await revealed(house))[-152:]
    assert [each.subjects.get("target") for each in told] == [*people, None, people[0]]
    assert told[150].entry["what"] == "after them"
    assert len({each.entry["tg"] for each in told[:150]}) == 150
    assert told[0].entry["tg"] == told[151].entry["tg"]
    numbers = [each.entry["p"][1] for each in told]
    assert numbers == list(range(numbers[0], numbers[0] + 152))


async def test_of_many_events_none_is_written_under_a_key_that_was_destroyed(house: House) -> None:
    """The key is remembered by this process, and gone in the database: another process erased its subject."""
    visit, audit = house_of(house).visit("test"), audit_of(house)

    def both(work: Work) -> None:
        for each in ("somebody", "another"):
            audit.keep(work, _happening(work, each))

    await visit.work(both)
    await visit.work(lambda work: store.drop_key(work, "somebody"))
    await visit.work(both)
    old, _, new, _ = (await revealed(house))[-4:]
    assert (old.parts["target"], new.subjects["target"]) == (None, "somebody")
    assert old.entry["tg"] != new.entry["tg"]


async def test_what_a_story_says_of_somebody_before_it_erases_them_is_not_readable_after_it(house: House) -> None:
    visit, audit = house_of(house).visit("test"), audit_of(house)

    def erased(work: Work) -> None:
        audit.keep(work, _happening(work, "nobody knew them"))
        house_of(house).rooms.forgetting.erase(work, "nobody knew them", reason="asked for it", by=NOBODY)

    await visit.work(erased)
    said, erasure = (await revealed(house))[-2:]
    assert (said.parts["target"], erasure.entry["k"]) == (None, "erase")
    assert erasure.entry["sg"] == said.entry["tg"]


async def test_numbers_that_came_to_nothing_are_accounted_for(house: House) -> None:
    visit, audit = house_of(house).visit("test"), audit_of(house)

    def undone(work: Work) -> None:
        audit.control(work, "config", what="lost")
        raise LookupError

    with pytest.raises(LookupError):
        await visit.work(undone)
    await a_member(house.client())
    house.clock.advance(seconds=61)

    await Upkeep(audit).account(visit)
    last = (await revealed(house))[-1]
    assert (last.entry["why"], last.entry["numbers"]) == ("undone", [[0, 1]])
    require_whole(audit)


async def test_the_log_goes_on_after_a_restart_and_one_process_of_several_leads(database_url: str, tmp_path: Path) -> None:
    for number in range(2):
        async with a_house(database_url, tmp_path) as house:
            await a_member(house.client(), handle=f"ann_{number}", email=f"ann{number}@example.com")
            audit = await settled(house)
            other = open_ledger(database_url)
            assert not await asyncio.to_thread(other.lead)
            await asyncio.to_thread(other.close)
    async with a_house(database_url, tmp_path) as house:
        told = await revealed(house)
        assert [each.entry["a"] for each in told[1:]] == ["account.signup", "role.grant"] * 2
        require_whole(audit_of(house))
    assert audit.ledger.lead()
    audit.ledger.close()


async def test_a_log_that_was_taken_back_is_not_gone_on_with(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        audit = await settled(house)
        signed = audit.signing.pin.read()
    assert signed is not None and signed[0] == 3
    audit.signing.pin.swap(signed, (4, b"r" * 32))
    with pytest.raises(LogRolledBack):
        async with a_house(database_url, tmp_path):
            raise AssertionError("it started")
    audit.signing.pin.swap((4, b"r" * 32), (3, b"r" * 32))
    with pytest.raises(LogRolledBack):
        async with a_house(database_url, tmp_path):
            raise AssertionError("it started with another tree of the same size")


async def test_rows_that_come_again_after_a_crash_between_two_files_are_known(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await a_member(house.client())
        before = (await settled(house)).ledger.standing()
        house_ = built(house.app)

        def written(work: Work) -> tuple[bytes, bytes, bytes]:
            made = audit_of(house).scribe.control(work, "config", audit_of(house).scribe.tally.claim(work.now), what="twice")

            assert store.add(work, made.entry, made.parts, made.mac, ())
            return made.entry, made.parts, made.mac

        row = await house_.visit("test").work(written)
        await settled(house)

        def again(work: Work) -> None:

            assert store.add(work, *row, ())

        await house_.visit("test").work(again)
        after = (await settled(house)).ledger.standing()
        assert before is not None and after is not None and after.size == before.size + 1


def test_checking_a_proof_loads_no_server() -> None:
    code = "import sys, daemun.features.audit.merkle as m; m.root; print({'fastapi', 'sqlalchemy'} & {*sys.modules})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def _happening(work: Work, somebody: str = "somebody") -> Happening:
    return Happening(
        work.new_id(), LOGIN_FAILED.by(NOBODY, work.now, resource_id=somebody, reason="password"), Circumstance(address="203.0.113.9")
    )
