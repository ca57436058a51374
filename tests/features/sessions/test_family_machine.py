"""A model of token families, against the real thing on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from tests.features.sessions.rooms import CAFE, HOME, MASTER, PHONE, Room, a_room, plain

from daemun.core.circumstance import Circumstance
from daemun.core.errors import Refusal
from daemun.features.sessions import Holder, TokenPair
from daemun.features.sessions.settings import RefreshMode
from daemun.ports.database import Transaction

GRACE = timedelta(seconds=10)
Client = tuple[Circumstance, str]
picks = st.integers(0, 19)
CLIENTS: list[Client] = [(HOME, ""), (HOME, "laptop"), (CAFE, "laptop"), (PHONE, ""), (CAFE, "")]


@dataclass(slots=True)
class Modelled:
    """What a family is, in the plainest words."""

    holder: Holder
    remember: bool
    answers: list[TokenPair]
    last_client: Client
    rotated_at: datetime
    idle_until: datetime
    expires_at: datetime
    ended: str | None = None

    @property
    def id(self) -> str:
        return self.answers[0].session_id

    def is_live(self, now: datetime) -> bool:
        return self.ended is None and now < self.idle_until

    def expected(self, index: int, client: Client, now: datetime) -> str:
        if self.ended is not None:
            return {"replayed": "refresh_replayed", "expired": "refresh_expired"}.get(self.ended, "refresh_invalid")
        if now >= self.idle_until:
            return "refresh_expired"
        newest = len(self.answers) - 1
        if index == newest:
            return "next"
        seen, device = client
        same = seen == self.last_client[0] or (device != "" and device == self.last_client[1])
        return "again" if index == newest - 1 and same and now - self.rotated_at <= GRACE else "refresh_replayed"


@dataclass(slots=True)
class World:
    room: Room
    runner: asyncio.Runner
    mode: RefreshMode
    families: list[Modelled] = field(default_factory=list)

    def run(self, doing: Any) -> Any:
        return self.runner.run(doing)

    @property
    def now(self) -> datetime:
        return self.room.clock.now()


class Families(RuleBasedStateMachine):
    """Every step says beforehand what must come of it."""

    world: World
    people = 0

    @initialize()
    def begin(self) -> None:
        self.world.families.clear()
        Families.people += 1
        self.holders = [
            Holder(f"01K0000000000000{name}{Families.people:07d}", name, f"{name}@example.com", name) for name in ("ann", "bob")
        ]

    @rule(who=st.integers(0, 1), remember=st.booleans(), client=st.sampled_from(CLIENTS))
    @precondition(lambda self: len(self.live) < 4)
    def open(self, who: int, remember: bool, client: Client) -> None:
        world, holder = self.world, self.holders[who]
        pair = world.run(world.room.open(holder, remember=remember, seen=client[0], device=client[1]))
        ends = world.now + timedelta(days=30)
        idle = ends if remember else world.now + timedelta(hours=24)
        world.families.append(Modelled(holder, remember, [pair], client, world.now, idle, ends))

    @property
    def live(self) -> list[Modelled]:
        return [each for each in self.world.families if each.is_live(self.world.now)]

    def picked(self, pick: int) -> Modelled:
        """One that lives, now and then any."""
        among = self.world.families if pick % 5 == 4 or not self.live else self.live
        return among[pick % len(among)]

    @rule(pick=picks, back=st.sampled_from([0, 0, 0, 1, 2, 5]), client=st.sampled_from([None, *CLIENTS]))
    @precondition(lambda self: bool(self.world.families))
    def refresh(self, pick: int, back: int, client: Client | None) -> None:
        family = self.picked(pick)
        self.presented(family, back, client or family.last_client)

    @rule(pick=picks, seconds=st.sampled_from([0, 10, 11]), steps=st.sampled_from([1, 1, 2]), other=st.sampled_from([None, None, *CLIENTS]))
    @precondition(lambda self: bool(self.live))
    def refresh_and_come_back_with_what_was_used(self, pick: int, seconds: int, steps: int, other: Client | None) -> None:
        family = self.live[pick % len(self.live)]
        for _ in range(steps):
            self.presented(family, 0, family.last_client)
        self.world.room.clock.advance(seconds=seconds)
        self.presented(family, steps, other or family.last_client)

    @rule(pick=picks, end=st.sampled_from(["idle_until", "expires_at"]), before=st.sampled_from([0, 1]))
    @precondition(lambda self: bool(self.live))
    def refresh_at_the_very_end(self, pick: int, end: str, before: int) -> None:
        family = self.live[pick % len(self.live)]
        until: datetime = getattr(family, end)
        self.world.room.clock.advance(seconds=(until - self.world.now).total_seconds() - before)
        self.presented(family, 0, family.last_client)

    def presented(self, family: Modelled, back: int, client: Client) -> None:
        world, index = self.world, max(0, len(family.answers) - 1 - back)
        expected = family.expected(index, client, world.now)
        presented = family.answers[index].refresh
        answer = world.run(world.room.refresh(presented, holder=family.holder, seen=client[0], device=client[1]))
        if isinstance(answer, Refusal):
            assert answer.code == expected
            family.ended = family.ended or {"refresh_replayed": "replayed", "refresh_expired": "expired"}[expected]
        elif expected == "again":
            assert plain(answer) == plain(family.answers[-1])
        else:
            assert expected == "next"
            self.stepped(family, answer, client)

    def stepped(self, family: Modelled, answer: TokenPair, client: Client) -> None:
        now = self.world.now
        assert answer.session_id == family.id
        if self.world.mode == "reuse":
            assert answer.refresh.matches(family.answers[-1].refresh)
            family.answers[-1] = answer
        else:
            assert not any(answer.refresh.matches(each.refresh) for each in family.answers)
            family.answers.append(answer)
            family.rotated_at = now
        family.last_client = client
        family.idle_until = family.expires_at if family.remember else min(family.expires_at, now + timedelta(hours=24))

    @rule(pick=picks, back=st.sampled_from([0, 0, 1, 3]))
    @precondition(lambda self: bool(self.world.families))
    def log_out(self, pick: int, back: int) -> None:
        world, family = self.world, self.picked(pick)
        live = family.is_live(world.now)
        answer = world.run(world.room.log_out(family.answers[max(0, len(family.answers) - 1 - back)].refresh))
        assert (answer is None) == live
        if live:
            family.ended = "logout"

    @rule(pick=picks)
    @precondition(lambda self: len(self.live) > 1)
    def end_the_others(self, pick: int) -> None:
        world, room, family = self.world, self.world.room, self.picked(pick)
        others = [each for each in self.live if each.holder is family.holder and each is not family]
        ended = world.run(room.work(room.sessions.end_all, family.holder.user_id, "password_changed", by=MASTER, but=family.id))
        assert ended == len(others)
        for each in others:
            each.ended = "password_changed"

    @rule(seconds=st.sampled_from([1, 10, 11, 900, 23 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.world.room.clock.advance(seconds=seconds)

    @rule(kind=st.sampled_from(["signing", "refresh"]))
    def keys_rotate(self, kind: Any) -> None:
        self.world.room.ring.rotate(kind)

    @invariant()
    def exactly_the_right_families_live(self) -> None:
        if not hasattr(self, "holders"):
            return
        world, room = self.world, self.world.room
        for holder in self.holders:
            shown = world.run(room.database.read(partial(open_ids, room, holder.user_id)))
            assert shown == {each.id for each in world.families if each.holder is holder and each.is_live(world.now)}
        for family in world.families:
            live = world.run(room.live(family.id))
            assert (live is not None) == family.is_live(world.now)
            assert live is None or live.user_id == family.holder.user_id


def open_ids(room: Room, user_id: str, tx: Transaction) -> set[str]:
    return {each.id for each in room.sessions.sessions_of(tx, user_id)}


@pytest.mark.parametrize("mode", ["rotate", "reuse"])
def test_families_do_what_their_model_does(database_url: str, tmp_path: Path, mode: RefreshMode) -> None:
    few = 25 if database_url.startswith("sqlite") else 20
    with asyncio.Runner() as runner:
        opening = a_room(database_url, tmp_path, refresh_mode=mode)
        room = runner.run(opening.__aenter__())
        try:
            world = World(room, runner, mode)
            machine = type("Machine", (Families,), {"world": world})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=few,
                    stateful_step_count=30,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=[Phase.generate, Phase.shrink],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(opening.__aexit__(None, None, None))
