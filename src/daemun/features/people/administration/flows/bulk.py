"""The same for many people: each a story of their own, so that one refusal spoils nothing; or rehearsed, and nothing happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.features.identity import Sought
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.kill_sessions import KillSessions
from daemun.features.people.administration.flows.look_up import LookUp
from daemun.features.people.administration.flows.moving import MoveSomebody
from daemun.features.people.administration.flows.set_roles import SetRoles
from daemun.features.people.errors import BulkTooMany, OwnAccount
from daemun.features.people.events import BULK_DONE
from daemun.ports.database import Work
from daemun.web.visit import Visit

MOST: Final = 1000
A_PAGE: Final = 200
Action = Literal["suspend", "lift", "delete", "roles_add", "roles_remove", "end_sessions"]
Came = Literal["done", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """By their ids, or by what is sought among all."""

    ids: Sequence[str] = ()
    sought: Sought | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    action: Action
    reason: str
    roles: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    came: Came
    code: str | None = None


class _Rehearsed(Exception):
    """Thrown at the end of a story, which undoes it whole."""

    def __init__(self, came: Came) -> None:
        self.came = came


@dataclass(frozen=True, slots=True)
class Bulk:
    hands: Hands

    async def __call__(self, visit: Visit, chosen: Chosen, order: Order, *, rehearse: bool) -> list[Result]:
        """Raises `BulkTooMany` before anything is done."""
        results = [await self._one(visit, each, order, rehearse=rehearse) for each in await self._meant(visit, chosen)]
        if not rehearse:
            await visit.work(self._tell, visit.actor, order, Counter(each.came for each in results))
        return results

    async def _meant(self, visit: Visit, chosen: Chosen) -> list[str]:
        if chosen.sought is None:
            return list(dict.fromkeys(chosen.ids))
        found, sought, look = list[str](), replace(chosen.sought, limit=A_PAGE), LookUp(self.hands.desk)
        while True:
            page = await visit.read(look.page, sought, chosen.role)
            found += [each.id for each in page.accounts]
            if len(found) > MOST:
                raise BulkTooMany(most=MOST)
            if page.next is None:
                return found
            sought = replace(sought, after=page.next)

    async def _one(self, visit: Visit, user_id: str, order: Order, *, rehearse: bool) -> Result:
        try:
            return Result(user_id, await visit.work(self._story, visit.actor, user_id, order, rehearse=rehearse))
        except _Rehearsed as rehearsed:
            return Result(user_id, rehearsed.came)
        except Refusal as refusal:
            return Result(user_id, "refused", refusal.code)

    def _story(self, work: Work, by: Actor, user_id: str, order: Order, *, rehearse: bool) -> Came:
        came: Came = "done" if self._acts[order.action](work, by, user_id, order) else "unchanged"
        if rehearse:
            raise _Rehearsed(came)
        return came

    @property
    def _acts(self) -> Mapping[Action, Callable[[Work, Actor, str, Order], object]]:
        """Whatever says no with an empty answer has changed nothing."""
        move, roles, kill = MoveSomebody(self.hands), SetRoles(self.hands), KillSessions(self.hands)
        return {
            "suspend": lambda work, by, user_id, order: move(work, by, user_id, "ban", order.reason, order.until),
            "lift": lambda work, by, user_id, order: move(work, by, user_id, "lift", order.reason),
            "delete": lambda work, by, user_id, order: move(work, by, user_id, "delete", order.reason),
            "roles_add": lambda work, by, user_id, order: roles.add(work, self._not_self(by, user_id), user_id, order.roles),
            "roles_remove": lambda work, by, user_id, order: roles.remove(work, self._not_self(by, user_id), user_id, order.roles),
            "end_sessions": lambda work, by, user_id, order: kill.all_of(work, by, user_id),  # noqa: ARG005 - one shape for all
        }

    def _not_self(self, by: Actor, user_id: str) -> Actor:
        """Whoever takes a role from a crowd does not mean their own."""
        if by.user_id == user_id:
            raise OwnAccount
        return by

    def _tell(self, work: Work, by: Actor, order: Order, came: Mapping[Came, int]) -> None:
        told = BULK_DONE.by(
            by,
            work.now,
            action=order.action,
            reason=order.reason,
            done=came.get("done", 0),
            unchanged=came.get("unchanged", 0),
            refused=came.get("refused", 0),
        )
        work.publish(told)
