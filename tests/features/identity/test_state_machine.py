"""A model of accounts in the plainest words, against the real thing on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.features.identity.rooms import ADMIN, Room, a_room

from daemun.core.actor import SYSTEM
from daemun.core.errors import Refusal
from daemun.features.identity import User

MONTH = timedelta(days=30)
picks = st.integers(0, 2)
hands = st.sampled_from(["admin", "owner", "system"])


@dataclass(slots=True)
class Modelled:
    user: User
    status: str = "NORMAL"
    was_banned: bool = False
    until: datetime | None = None
    left_at: datetime | None = None
    held: bool = False

    def expected(self, move: str, hand: str, now: datetime) -> str | None:
        """The status afterwards, `gone`, or None where it is refused."""
        due = self.left_at is not None and now - self.left_at >= MONTH
        match self.status, move, hand:
            case ("NORMAL" | "SLEEP", "ban", "admin"):
                return "BANNED"
            case ("BANNED", "lift", "admin"):
                return "NORMAL"
            case ("BANNED", "lift", "system"):
                return "NORMAL" if self.until and self.until <= now else None
            case ("SLEEP", "wake", "owner"):
                return "NORMAL"
            case ("NORMAL" | "SLEEP", "delete", "owner" | "admin") | ("BANNED", "delete", "admin"):
                return "DELETED"
            case ("DELETED", "restore", "owner" | "admin"):
                return None if due else "BANNED" if self.was_banned else "NORMAL"
            case ("DELETED", "erase", "admin"):
                return None if self.held else "gone"
            case ("DELETED", "erase", "system"):
                return "gone" if due and not self.held else None
            case _:
                return None


@dataclass(slots=True)
class World:
    room: Room
    runner: asyncio.Runner

    def run(self, doing: Any) -> Any:
        return self.runner.run(doing)

    @property
    def now(self) -> datetime:
        return self.room.clock.now()


class Accounts(RuleBasedStateMachine):
    """Every step says beforehand what must come of it."""

    world: World

    @initialize()
    def begin(self) -> None:
        self.people = [Modelled(self.world.run(self.world.room.a_user())) for _ in range(3)]

    @rule(pick=picks, move=st.sampled_from(["ban", "lift", "wake", "delete", "restore", "erase"]), hand=hands, days=st.integers(0, 40))
    def move(self, pick: int, move: str, hand: str, days: int) -> None:
        world, person = self.world, self.people[pick]
        expected = person.expected(move, hand, world.now)
        until = world.now + timedelta(days=days) if move == "ban" and days else None
        by = {"admin": ADMIN, "owner": person.user.actor, "system": SYSTEM}[hand]
        answer = world.run(world.room.work(world.room.identity.move, person.user.id, move, by=by, until=until))
        assert isinstance(answer, Refusal) == (expected is None), (person, move, hand)
        if expected is not None:
            self.became(person, move, expected, until)

    def became(self, person: Modelled, move: str, expected: str, until: datetime | None) -> None:
        if move == "delete":
            person.was_banned, person.left_at = person.status == "BANNED", self.world.now
        else:
            person.left_at = None
        if move == "ban":
            person.until = until
        person.status = expected

    @rule(pick=picks, hold=st.booleans())
    def hold(self, pick: int, hold: bool) -> None:
        world, person = self.world, self.people[pick]
        standing = world.room.identity.standing
        doing = world.room.work(standing.hold, person.user.id, "a lawsuit", by=ADMIN) if hold else None
        answer = world.run(doing or world.room.work(standing.release, person.user.id, by=ADMIN))
        assert isinstance(answer, Refusal) == (person.status == "gone" or (not hold and not person.held))
        if not isinstance(answer, Refusal):
            person.held = hold

    @rule(days=st.sampled_from([1, 10, 29, 30]))
    def time_passes(self, days: int) -> None:
        self.world.room.clock.advance(days=days)

    @invariant()
    def everybody_is_what_the_model_says_and_housekeeping_finds_whom_it_should(self) -> None:
        if not hasattr(self, "people"):
            return
        world, directory = self.world, self.world.room.identity.directory
        ids = {each.user.id: each for each in self.people}
        for person in self.people:
            account = world.run(world.room.read(directory.account, person.user.id))
            assert (account.status if account else "gone") == person.status
        lifted = {each.id for each in world.run(world.room.read(directory.lifted, 1000))} & ids.keys()
        erasable = {each.id for each in world.run(world.room.read(directory.erasable, 1000))} & ids.keys()
        assert lifted == {id_ for id_, each in ids.items() if each.status == "BANNED" and each.until and each.until <= world.now}
        assert erasable == {id_ for id_, each in ids.items() if each.expected("erase", "system", world.now) == "gone"}


def test_accounts_do_what_their_model_does(database_url: str) -> None:
    with asyncio.Runner() as runner:
        opening = a_room(database_url)
        room = runner.run(opening.__aenter__())
        try:
            machine = type("Machine", (Accounts,), {"world": World(room, runner)})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=25,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(opening.__aexit__(None, None, None))
