"""Finding people among many."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite
from tests.features.identity.rooms import ADMIN, Room, a_room

from daemun.core.errors import Malformed
from daemun.features.identity import Identity, Proof, Sought
from daemun.features.identity.directory import store
from daemun.features.identity.directory.models import RANKS, Place
from daemun.features.identity.dormancy import Due
from daemun.ports.database import Transaction, Work

MANY = 20_000


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url) as opened:
        yield opened


async def handles(room: Room, **sought: Any) -> list[str]:
    """All that are found, page by page."""
    found, after = [], None
    while True:
        page = await room.read(room.identity.directory.search, Sought(**sought, after=after))
        found += [each.handle for each in page.accounts]
        after = page.next
        if after is None:
            return found


async def test_people_are_listed_newest_first_page_by_page(room: Room) -> None:
    joined = []
    for number in range(7):
        room.clock.advance(seconds=1)
        joined.append((await room.a_user(f"user_{number}")).handle)
    for limit in (1, 3, 7, 50):
        assert await handles(room, limit=limit) == joined[::-1]
        assert await handles(room, limit=limit, sort="oldest") == joined


async def test_a_few_letters_find_handles_addresses_and_names_whatever_their_case(room: Room) -> None:
    await room.a_user("Hana_Kim", email="first@example.com", name="김하나")
    await room.a_user("other_one", email="HANA@example.com", name="Someone Else")
    await room.a_user("third_one", email="third@example.com", name="Hana Lee")
    await room.a_user("fourth_one", email="fourth@example.com", name="홍길동")
    assert await handles(room, q="hANa") == ["Hana_Kim", "other_one", "third_one"]
    assert await handles(room, q="hana", limit=1) == ["Hana_Kim", "other_one", "third_one"]
    assert await handles(room, q="홍길") == ["fourth_one"]
    assert await handles(room, q="김하나") == ["Hana_Kim"]
    assert await handles(room, q="ＨＡＮＡ_kim") == ["Hana_Kim"]
    assert await handles(room, q="hana@example.com") == ["other_one"]
    assert await handles(room, q="ana") == []


async def test_an_id_finds_whose_it_is(room: Room) -> None:
    user = await room.a_user("hana_kim")
    assert await handles(room, q=user.id) == await handles(room, q=user.id.lower()) == ["hana_kim"]


@pytest.mark.parametrize("q", ["%", "_", "use%", "user\\", "' OR 1=1 --", "\0", "\ud800", "a\nb", "\U0010ffff"])
async def test_letters_with_a_meaning_elsewhere_mean_themselves(room: Room, q: str) -> None:
    await room.a_user("user_1")
    assert await handles(room, q=q) == []


async def test_filters_narrow_what_is_found(room: Room) -> None:
    early = await room.a_user("kim_early")
    middle = room.clock.now() + timedelta(hours=1)
    room.clock.advance(hours=2)
    late = await room.a_user("kim_late")
    await room.becomes(early, "ban")
    await room.work(room.identity.mailbox.verified, late.id, late.email)
    for q in ("", "kim"):
        assert await handles(room, q=q, status="BANNED") == ["kim_early"]
        assert await handles(room, q=q, verified=True) == ["kim_late"]
        assert await handles(room, q=q, verified=False) == ["kim_early"]
        assert await handles(room, q=q, created_from=middle) == ["kim_late"]
        assert await handles(room, q=q, created_to=middle) == ["kim_early"]
        assert await handles(room, q=q, created_to=middle, status="NORMAL") == []


@pytest.mark.parametrize("after", ["", "x", "bnVsbA", "WzEsMiwzXQ", "WyJpZCIsIiIsImEiLCJiIl0", "WyJ4IiwiIiwiYSJd", "가나다", "W1tb" * 5000])
async def test_a_place_that_no_page_has_said_is_malformed(room: Room, after: str) -> None:
    with pytest.raises(Malformed):
        await room.read(room.identity.directory.search, Sought(after=after))


async def test_login_history_comes_newest_first_with_its_reasons_and_is_kept_for_a_year(room: Room) -> None:
    user, other = await room.a_user(), await room.a_user()
    directory, identity = room.identity.directory, room.identity
    for reason in ("wrong", "inactive"):
        room.clock.advance(seconds=1)
        await room.work(identity.refuse, Proof(user.id, matched=False), reason)
    await room.work(identity.refuse, Proof(other.id, matched=False))
    first, last = await room.read(directory.history, user.id)
    assert [(each.success, each.reason, each.address, each.agent) for each in (first, last)] == [
        (False, "inactive", "203.0.113.9", "browser/1"),
        (False, "wrong", "203.0.113.9", "browser/1"),
    ]
    assert [each.id for each in await room.read(directory.history, user.id, first.id)] == [last.id]
    assert len(await room.read(directory.history, user.id, limit=1)) == 1
    assert await room.work(directory.forget_old) == 0
    room.clock.advance(days=366)
    assert await room.work(directory.forget_old) == 3
    assert list(await room.read(directory.history, user.id)) == []


def crowd(work: Work) -> None:
    """Twenty thousand people who differ by a number, as a load test makes them."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
    padded = "lpad(CAST(i AS TEXT), 6, '0')" if work.dialect == "postgresql" else "printf('%06d', i)"
    columns = "id, handle, handle_key, email, email_key, name, name_key, status, email_verified, created_at, updated_at, active_on"
    truth = "(i % 2 = 0)"
    values = (
        f"'01K' || lpad_i || '00000000000000000', 'user_' || lpad_i, 'user_' || lpad_i, 'user_' || lpad_i || '@example.com', "
        f"'user_' || lpad_i || '@example.com', 'name ' || lpad_i, 'name ' || lpad_i, "
        f"CASE WHEN i % 100 = 0 THEN 'BANNED' ELSE 'NORMAL' END, {truth}, 1, 1, i % 20000"
    ).replace("lpad_i", padded)
    into = f"INSERT INTO daemun_users ({columns}) "
    work.run(text(f"{into}{numbers}SELECT {values} FROM n").bindparams(many=MANY))


def plan_of(tx: Transaction, statement: Any) -> str:
    """How the database would answer."""
    if tx.dialect == "sqlite":
        dialect: Any = sqlite.dialect()
        explain = "EXPLAIN QUERY PLAN "
    else:
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
        explain = "EXPLAIN "
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True, "render_postcompile": True})
    # A text of its own: percent signs and colons in it would be read as parameters.
    rows: Sequence[Any] = tx.all(text(explain + str(compiled).replace(":", "\\:")))
    return "\n".join(str(row[-1]) for row in rows)


def is_whole(plan: str) -> bool:
    """Whether a whole table is read, or what was found is sorted."""
    lines = [each for each in plan.splitlines() if "SCAN daemun" in each and "USING" not in each]
    return bool(lines) or "Seq Scan" in plan or "TEMP B-TREE" in plan or "Sort" in plan


def questions() -> list[tuple[str, Any]]:
    words: Any = {"handle": "user_01", "email": "user_01", "name": "name 01"}
    sought = [Sought(), Sought(status="BANNED"), Sought(verified=False), Sought(sort="oldest")]
    asked: list[tuple[str, Any]] = [(repr(each), store.listed(each, Place("id", "", "01K01"), 51)) for each in sought]
    starts = [(rank, after) for rank in RANKS[1:] for after in (None, Place(rank, words[rank], "01K"))]
    return asked + [(f"{rank} {after}", store.beginning(Sought(), rank, words, after, 51)) for rank, after in starts]


async def test_no_search_reads_all_people(room: Room) -> None:
    await room.work(crowd)
    await room.work(lambda work: work.run(text("ANALYZE daemun_users")))
    for name, statement in questions():
        plan = await room.read(plan_of, statement)
        assert not is_whole(plan), f"{name}\n{plan}"
    assert await handles(room, q="user_00001", limit=4) == [f"user_{number:06d}" for number in range(10, 20)]
    assert len(await handles(room, status="BANNED", limit=200)) == MANY // 100


async def test_the_few_in_an_unusual_state_are_found_though_everybodys_names_begin_alike(room: Room) -> None:
    await room.work(crowd)
    await room.work(lambda work: work.run(text("ANALYZE daemun_users")))
    words: Any = {"handle": "user", "email": "user", "name": "name"}
    for rank in RANKS[1:]:
        plan = await room.read(plan_of, store.beginning(Sought(status="BANNED"), rank, words, None, 51))
        assert "daemun_users_unusual" in plan, f"{rank}\n{plan}"


async def test_housekeeping_reads_only_those_whose_turn_it_is(room: Room) -> None:
    await room.work(crowd)
    await room.work(lambda work: work.run(text("ANALYZE daemun_users")))
    now = room.clock.now()
    for statement in (store.drowsy(Due(5, 0, 5), 100), store.served(now, 100), store.left(now, 100)):
        plan = await room.read(plan_of, statement)
        assert "Seq Scan" not in plan, plan
        assert not [each for each in plan.splitlines() if "SCAN daemun" in each and "USING" not in each], plan


async def test_suspending_somebody_moves_them_between_the_lists(room: Room) -> None:
    user = await room.a_user("hana_kim")
    assert isinstance(room.identity, Identity)
    await room.work(room.identity.move, user.id, "ban", by=ADMIN)
    assert (await handles(room, status="BANNED"), await handles(room, status="NORMAL")) == (["hana_kim"], [])
