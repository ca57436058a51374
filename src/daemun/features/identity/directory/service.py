"""Finding people: for administrators, for themselves, and for housekeeping."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from daemun.core.canonical import email_key, handle_key
from daemun.features.identity.accounts.models import Account
from daemun.features.identity.accounts.store import account
from daemun.features.identity.days import day_of
from daemun.features.identity.directory import store
from daemun.features.identity.directory.models import MOST, RANKS, Found, LoginEntry, Place, Rank, Sought
from daemun.features.identity.dormancy import Stage, days_left, due
from daemun.features.identity.names import name_key
from daemun.features.identity.settings import IdentitySettings
from daemun.features.identity.store import by_login
from daemun.ports.database import Ids, Transaction, Work


@dataclass(frozen=True, slots=True)
class Directory:
    rules: IdentitySettings

    def account(self, tx: Transaction, user_id: str) -> Account | None:
        return account(tx, user_id)

    def accounts(self, tx: Transaction, user_ids: Collection[str]) -> list[Account]:
        """Of those who are there, in no order."""
        return store.found(tx, store.with_ids(tx, sorted(user_ids))) if user_ids else []

    def known_as(self, tx: Transaction, login: str) -> Account | None:
        """Whose handle or address it is. Of a name nobody has the same is asked."""
        found = by_login(tx, handle_key(login), email_key(login))
        return account(tx, found[0] if found else "")

    def search(self, tx: Transaction, sought: Sought, among: Ids | None = None) -> Found:
        """One page; `among`: only of those whom another room's question names. Raises `Malformed` for an `after` no page has said."""
        place, q = Place.read(sought.after), sought.q.strip()
        if not q.isprintable():
            return Found([], None)  # no word has such a letter, and the database takes none
        if not q:
            accounts = store.found(tx, store.listed(sought, place, sought.most + 1, among))
            return _page([(each, Place("id", "", each.id)) for each in accounts], sought.most)
        return _page(self._beginning(tx, sought, _words(q), place, among), sought.most)

    def _beginning(
        self, tx: Transaction, sought: Sought, words: dict[Rank, str], place: Place | None, among: Ids | None
    ) -> list[tuple[Account, Place]]:
        """List after list until the page is full, each begun where the last page ended."""
        rows: list[tuple[Account, Place]] = []
        if place is None:
            rows += [(each, Place("id", "", each.id)) for each in store.with_id(tx, sought, sought.q.strip().upper(), among)]
        for rank in words:
            if place is not None and RANKS.index(rank) < RANKS.index(place.rank):
                continue
            after = place if place is not None and place.rank == rank else None
            wanted = sought.most + 1 - len(rows)
            if wanted > 0:
                found = store.found(tx, store.only(store.beginning(sought, rank, words, after, wanted), among))
                rows += [(each, Place(rank, _word(rank, each), each.id)) for each in found]
        return rows

    # When people came in

    def history(self, tx: Transaction, user_id: str, after: str | None = None, limit: int = 50) -> Sequence[LoginEntry]:
        """Newest first; `after` is the id of the last one that was shown."""
        return store.history(tx, user_id, after, max(1, min(limit, MOST)))

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        """Everything a person may read of themselves, at once."""
        return store.about(tx, user_id)

    def forget_old(self, work: Work) -> int:
        """Deletes up to a thousand entries of the login history that are old enough; how many."""
        return store.forget_before(work, work.now - self.rules.history_kept)

    # For housekeeping

    def sleepers(self, tx: Transaction, stage: Stage, limit: int = 100) -> list[Account]:
        """Who is due for a notice, or for sleep."""
        return store.found(tx, store.drowsy(due(stage, tx.now, self.rules), limit)) if self.rules.sleep_after else []

    def noticed(self, work: Work, user_id: str, stage: Stage) -> bool:
        """Marks the notice as sent; False when it was, or is not due any more: then post nothing."""
        return store.notice(work, user_id, due(stage, work.now, self.rules), today=day_of(work.now))

    def sleeps_in(self, account: Account, stage: Stage, now: datetime) -> int:
        """How many days after this notice."""
        return days_left(account, stage, now, self.rules)

    def lifted(self, tx: Transaction, limit: int = 100) -> list[Account]:
        """Whose suspension is over."""
        return store.found(tx, store.served(tx.now, limit))

    def leaving(self, tx: Transaction, ahead: timedelta, limit: int = 100) -> list[Account]:
        """Who will be erased within that time, can still come back, and was not reminded of it."""
        kept = tx.now - self.rules.erase_after
        return store.found(tx, store.unreminded(kept, kept + ahead, limit))

    def reminded(self, work: Work, user_id: str) -> bool:
        """Marks the reminder as sent; False when it was, or they came back: then post nothing."""
        return store.remind(work, user_id, today=day_of(work.now))

    def erased_at(self, account: Account) -> datetime | None:
        """When somebody who has left is erased, if no legal hold keeps them."""
        return account.left_at and account.left_at + self.rules.erase_after

    def erasable(self, tx: Transaction, limit: int = 100) -> list[Account]:
        """Whose time to come back is over, and whom no legal hold keeps."""
        return store.found(tx, store.left(tx.now - self.rules.erase_after, limit))


def _words(q: str) -> dict[Rank, str]:
    """What is looked for, as each list spells it."""
    return {"handle": handle_key(q), "email": email_key(q), "name": name_key(q)}


def _word(rank: Rank, account: Account) -> str:
    match rank:
        case "handle":
            return handle_key(account.handle)
        case "email":
            return email_key(account.email)
        case _:
            return name_key(account.name)


def _page(rows: list[tuple[Account, Place]], most: int) -> Found:
    shown = rows[:most]
    return Found([each for each, _ in shown], shown[-1][1].told() if len(rows) > most else None)
