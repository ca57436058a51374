"""Whatever people and administrators do, in this process or in another: what the gate remembers is what the database would say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.house import FrozenClock

from daemun.adapters.database import place_in
from daemun.adapters.memory import ValkeyMemory
from daemun.app.build import House, build
from daemun.app.settings import Settings
from daemun.core.actor import SYSTEM, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features.access import Draft, RolePolicy
from daemun.features.identity import Newcomer, User
from daemun.features.sessions import BrowserSession, Holder, TokenPair
from daemun.features.signin import Recognise

T = TypeVar("T")
ADMIN = Actor("user", "01K000000000000000000ADM1N", frozenset())
WHO = st.integers(0, 1)
PICKS = st.integers(0, 19)
ROLES = ("user", "pro", "auditor")


@dataclass(slots=True)
class World:
    runner: asyncio.Runner
    here: House
    elsewhere: House
    clock: FrozenClock
    made: int = 0
    recalled: int = 0
    asked: int = 0

    def run(self, doing: Awaitable[T]) -> T:
        async def wait() -> T:
            return await doing

        return self.runner.run(wait())

    def work(self, story: Any, *args: Any, **how: Any) -> Any:
        """By turns in the process that remembers and in one that remembers nothing."""
        self.made += 1
        house = (self.here, self.elsewhere)[self.made % 2]
        return self.run(house.visit("test").work(story, *args, **how))

    @property
    def memory(self) -> ValkeyMemory:
        found = self.here.ground.memory
        assert found is not None
        return found


@dataclass(slots=True)
class Held:
    whose: int
    session: str
    signed: Any
    secret: Secret
    kind: str = field(default="browser")


class Gate(RuleBasedStateMachine):
    world: World

    @initialize()
    def begin(self) -> None:
        self.held: list[Held] = []
        self.people = [self.joined() for _ in range(2)]

    def joined(self) -> User:
        self.world.made += 1
        handle = f"user_{self.world.made}"
        newcomer = Newcomer(handle, f"{handle}@example.com", "안은주", Secret("not looked at"))
        user: User = self.world.work(self.world.here.identity.join, newcomer, "no hash", role="user")
        return user

    def holder(self, who: int) -> Holder:
        user = self.people[who]
        return Holder(user.id, user.handle, user.email, user.name)

    def took(self, who: int, given: BrowserSession | TokenPair) -> None:
        recogniser = self.world.here.recogniser
        if isinstance(given, BrowserSession):
            held = Held(who, given.session_id, recogniser.signed_cookie(given.cookie.reveal()), given.cookie)
        else:
            held = Held(who, given.session_id, recogniser.signed(given.access.reveal()), given.refresh, "tokens")
        self.held = [*self.held, held][-6:]

    def picked(self, pick: int) -> Held | None:
        return self.held[pick % len(self.held)] if self.held else None

    @rule(who=WHO, remember=st.booleans(), aal=st.sampled_from([1, 2]))
    def comes_with_a_browser(self, who: int, remember: bool, aal: Any) -> None:
        self.took(who, self.world.work(self.world.here.sessions.open_browser, self.holder(who), remember=remember, aal=aal))

    @rule(who=WHO, aal=st.sampled_from([1, 2]))
    def comes_with_a_program(self, who: int, aal: Any) -> None:
        self.took(who, self.world.work(self.world.here.sessions.open, self.holder(who), remember=False, aal=aal))

    @rule(pick=PICKS, aal=st.sampled_from([1, 2]))
    def proves_it_again(self, pick: int, aal: Any) -> None:
        if held := self.picked(pick):
            user_id = self.people[held.whose].id
            answer = self.world.work(self.world.here.sessions.reauthenticate, held.session, user_id=user_id, aal=aal)
            if isinstance(answer, BrowserSession):
                self.took(held.whose, answer)

    @rule(pick=PICKS)
    def leaves_or_refreshes(self, pick: int) -> None:
        held, sessions = self.picked(pick), self.world.here.sessions
        if held and held.kind == "browser":
            self.world.work(sessions.close_browser, held.secret.reveal())
        elif held:
            self.world.work(sessions.turn, held.secret)

    @rule(pick=PICKS, which=st.sampled_from(["one", "others", "everybody", "sweep"]))
    def sessions_end(self, pick: int, which: str) -> None:
        held, sessions = self.picked(pick), self.world.here.sessions
        if held is None:
            return
        user_id = self.people[held.whose].id
        match which:
            case "one":
                self.world.work(sessions.end, held.session, "user", user_id=user_id, by=ADMIN)
            case "others":
                self.world.work(sessions.end_all, user_id, "password_changed", by=ADMIN, but=held.session)
            case "everybody":
                self.world.work(sessions.end_everyone, "admin", by=ADMIN, before=self.world.clock.now(), but=held.session)
            case _:
                self.world.work(sessions.sweep, self.world.clock.now())

    @rule(who=WHO, move=st.sampled_from(["ban", "lift", "wake", "delete", "restore", "erase"]))
    def becomes(self, who: int, move: Any) -> None:
        by = self.people[who].actor if move == "wake" else ADMIN
        moved = self.world.work(self.world.here.identity.move, self.people[who].id, move, by=by)
        if move == "erase" and not isinstance(moved, Exception):
            self.world.work(self.world.here.sessions.forget, self.people[who].id, by=SYSTEM)
            self.world.work(self.world.here.access.forget, self.people[who].id)
            self.people[who] = self.joined()

    @rule(who=WHO, roles=st.sets(st.sampled_from(ROLES), max_size=2))
    def gets_other_roles(self, who: int, roles: set[str]) -> None:
        self.world.work(self.world.here.access.set_roles, SYSTEM, self.people[who].id, roles)

    @rule(grants=st.sets(st.sampled_from(["users.read", "roles.read", "letters.read"])), who=WHO)
    def a_role_is_rewritten(self, grants: set[str], who: int) -> None:
        policy, draft = RolePolicy(self.world.here.access), Draft("keeper", "지기", "Keeper", tuple(sorted(grants)))
        known = {each.name for each in self.world.run(self.world.here.visit("test").read(policy.listing))}
        self.world.work(policy.change if "keeper" in known else policy.create, SYSTEM, draft)
        self.world.work(self.world.here.access.grant, SYSTEM, self.people[who].id, "keeper")

    @rule()
    def a_role_goes(self) -> None:
        policy = RolePolicy(self.world.here.access)
        if "keeper" in {each.name for each in self.world.run(self.world.here.visit("test").read(policy.listing))}:
            self.world.work(policy.delete, SYSTEM, "keeper", force=True)

    @rule(who=WHO, what=st.sampled_from(["name", "language", "email", "verified", "hold"]))
    def is_called_otherwise(self, who: int, what: str) -> None:
        self.world.made += 1
        user_id, identity = self.people[who].id, self.world.here.identity
        match what:
            case "name":
                self.world.work(identity.profile.rename, user_id, f"안은주 {self.world.made}", by=ADMIN)
            case "language":
                self.world.work(identity.profile.speak, user_id, "en", by=ADMIN)
            case "email":
                self.world.work(identity.mailbox.change, user_id, f"new_{self.world.made}@example.com", by=ADMIN, verified=False)
            case "verified":
                account = self.world.run(self.world.here.visit("test").read(identity.directory.account, user_id))
                if account:
                    self.world.work(identity.mailbox.verified, user_id, account.email)
            case _:
                self.world.work(identity.standing.hold, user_id, "a lawsuit", by=ADMIN)

    @rule(seconds=st.sampled_from([1, 20, 59, 60, 61, 899, 3599, 40_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds=seconds)

    @rule()
    def use_is_written_down(self) -> None:
        for house in (self.world.here, self.world.elsewhere):
            self.world.run(house.sessions.touches.write(house.visit("test")))

    @rule(who=WHO, committed=st.booleans())
    def a_writer_is_killed(self, who: int, committed: bool) -> None:
        """Before or after its commit; the mark stays, for a while."""
        world, user_id = self.world, self.people[who].id
        place, marks = world.run(place_in(world.here.database)), world.here.ground.marks
        assert marks is not None
        mark = marks.begin(place, [user_id])
        assert mark is not None
        if committed:
            silent = world.elsewhere.database._inner._changes  # type: ignore[attr-defined]  # what dies here is between the two marks
            told = replace(silent, marks=Deaf(marks))
            world.elsewhere.database._inner._changes = told  # type: ignore[attr-defined]
            world.run(world.elsewhere.visit("test").work(world.here.sessions.end_all, user_id, "user", by=ADMIN))
            world.elsewhere.database._inner._changes = silent  # type: ignore[attr-defined]

    @invariant()
    def what_is_remembered_is_what_is_so(self) -> None:
        if hasattr(self, "held"):
            self.world.run(self.compare())

    async def compare(self) -> None:
        """Twice: the first asking lets it be remembered."""
        world = self.world
        await world.memory.look()
        asking = Recognise(world.here.sessions, world.here.identity, world.here.access, world.here.rooms.keys)
        for held in (*self.held, *self.held):
            recollection = await world.memory.recall(f"cookie {held.signed.token_hash}") if held.kind == "browser" else None
            world.recalled += bool(recollection and recollection.parts)
            world.asked += 1
            mine = await world.here.recogniser.known(world.here.database, held.signed, Circumstance())
            theirs = await asking.known(world.here.database, held.signed, Circumstance())
            assert (mine == theirs) if isinstance(theirs, Actor) else (type(mine) is type(theirs))
            await asyncio.gather(*world.memory._keeping)


@dataclass(frozen=True, slots=True)
class Deaf:
    """Marks of a writer that dies before it says that it is done: nobody waits for it, so nobody is told."""

    marks: Any

    def begin(self, place: str, people: Any) -> Any:
        return self.marks.begin(place, people)

    def end(self, mark: Any) -> bool:
        return True


def test_what_the_gate_remembers_is_what_the_database_would_say(database_url: str, valkey_url: str, tmp_path: Path) -> None:
    """Ended, changed or taken away in any process, it counts at the next request."""
    flags = {"database_url": database_url, "data": str(tmp_path / "data"), "valkey_url": valkey_url}
    clock = FrozenClock()
    with asyncio.Runner() as runner:
        here = build(Settings.load(flags=flags | {"sessions.cache": "true"}, environ={}, cwd=tmp_path), clock=clock)
        elsewhere = build(Settings.load(flags=flags, environ={}, cwd=tmp_path), clock=clock)
        world = World(runner, here, elsewhere, clock)
        for house in (here, elsewhere):
            runner.run(house.open())
        world.run(world.memory.look())
        try:
            run_state_machine_as_test(
                type("Machine", (Gate,), {"world": world}),
                settings=settings(
                    max_examples=20 if database_url.startswith("sqlite") else 8,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            for house in (elsewhere, here):
                runner.run(house.close())
    assert world.recalled > world.asked / 10, "nothing was remembered, so nothing was tested"
