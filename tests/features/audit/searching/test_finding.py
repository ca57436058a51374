"""What happened is found again, by everything the language knows; and not any more once it is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.features.audit.searching.seeking import codes, drawn, found, search_of, visit_of
from tests.house import House, Member, a_house, a_member, built

from daemun.core.actor import SHELL
from daemun.features.audit.searching.drawing.store import hours, marks, metadata
from daemun.ports.database import Transaction

MARKS_OF = select(func.count()).select_from(marks)
COUNTED = select(func.sum(hours.c.count))
PLANTED = ("198.51.100", "Planted-Agent")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as built:
        yield built


async def ann_and_bob(house: House) -> tuple[str, str]:
    """Their ids: Ann signs up, fails once and logs in and out from one address; Bob signs up and logs in from another, a day later."""
    client = house.client("198.51.100.77", agent="Planted-Agent/7")
    ann = (await client.sign_up(Member())).json()["id"]
    await client.log_in(Member(), password="Wrong-Pass-11!")
    tokens = (await client.log_in(Member())).json()
    await client.log_out(tokens["refresh_token"])
    house.clock.advance(days=1)
    other = house.client("2001:db8:7::1")
    bob = await a_member(other, handle="bob_2026", email="bob@example.com")
    await other.log_in(bob)
    return ann, (await found(house, "actor:bob_2026"))[0].actor.removeprefix("user:")


async def test_events_are_found_by_who_what_where_when_and_how_it_ended(house: House) -> None:
    ann, bob = await ann_and_bob(house)
    all_of_ann = ["account.signup", "role.grant", "auth.login", "auth.login", "auth.logout"]
    asked = {
        f"user:{ann}": all_of_ann,
        "user:ANN_2026": all_of_ann,
        f"actor:user:{ann} action:auth.*": ["auth.login", "auth.logout"],
        "target:ann@example.com outcome:failure": ["auth.login"],
        "-outcome:success kind:event": ["auth.login"],
        "ip:198.51.100.77": [*all_of_ann],
        "ip:198.51.100.0/22 action:auth.log*": ["auth.login", "auth.login", "auth.logout"],
        "ip:2001:db8:7::/48": ["account.signup", "role.grant", "auth.login"],
        "ip:198.51.100.78": [],
        "actor:nobody": ["auth.login"],
        "created:2026-11-22 action:auth.login": ["auth.login"],
        "created:<2026-11-22 action:auth.login": ["auth.login", "auth.login"],
        "class:account OR action:auth.logout": ["account.signup", "auth.logout", "account.signup"],
        "path:/auth/logout": ["auth.logout"],
        'wrong -"로그인했"': ["auth.login"],
        '"login failed" OR "로그인하지 못"': ["auth.login"],
        "resource:user action:account.signup": ["account.signup"] * 2,
        "index:0": ["audit.key"],
        "has:amend": [],
        "actor:nobody_knows": [],
        f"request:{(await found(house, 'action:auth.logout'))[0].row.request}": ["auth.logout"],
        f"session:{(await found(house, 'action:auth.logout'))[0].said('session')}": ["auth.login", "auth.logout"],
        f"(actor:{ann} OR actor:{bob}) -action:auth.* -action:role.grant": ["account.signup", "account.signup"],
    }
    for text, expected in asked.items():
        assert await codes(house, text) == expected, text


async def test_people_find_only_their_own_and_nothing_of_others_by_asking(house: House) -> None:
    ann, bob = await ann_and_bob(house)
    assert await codes(house, "action:auth.*", own=bob) == ["auth.login"]
    assert await codes(house, "ip:198.51.100.77", own=bob) == []
    assert await codes(house, f"user:{ann}", own=bob) == []
    assert await codes(house, "ip:198.51.100.0/24 outcome:failure", own=ann) == ["auth.login"]
    assert await codes(house, "", own="01NOBODY000000000000000000") == []


async def test_pages_follow_each_other_while_the_log_grows(house: House) -> None:
    await ann_and_bob(house)
    search, visit = await drawn(house), visit_of(house)
    everything = [each.idx for each in await found(house, "")]

    async def pages(*, oldest_first: bool) -> list[int]:
        seen, after = list[int](), None
        while told := await visit.read(search.page, search.parse(""), after, 2, oldest_first=oldest_first):
            seen, after = [*seen, *(each.idx for each in told)], told[-1].place
            if len(seen) == 4 and not oldest_first:
                await house.client().log_in(Member(handle="bob_2026"))
                await drawn(house)
        return seen

    assert await pages(oldest_first=False) == everything
    assert (await pages(oldest_first=True))[: len(everything)] == everything[::-1]


async def test_nothing_personal_is_in_the_picture_and_who_is_erased_is_not_found_by_it(house: House) -> None:
    ann, _ = await ann_and_bob(house)
    forgetting, visit = built(house.app).rooms.forgetting, visit_of(house)
    assert len(await found(house, "ip:198.51.100.77")) == 5
    kept = await visit.read(lambda tx: repr([tx.all(select(table)) for table in metadata.tables.values()]))
    assert not any(planted in kept for planted in (*PLANTED, ann, "ann_2026", "/auth/logout"))
    assert await visit.work(forgetting.erase, ann, reason="asked", by=SHELL)

    def at_once(tx: Transaction) -> int:
        search = search_of(house)
        return search.many(tx, search.parse("ip:198.51.100.77"), 100)

    assert await visit.database.survey(at_once) == 0, "before anything was swept"
    assert await codes(house, "ip:198.51.100.77 OR path:/auth/logout") == []
    assert await codes(house, f"user:{ann}") == []
    assert await codes(house, "kind:erase") == ["audit.erase"]
    still = await found(house, "action:auth.logout")
    assert still[0].gone == ("actor",) and still[0].actor.startswith("s_"), "that it happened stays"
    left = await visit.read(lambda tx: tx.one(MARKS_OF.where(marks.c.idx == still[0].idx)))
    assert left is not None and left[0] == 0


async def test_what_is_taken_out_and_pruned_is_not_found_and_amendments_are(house: House) -> None:
    await ann_and_bob(house)
    forgetting, visit, audit = built(house.app).rooms.forgetting, visit_of(house), built(house.app).audit
    failed, entered = (await found(house, "action:auth.login created:<2026-11-22"))[::-1]
    await visit.work(forgetting.tombstone, [(failed.idx, failed.idx + 1)], reason="test entry", by=SHELL)
    told = (await audit.reveal(visit, await audit.entries(entered.idx, 1)))[0]
    change = {"actor": {"address": "192.0.2.1", "agent": "Other/1", "session": "other"}}
    await visit.work(lambda work: audit.amend(work, told, change, reason="wrong proxy", by=SHELL))
    assert await codes(house, "outcome:failure") == []
    assert await codes(house, "action:auth.login") == ["auth.login"] * 2
    amended = (await found(house, "has:amend"))[0]
    assert (amended.idx, amended.address, amended.network) == (entered.idx, "192.0.2.1", "192.0.2.0/24")
    assert amended.reason is None and len(amended.amendments) == 1
    assert [each.idx for each in await found(house, "ip:192.0.2.1 kind:event")] == [entered.idx]
    assert entered.idx not in [each.idx for each in await found(house, "ip:198.51.100.77")]
    assert (await found(house, "kind:amend"))[0].reason == "wrong proxy"
    house.clock.advance(days=366)
    await forgetting.retain(visit)
    assert await codes(house, "class:login") == []
    assert await codes(house, "kind:prune") == ["audit.prune"]


async def test_the_picture_is_drawn_again_from_the_log_alone(house: House) -> None:
    await ann_and_bob(house)
    visit, rooms = visit_of(house), built(house.app).rooms
    failed = (await found(house, "outcome:failure"))[0]
    await visit.work(rooms.forgetting.tombstone, [(failed.idx, failed.idx + 1)], reason="test entry", by=SHELL)
    before = await found(house, "")
    seen = list[tuple[int, int]]()
    size = await rooms.projector.rebuild(visit, lambda *told: seen.append(told))
    assert size >= before[0].idx + 1 and seen[-1] == (size, size)
    assert [each.row for each in await found(house, "-action:audit.rebuild")] == [each.row for each in before]
    assert len(await found(house, "ip:198.51.100.77")) == 4
    summed = await visit.read(lambda tx: tx.one(COUNTED))
    assert summed is not None and summed[0] == len(before) + 1
