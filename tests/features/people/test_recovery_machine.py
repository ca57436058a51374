"""A model of accounts and the ways back into them, in the plainest words, against the real application on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from tests.features.identity.rooms import drowsy
from tests.features.people.recovering import ADMIN, account_of, ask_back, come_back, forgot, reset, user_of, work
from tests.house import House, Member, a_house, a_member, built
from tests.mailbox import letters_to

from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.identity import Moved, MoveName, Purpose
from daemun.features.people.standing import CAUSES
from daemun.features.sessions import Holder

MONTH, TEN, DAY = timedelta(days=30), timedelta(minutes=10), timedelta(days=1)
NEXT = {
    "ban": {"NORMAL": "BANNED", "SLEEP": "BANNED"},
    "lift": {"BANNED": "NORMAL"},
    "sleep": {"NORMAL": "SLEEP"},
    "delete": {"NORMAL": "DELETED", "SLEEP": "DELETED", "BANNED": "DELETED"},
}


@dataclass(slots=True)
class Modelled:
    member: Member
    status: str = "NORMAL"
    was_banned: bool = False
    left_at: datetime | None = None
    signed_in: bool = True
    links: dict[Purpose, tuple[str, datetime]] = field(default_factory=dict)
    """The token of each kind that is good, and until when."""
    letters: list[str] = field(default_factory=list)
    passwords: int = 0


@dataclass(slots=True)
class World:
    house: House
    runner: asyncio.Runner
    numbers: int = 0

    def run(self, doing: Any) -> Any:
        return self.runner.run(doing)

    @property
    def now(self) -> datetime:
        return self.house.clock.now()


class Recoveries(RuleBasedStateMachine):
    """Every step says beforehand what must come of it: the answer, the letter, the state, and whether the session lives."""

    world: World

    @initialize()
    def begin(self) -> None:
        world = self.world
        world.numbers += 1
        name = f"ann_{world.numbers:04}"
        client = world.house.client(f"10.{world.numbers // 250}.{world.numbers % 250}.1")
        self.client = client
        self.ann = Modelled(world.run(a_member(client, None, handle=name, email=f"{name}@example.com", password="Maru-Bada-72!")))
        self.ann.letters = [each.kind for each in world.run(letters_to(world.house, self.ann.member.email))]
        self.session = ""
        self.sign_in()

    def sign_in(self) -> None:
        world, it = self.world, built(self.world.house.app)
        user = world.run(user_of(world.house, self.ann.member))
        holder = Holder(user.id, user.handle, user.email, user.name)
        self.session = world.run(work(world.house, it.sessions.open_browser, holder, remember=True)).session_id
        self.ann.signed_in = True

    @rule()
    def signs_in(self) -> None:
        if self.ann.status == "NORMAL":
            self.sign_in()

    def moved(self, name: MoveName) -> None:
        """By an administrator or the house, with all that ends with it."""
        world, it, ann = self.world, built(self.world.house.app), self.ann
        user = world.run(user_of(world.house, ann.member))
        if name == "sleep":
            world.run(work(world.house, drowsy, user.id))
        by, expected = SYSTEM if name == "sleep" else ADMIN, NEXT[name].get(ann.status)
        answer = world.run(work(world.house, it.identity.move, user.id, name, by=by))
        assert isinstance(answer, Moved) == (expected is not None), (ann, name)
        if expected is None:
            return
        if answer.move.ends_sessions:
            world.run(work(world.house, it.desk.revoke, CAUSES[name], user.id, by=by))
            ann.signed_in = False
            ann.links = {kind: each for kind, each in ann.links.items() if self.outlives(kind, name)}
        if name == "delete":
            ann.was_banned, ann.left_at = ann.status == "BANNED", world.now
        ann.status = expected

    def outlives(self, kind: str, name: str) -> bool:
        return {"delete": kind == "restore", "sleep": kind in ("restore", "wake"), "ban": False}[name]

    @rule()
    def is_banned(self) -> None:
        self.moved("ban")

    @rule()
    def is_lifted(self) -> None:
        self.moved("lift")

    @rule()
    def falls_asleep(self) -> None:
        self.moved("sleep")

    @rule()
    def is_deleted(self) -> None:
        self.moved("delete")

    def restorable(self) -> bool:
        return self.ann.left_at is not None and self.world.now < self.ann.left_at + MONTH

    def wrote(self, kind: str, purpose: Purpose | None = None, lives: timedelta = TEN) -> None:
        self.ann.letters.append(kind)
        if purpose:
            token = self.world.run(letters_to(self.world.house, self.ann.member.email))[-1].token
            self.ann.links[purpose] = (token, self.world.now + lives)

    @rule()
    def forgets_the_password(self) -> None:
        self.world.house.clock.advance(hours=1)  # five letters an hour are enough
        assert self.world.run(forgot(self.client, self.ann.member.email)).status_code == 202
        if self.ann.status in ("NORMAL", "SLEEP"):
            self.wrote("reset_password", "reset")
        elif self.ann.status == "DELETED" and self.restorable():
            self.wrote("restore", "restore", DAY)
        else:
            self.wrote("recovery_by_admin")

    @rule()
    def asks_for_the_account(self) -> None:
        self.world.house.clock.advance(hours=1)
        assert self.world.run(ask_back(self.client, self.ann.member.handle)).status_code == 202
        if self.ann.status == "NORMAL":
            self.wrote("restore_not_needed")
        elif self.ann.status == "SLEEP":
            self.wrote("restore_asleep", "wake")
        elif self.ann.status == "DELETED" and self.restorable():
            self.wrote("restore", "restore", DAY)
        else:
            self.wrote("recovery_by_admin")

    def opens(self, purpose: Purpose) -> str | None:
        """The token, if it is good still."""
        found = self.ann.links.get(purpose)
        return found[0] if found and self.world.now < found[1] else None

    @precondition(lambda self: "reset" in self.ann.links)
    @rule()
    def chooses_a_password(self) -> None:
        ann, token = self.ann, self.ann.links["reset"][0]
        good = self.opens("reset") is not None
        ann.passwords += 1
        answer = self.world.run(reset(self.client, token, f"Haneul-Gureum-{ann.passwords}!"))
        assert answer.status_code == (200 if good else 400)
        if not good:
            return
        del ann.links["reset"]
        ann.letters.append("password_changed")
        ann.signed_in = False
        if ann.status == "SLEEP":
            ann.status = "NORMAL"
            ann.letters.append("account_awake")

    def comes_back(self, purpose: Purpose) -> None:
        ann, token = self.ann, self.ann.links[purpose][0]
        helps = ann.status == "SLEEP" or (ann.status == "DELETED" and self.restorable())
        good = self.opens(purpose) is not None
        answer = self.world.run(come_back(self.client, token))
        assert answer.status_code == (200 if good and helps else 400)
        if good:
            del ann.links[purpose]  # used, though it may have helped nothing
        if good and helps:
            ann.letters.append("account_awake" if ann.status == "SLEEP" else "account_restored")
            ann.status = "BANNED" if ann.status == "DELETED" and ann.was_banned else "NORMAL"
            ann.left_at = None

    @precondition(lambda self: "restore" in self.ann.links)
    @rule()
    def restores_by_the_letter(self) -> None:
        self.comes_back("restore")

    @precondition(lambda self: "wake" in self.ann.links)
    @rule()
    def wakes_by_the_letter(self) -> None:
        self.comes_back("wake")

    @rule()
    def minutes_pass(self) -> None:
        self.world.house.clock.advance(minutes=9)

    @rule()
    def weeks_pass(self) -> None:
        self.world.house.clock.advance(days=13)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if not hasattr(self, "session"):
            return
        world, it, ann = self.world, built(self.world.house.app), self.ann
        assert world.run(account_of(world.house, ann.member)).status == ann.status
        assert [each.kind for each in world.run(letters_to(world.house, ann.member.email))] == ann.letters
        live = world.run(it.visit("test").read(it.sessions.is_live, self.session))
        # Nobody is signed out but by what ends sessions, or by not coming for two weeks.
        assert live is None or ann.signed_in
        for purpose, (token, until) in ann.links.items():
            looked = world.run(it.visit("test").read(it.identity.links.look, purpose, Secret(token)))
            assert (looked is not None) == (world.now < until), (ann, purpose)


def test_the_ways_back_do_what_their_model_does(database_url: str, tmp_path: Path) -> None:
    with asyncio.Runner() as runner:
        opening = a_house(database_url, tmp_path, identity__signups_per_address="100000")
        house = runner.run(opening.__aenter__())
        try:
            machine = type("Machine", (Recoveries,), {"world": World(house, runner)})
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=15,
                    stateful_step_count=20,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(opening.__aexit__(None, None, None))
