"""What becomes of an account: decided on the locked row, written, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.identity.accounts import store
from daemun.features.identity.accounts.models import (
    NOT_LENT,
    Account,
    IllegalMove,
    Moved,
    MoveDenied,
    Protected,
    UnderLegalHold,
    UserMissing,
    hand_of,
)
from daemun.features.identity.days import day_of
from daemun.features.identity.dormancy import is_idle
from daemun.features.identity.events import HELD, MOVES, RELEASED
from daemun.features.identity.gone import GoneHandles
from daemun.features.identity.links import Change, Links
from daemun.features.identity.settings import IdentitySettings
from daemun.features.identity.states import Illegal, Move, MoveName, decide
from daemun.ports.database import Work

ENDING: Final[Mapping[MoveName, Change]] = {"ban": "banned", "sleep": "slept", "delete": "deleted"}
CLEARED: Final = {"status_reason": None, "status_until": None, "status_by": None}


@dataclass(frozen=True, slots=True)
class Standing:
    rules: IdentitySettings
    links: Links
    gone: GoneHandles

    def move(
        self,
        work: Work,
        user_id: str,
        name: MoveName,
        *,
        by: Actor,
        reason: str = "",
        until: datetime | None = None,
        protected: bool = False,
    ) -> Moved | Refusal:
        """`protected`: the house needs this person. A refusal left no mark, and is returned so that one of many spoils nothing."""
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        situation = account.situation(is_idle=is_idle(account, work.now, self.rules), is_protected=protected)
        hand = hand_of(by, user_id)
        move = decide(situation, name, hand, now=work.now, erase_after=self.rules.erase_after, until=until)
        if isinstance(move, Illegal):
            return _refusal(move, account, name)
        after = self._write(work, account, move, by, reason[:500], until)
        told = {"reason": reason[:500], "until": until.isoformat() if until else None, "was": account.status, "by": hand}
        work.publish(MOVES[name].by(by, work.now, resource_id=user_id, target=user_id, **told))
        return Moved(move, account, after)

    def hold(self, work: Work, user_id: str, reason: str, *, by: Actor) -> Account | Refusal:
        """From now on nothing erases this person."""
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        values: dict[str, Any] = {"held": reason[:500], "held_by": str(by)}
        store.write(work, user_id, values)
        work.publish(HELD.by(by, work.now, resource_id=user_id, target=user_id, reason=reason[:500]))
        return replace(account, **values)

    def release(self, work: Work, user_id: str, *, by: Actor, reason: str = "") -> Account | Refusal:
        account = store.locked(work, user_id)
        if account is None:
            return UserMissing()
        if account.held is None:
            return IllegalMove(move="release", status=account.status, why="status")
        values: dict[str, Any] = {"held": None, "held_by": None}
        store.write(work, user_id, values)
        work.publish(RELEASED.by(by, work.now, resource_id=user_id, target=user_id, reason=reason[:500]))
        return replace(account, **values)

    def _write(self, work: Work, account: Account, move: Move, by: Actor, reason: str, until: datetime | None) -> Account:
        if move.to is None:
            self.links.forget(work, account.id)
            store.erase(work, account.id, self.gone.mark(account.handle))
            return account
        values = _values(account, move, by, reason, until, work.now)
        if change := ENDING.get(move.name):
            self.links.end_with(work, account.id, change)
        store.write(work, account.id, {**values, **NOT_LENT} if change else values)
        return replace(account, **values)


def _values(account: Account, move: Move, by: Actor, reason: str, until: datetime | None, now: datetime) -> Mapping[str, Any]:
    values: dict[str, Any] = {"status": move.to, "status_since": now}
    if move.name == "delete":
        values |= {"before_deletion": account.status, "left_at": now, "sleep_notices": 0, "noticed_on": None}
    if move.name == "restore":
        values |= {"before_deletion": None, "left_at": None}
    if move.to == "NORMAL":
        return values | CLEARED | {"active_on": day_of(now), "sleep_notices": 0, "noticed_on": None}
    if "BANNED" in (account.status, account.before_deletion):
        return values  # a ban keeps its reason and its end through deletion and back
    return values | {"status_reason": reason or None, "status_until": until, "status_by": str(by)}


def _refusal(illegal: Illegal, account: Account, name: MoveName) -> Refusal:
    match illegal.why:
        case "actor":
            return MoveDenied(move=name)
        case "protected":
            return Protected()
        case "held":
            return UnderLegalHold()
        case why:
            return IllegalMove(move=name, status=account.status, why=why)
