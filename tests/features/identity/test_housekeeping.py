"""What is too old goes, portion by portion."""

from __future__ import annotations

from sqlalchemy import text
from tests.features.identity.rooms import a_room

from daemun.features.identity import Proof, feature
from daemun.ports.database import Work


def two_and_a_half_thousand_logins(work: Work) -> None:
    """Of a month that is long over."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) "
    padded = "lpad(CAST(i AS TEXT), 23, '0')" if work.dialect == "postgresql" else "printf('%023d', i)"
    columns = "id, user_id, at, success, reason, address, agent"
    work.run(text(f"INSERT INTO daemun_login_history ({columns}) {numbers}SELECT '01A' || {padded}, 'x', 1, true, NULL, '', '' FROM n"))


async def test_chores_do_all_there_is_and_done_twice_do_no_harm(database_url: str) -> None:
    async with a_room(database_url) as room:
        user = await room.a_user()
        await room.work(two_and_a_half_thousand_logins)
        await room.work(room.identity.refuse, Proof(user.id, matched=False))
        for _ in range(3):
            await room.work(room.identity.links.issue, "reset", user_id=user.id, email=user.email)
        room.clock.advance(hours=1)
        chores = {each.name: each for each in feature(room.identity).chores}
        assert [await chores["login_history"].run(room.visit()) for _ in range(2)] == [2500, 0]
        assert [await chores["links"].run(room.visit()) for _ in range(2)] == [3, 0]
        assert len(await room.read(room.identity.directory.history, user.id)) == 1
