"""However people come, go and prove themselves again: a session has at most one good cookie, and it is the last one given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from tests.features.sessions.rooms import MASTER, Room, a_room

from daemun.core.secret import Secret
from daemun.features.sessions import BrowserSession, Holder

picks = st.integers(0, 19)


@dataclass(slots=True)
class Modelled:
    holder: Holder
    remember: bool
    given: list[Secret]
    idle_until: float
    expires_at: float
    ended: bool = False


@dataclass(slots=True)
class World:
    room: Room
    runner: asyncio.Runner
    people: int = 0
    sessions: dict[str, Modelled] = field(default_factory=dict)


HOUR = 3600.0
ENDS = {False: (HOUR, 24 * HOUR), True: (14 * 24 * HOUR, 30 * 24 * HOUR)}


class Cookies(RuleBasedStateMachine):
    world: World

    @initialize()
    def begin(self) -> None:
        self.world.sessions.clear()
        self.world.people += 1
        self.holders = [Holder(f"01K0000000000000{name}{self.world.people:07d}", name, "", name) for name in ("ann", "bob")]

    @property
    def now(self) -> float:
        return self.world.room.clock.now().timestamp()

    def do(self, doing: Any) -> Any:
        return self.world.runner.run(doing)

    def lives(self, each: Modelled) -> bool:
        return not each.ended and self.now < min(each.idle_until, each.expires_at)

    def picked(self, pick: int) -> tuple[str, Modelled]:
        return list(self.world.sessions.items())[pick % len(self.world.sessions)]

    def took(self, given: BrowserSession, holder: Holder, *, remember: bool) -> None:
        idle, lifetime = ENDS[remember]
        before = self.world.sessions[given.session_id].given if given.session_id in self.world.sessions else []
        self.world.sessions[given.session_id] = Modelled(holder, remember, [*before, given.cookie], self.now + idle, self.now + lifetime)

    @rule(who=st.integers(0, 1), remember=st.booleans(), instead=st.none() | picks, back=st.integers(0, 2))
    @precondition(lambda self: len(self.world.sessions) < 6)
    def log_in(self, who: int, remember: bool, instead: int | None, back: int) -> None:
        holder, replacing = self.holders[who], ""
        if instead is not None and self.world.sessions:
            _, session = self.picked(instead)
            index = max(0, len(session.given) - 1 - back)
            replacing = session.given[index].reveal()
            session.ended = session.ended or (index == len(session.given) - 1 and self.lives(session))
        self.took(self.do(self.world.room.browse(holder, remember=remember, replacing=replacing)), holder, remember=remember)

    @rule(pick=picks, mine=st.sampled_from([True, True, True, False]))
    @precondition(lambda self: bool(self.world.sessions))
    def prove_it_again(self, pick: int, mine: bool) -> None:
        room, (session_id, session) = self.world.room, self.picked(pick)
        user_id = session.holder.user_id if mine else "01K000000000000000000N0B0D"
        answer = self.do(room.work(room.sessions.reauthenticate, session_id, user_id=user_id))
        assert isinstance(answer, BrowserSession) == (mine and self.lives(session))
        if isinstance(answer, BrowserSession):
            self.took(answer, session.holder, remember=session.remember)

    @rule(pick=picks, back=st.integers(0, 2))
    @precondition(lambda self: bool(self.world.sessions))
    def use(self, pick: int, back: int) -> None:
        _, session = self.picked(pick)
        index = max(0, len(session.given) - 1 - back)
        used = self.do(self.world.room.use(session.given[index]))
        assert used == (index == len(session.given) - 1 and self.lives(session))
        # What was given or used less than a minute ago is not written again.
        if used and self.now - (session.idle_until - ENDS[session.remember][0]) >= 60:
            session.idle_until = self.now + ENDS[session.remember][0]

    @rule(pick=picks, back=st.integers(0, 2))
    @precondition(lambda self: bool(self.world.sessions))
    def log_out(self, pick: int, back: int) -> None:
        room, (_, session) = self.world.room, self.picked(pick)
        index = max(0, len(session.given) - 1 - back)
        ended = self.do(room.work(room.sessions.close_browser, session.given[index].reveal())) is None
        assert ended == (index == len(session.given) - 1 and self.lives(session))
        session.ended = session.ended or ended

    @rule(who=st.integers(0, 1))
    def all_of_somebody_end(self, who: int) -> None:
        room, holder = self.world.room, self.holders[who]
        self.do(room.work(room.sessions.end_all, holder.user_id, "password_reset", by=MASTER))
        for each in self.world.sessions.values():
            each.ended = each.ended or each.holder is holder

    @rule(seconds=st.sampled_from([1, 61, 1800, 3599, 3600, 40_000, 500_000]))
    def time_passes(self, seconds: int) -> None:
        self.world.room.clock.advance(seconds=seconds)

    @invariant()
    def the_last_cookie_given_is_the_only_good_one(self) -> None:
        for session_id, session in self.world.sessions.items():
            found = [self.do(self.world.room.known(each)) for each in session.given]
            assert [each is not None for each in found[:-1]] == [False] * (len(found) - 1)
            assert (found[-1] is not None) == self.lives(session)
            assert found[-1] is None or (found[-1].id, found[-1].user_id) == (session_id, session.holder.user_id)


def test_a_session_has_one_good_cookie_and_it_is_the_last_one_given(database_url: str, tmp_path: Path) -> None:
    """Clause 40: ASVS 7.2.4."""
    with asyncio.Runner() as runner:
        opening = a_room(database_url, tmp_path)
        room = runner.run(opening.__aenter__())
        try:
            machine = type("Machine", (Cookies,), {"world": World(room, runner)})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=25 if database_url.startswith("sqlite") else 12,
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
