"""Housekeeping among people: notices, falling asleep, suspensions that are over, erasing. Each account in a small work of its own."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from daemun.core.actor import SYSTEM
from daemun.core.errors import Refusal
from daemun.features.identity import Account, Moved, MoveName, Stage
from daemun.features.people.desk import Desk
from daemun.features.people.standing import move
from daemun.plugin import Chore
from daemun.ports.database import Transaction, Work
from daemun.web.visit import Visit

log = logging.getLogger("daemun.people")
HOUR: Final = timedelta(hours=1)
REMINDED_AHEAD: Final = timedelta(days=7)
PORTIONS: Final = 10
"""Of a hundred accounts: a house that was away for a year writes its letters over some hours, and others get their turn meanwhile."""
Due = Callable[[Transaction], list[Account]]
Doing = Callable[[Work, Account], bool]
"""Whether there was something to do: what was true when it was read may have changed."""


def chores_of(desk: Desk) -> tuple[Chore, ...]:
    keep, directory = Keeping(desk), desk.identity.directory
    return (
        Chore("people.notices", HOUR, "휴면을 미리 알리기", "Tell people that their account will fall asleep", keep.notices),
        Chore(
            "people.sleep",
            HOUR,
            "오래 쓰지 않은 계정 재우기",
            "Put accounts to sleep",
            one_by_one(keep.drowsy("sleep"), keep.becomes("sleep")),
        ),
        Chore("people.lift", HOUR, "끝난 정지 풀기", "Lift suspensions that are over", one_by_one(directory.lifted, keep.becomes("lift"))),
        Chore(
            "people.reminders", HOUR, "삭제를 미리 알리기", "Tell people that they will be erased", one_by_one(keep.leaving, keep.remind)
        ),
        Chore(
            "people.erase",
            HOUR,
            "탈퇴한 지 오래된 계정 지우기",
            "Erase who left long ago",
            one_by_one(directory.erasable, keep.becomes("erase")),
        ),
    )


def one_by_one(due: Due, doing: Doing) -> Callable[[Visit], Awaitable[int]]:
    """Portion by portion, until nothing more comes of it. An account that cannot be done keeps no other from it, and fails the chore."""

    async def run(visit: Visit) -> int:
        done, failed = 0, list[Exception]()
        for _ in range(PORTIONS):
            before = done
            for account in await visit.read(due):
                try:
                    done += await visit.work(doing, account)
                except Refusal:
                    raise
                except Exception as error:
                    log.exception("account %s was left as it was", account.id)
                    failed.append(error)
            if done == before:
                break
        if failed:
            raise failed[0]
        return done

    return run


@dataclass(frozen=True, slots=True)
class Keeping:
    desk: Desk

    async def notices(self, visit: Visit) -> int:
        """Nobody gets both on one day: the second is due so long after the first as their settings lie apart."""
        last = await one_by_one(self.drowsy("last_notice"), self._notice("last_notice"))(visit)
        return last + await one_by_one(self.drowsy("first_notice"), self._notice("first_notice"))(visit)

    def drowsy(self, stage: Stage) -> Due:
        return lambda tx: self.desk.identity.directory.sleepers(tx, stage)

    def leaving(self, tx: Transaction) -> list[Account]:
        return self.desk.identity.directory.leaving(tx, REMINDED_AHEAD)

    def becomes(self, name: MoveName) -> Doing:
        """A refusal has left no mark: they came back in between, or the house cannot do without them."""
        return lambda work, account: isinstance(move(self.desk, work, account.id, name, by=SYSTEM), Moved)

    def remind(self, work: Work, account: Account) -> bool:
        erased_at = self.desk.identity.directory.erased_at(account)
        if erased_at is None or not self.desk.identity.directory.reminded(work, account.id):
            return False
        self.desk.write(work, "erasure_notice", account, date=_day(erased_at))
        return True

    def _notice(self, stage: Stage) -> Doing:
        def story(work: Work, account: Account) -> bool:
            directory = self.desk.identity.directory
            # Whoever the house cannot do without stays awake: a notice would be untrue.
            if self.desk.access.keep_a_master(work, account.id) or not directory.noticed(work, account.id, stage):
                return False
            days = directory.sleeps_in(account, stage, work.now)
            self.desk.write(work, "sleep_notice", account, days=str(days), date=_day(work.now + timedelta(days=days)))
            return True

        return story


def _day(at: datetime) -> str:
    return at.date().isoformat()
