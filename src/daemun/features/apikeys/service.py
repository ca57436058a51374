"""API keys: made, rotated, ended, and recognised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Self

from daemun.core.actor import Actor
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Flaw, Malformed, Missing, Refusal
from daemun.core.secret import Secret
from daemun.features.apikeys import store
from daemun.features.apikeys.errors import ApiKeyEnded, ApiKeyInvalid, ApiKeysFull, ApiKeysTooMany
from daemun.features.apikeys.events import API_KEY_CREATED, API_KEY_ENDED, API_KEY_ROTATED
from daemun.features.apikeys.keys import RANDOM_BYTES, hint_of, is_key, key_text, stored
from daemun.features.apikeys.models import ApiKey, Draft, EndedWhy, LiveKey, Made, PresentedKey
from daemun.features.apikeys.settings import ApiKeySettings
from daemun.features.apikeys.uses import Uses
from daemun.ports.database import Hot, Transaction, Work
from daemun.ports.system import Entropy

HOUR: Final = timedelta(hours=1)
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class ApiKeys:
    rules: ApiKeySettings
    hash_key: bytes = field(repr=False)
    """Lives outside the database: whoever reads or writes the table alone can neither use nor plant a key."""
    entropy: Entropy
    uses: Uses

    @classmethod
    def of(cls, rules: ApiKeySettings, hash_key: bytes, entropy: Entropy) -> Self:
        return cls(rules, hash_key, entropy, Uses())

    # At the gate

    BY_HASH: ClassVar[Hot] = store.BY_HASH
    """Asks for `key_hash`; `admitted` reads the answer."""
    OWNER: ClassVar[Hot] = store.OWNER
    """Asks for `key_hash`: the user's id, for the questions that are asked together with `BY_HASH`."""

    def presented(self, text: str) -> PresentedKey:
        """Told without the database: what is mistyped costs nothing. Raises `ApiKeyInvalid`."""
        if not is_key(text):
            raise ApiKeyInvalid
        return PresentedKey(stored(Secret(text), self.hash_key))

    def admitted(self, found: tuple[Any, ...] | None, asked: PresentedKey, now: int, seen: Circumstance) -> LiveKey | Refusal:
        """The key, if it opens at this moment."""
        key = store.live_of(found)
        # What was asked for is compared once more: a row that was meant for somebody else opens nothing.
        if key is None or key.key_hash != asked.key_hash:
            return ApiKeyInvalid()
        if reason := key.dead(now):
            self.uses.note_dead(key, reason, now, seen)
            return ApiKeyEnded()
        return key

    # Making and changing. Who may, and with which scopes, whoever calls has found out in the same work.

    def make(self, work: Work, user_id: str, draft: Draft, *, by: Actor) -> Made:
        """Raises what is wrong with the draft, `ApiKeysFull`, `ApiKeysTooMany`."""
        work.lock(f"api_keys:{user_id}")
        self._room(work, user_id)
        made = self._made(work, user_id, draft, by)
        told = {"name": made.key.name, "scopes": " ".join(made.key.scopes), "expires_at": made.key.expires_at.isoformat()}
        work.publish(API_KEY_CREATED.by(by, work.now, resource_id=made.key.id, target=user_id, **told))
        return made

    def rotate(self, work: Work, key: ApiKey, draft: Draft, *, old_until: datetime | None, by: Actor) -> Made:
        """A new key beside the old one, which goes on until then, and never longer than it would have. Raises what `make` does."""
        work.lock(f"api_keys:{key.user_id}")
        self._room(work, key.user_id, replacing=True)
        made = self._made(work, key.user_id, draft, by)
        until = self._overlap(key, old_until, work.now)
        if not store.replaced(work, key.id, key.user_id, made.key.id, until):
            raise Missing
        work.publish(
            API_KEY_ROTATED.by(by, work.now, resource_id=key.id, target=key.user_id, replaced_by=made.key.id, old_until=until.isoformat())
        )
        return made

    def end(self, work: Work, key_id: str, why: EndedWhy, *, user_id: str, by: Actor) -> bool:
        """Whether it was live, and theirs."""
        ended = store.end(work, key_id, user_id, why)
        if ended:
            work.publish(API_KEY_ENDED.by(by, work.now, resource_id=key_id, target=user_id, reason=why, count=1))
        return ended

    def end_all(self, work: Work, user_id: str, why: EndedWhy, *, by: Actor) -> int:
        """How many were live."""
        work.lock(f"api_keys:{user_id}")
        count = store.end_all(work, user_id, why)
        if count:
            work.publish(API_KEY_ENDED.by(by, work.now, target=user_id, reason=why, count=count))
        return count

    def forget(self, work: Work, user_id: str, *, by: Actor) -> int:
        """Erasure: nothing is left of their keys; how many there were."""
        self.end_all(work, user_id, "deleted", by=by)
        return store.forget(work, user_id)

    def sweep(self, work: Work, before: datetime) -> int:
        """Deletes up to a thousand keys that were over before then; how many."""
        return store.sweep(work, before)

    # Looking

    def owned(self, tx: Transaction, key_id: str, user_id: str) -> ApiKey | None:
        return store.owned(tx, key_id, user_id)

    def find(self, tx: Transaction, key_id: str) -> ApiKey | None:
        """Anybody's: for administrators."""
        return store.find(tx, key_id)

    def find_presented(self, tx: Transaction, asked: PresentedKey) -> LiveKey | None:
        """Dead or alive."""
        return store.by_hash(tx, asked.key_hash)

    def of_user(self, tx: Transaction, user_id: str) -> Sequence[ApiKey]:
        """The newest first, those included that were over in the last thirty days."""
        return store.of_user(tx, user_id)

    def page(self, tx: Transaction, *, user_id: str | None = None, after: str = "", limit: int = 50) -> Sequence[ApiKey]:
        """Everybody's or one person's, the newest first."""
        return store.page(tx, user_id, after, limit)

    def about(self, tx: Transaction, user_id: str) -> Mapping[str, Any]:
        """Everything a person may read of their keys."""
        return {"api_keys": store.about(tx, user_id)}

    # The steps of the stories above

    def _made(self, work: Work, user_id: str, draft: Draft, by: Actor) -> Made:
        text = key_text(self.entropy.bytes(RANDOM_BYTES))
        key = ApiKey(
            id=work.new_id(),
            user_id=user_id,
            name=_named(draft.name),
            hint=hint_of(text),
            scopes=tuple(sorted(set(draft.scopes))),
            created_at=work.now,
            created_by=str(by),
            expires_at=self._end(draft.expires_at, work.now),
        )
        store.add(work, key, stored(text, self.hash_key))
        return Made(key, text)

    def _end(self, wanted: datetime | None, now: datetime) -> datetime:
        if wanted is None:
            return now + self.rules.lifetime
        if wanted <= now:
            raise Malformed(Flaw("expires_at", "moment_over"))
        if wanted > now + self.rules.longest:
            raise Malformed(Flaw("expires_at", "api_key_too_long", (("days", self.rules.longest.days),)))
        return wanted

    def _overlap(self, key: ApiKey, wanted: datetime | None, now: datetime) -> datetime:
        """Now at the earliest, and its own end at the latest."""
        return max(now, min(key.expires_at, wanted or now + self.rules.overlap))

    def _room(self, work: Work, user_id: str, *, replacing: bool = False) -> None:
        if oldest := store.made_since(work, user_id, work.now - HOUR, self.rules.made_per_hour):
            raise ApiKeysTooMany(retry_after=max(1, int((oldest + HOUR - work.now).total_seconds()) + 1))
        if not replacing and store.live_count(work, user_id) >= self.rules.most_per_user:
            raise ApiKeysFull(most=self.rules.most_per_user)


def _named(name: str) -> str:
    shown = "".join(each for each in " ".join(name.split()) if each.isprintable())[:LONGEST_NAME].strip()
    if not shown:
        raise Malformed(Flaw("name", "field_missing"))
    return shown
