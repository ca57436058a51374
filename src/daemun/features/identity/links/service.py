"""Links in letters: made, looked at, used once."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Self, get_args

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daemun.core.canonical import email_key
from daemun.core.secret import Secret
from daemun.features.identity.links import store
from daemun.features.identity.links.ends import ENDS, Change
from daemun.features.identity.links.models import (
    BOUND,
    LIFETIMES,
    OWNERLESS,
    STANDING,
    TRIES,
    CodeWrong,
    Issued,
    Link,
    LinkOtherBrowser,
    LinkRefused,
    Purpose,
)
from daemun.ports.database import Transaction, Work
from daemun.ports.system import Entropy

NONCE: Final = 12
LONGEST: Final = 254
"""Of an address. What somebody typed who is nobody may grow where case is folded: "ß" is "ss"."""
EVERY: Final[tuple[Purpose, ...]] = get_args(Purpose)


@dataclass(frozen=True, slots=True)
class Links:
    entropy: Entropy
    sealing: AESGCM
    marking: bytes
    """Codes are short and browsers' marks are cookies: what is kept of them is keyed, or a stolen table could be tried out."""

    @classmethod
    def of(cls, key: bytes, entropy: Entropy) -> Self:
        return cls(entropy, AESGCM(hmac.digest(key, b"seal", "sha256")), hmac.digest(key, b"mark", "sha256"))

    def issue(
        self, work: Work, purpose: Purpose, *, user_id: str = "", email: str = "", data: Mapping[str, str] | None = None, browser: str = ""
    ) -> Issued:
        """A new link, which ends the older one of its kind. For a name nobody has it does the same writes and opens nothing."""
        issued = Issued(Secret(urlsafe_b64encode(self.entropy.bytes(32)).decode().rstrip("=")), Secret(self._digits()))
        link_id, key = work.new_id(), email_key(email)[:LONGEST]
        mark = self._mark("browser", browser) if browser else ""
        # Of nobody at all there is no older one to end, and no lock that all who ask for nobody would wait for, and nobody else.
        subject = user_id or key or mark or ("" if purpose in OWNERLESS else link_id)
        work.lock(f"links:{purpose}:{subject}")
        if purpose not in STANDING:
            store.end_older(work, subject, purpose)
        store.add(
            work,
            {
                "id": link_id,
                "token_hash": _hash(issued.token),
                "code_hash": self._mark(link_id, issued.code.reveal()),
                "purpose": purpose,
                "subject": subject,
                "user_id": user_id,
                "email": email[:LONGEST],
                "email_key": key,
                "sealed": self._seal(link_id, data) if data else None,
                "browser": mark,
                "created_at": work.now,
                "expires_at": work.now + LIFETIMES[purpose],
                "tries": 0,
            },
        )
        return issued

    def look(self, tx: Transaction, purpose: Purpose, token: Secret) -> Link | None:
        """For the page with the button: scanners follow links, so this uses nothing up."""
        row = store.by_token(tx, purpose, _hash(token))
        return self._link(row) if row is not None and _opens(row) else None

    def use(self, work: Work, purpose: Purpose, token: Secret, browser: str = "") -> Link | LinkRefused:
        """Once. What it is for may be refused after this: then raise, and the link stays good."""
        row = store.held_by_token(work, purpose, _hash(token))
        if row is None or not _opens(row):
            return LinkRefused()
        if purpose in BOUND and row.browser and not hmac.compare_digest(row.browser, self._mark("browser", browser)):
            return LinkOtherBrowser()
        return self._spent(work, row)

    def use_code(self, work: Work, purpose: Purpose, code: Secret, browser: str) -> Link | LinkRefused:
        """Typed where the link was asked for. Returned and not raised, so that a wrong one counts; the fifth ends the link."""
        row = store.held_by_browser(work, purpose, self._mark("browser", browser)) if browser else None
        if row is None:
            return LinkRefused()
        if not hmac.compare_digest(row.code_hash, self._mark(row.id, _typed(code))) or not _opens(row):
            store.count_wrong(work, row.id, TRIES)
            return CodeWrong()
        return self._spent(work, row)

    def void(self, work: Work, user_id: str, *purposes: Purpose, after: str = "") -> int:
        """Ends what is open of these kinds, or of all: those newer than the link `after`."""
        return store.end_of(work, user_id, purposes or EVERY, after=after)

    def end_with(self, work: Work, user_id: str, change: Change) -> int:
        """Ends what does not outlive this change; how many."""
        return self.void(work, user_id, *ENDS[change])

    def listed(self, tx: Transaction, purpose: Purpose, *, after: str = "", limit: int = 50) -> list[Link]:
        """Those that still open something, oldest first, from the one that follows `after`."""
        return [self._link(row) for row in store.listed(tx, purpose, after, limit)]

    def held(self, work: Work, purpose: Purpose, link_id: str) -> Link | None:
        """Locked, for somebody who looks after it and never had its token; None when it opens nothing any more."""
        row = store.held_by_id(work, purpose, link_id)
        return self._link(row) if row is not None else None

    def withdraw(self, work: Work, link_id: str) -> bool:
        """Takes one back; False when it was used or ended already."""
        return store.spend(work, link_id)

    def way_back(self, tx: Transaction, user_id: str) -> str:
        """The address somebody had last, while they may go back to it; "" when they may not."""
        return store.way_back(tx, user_id) or ""

    def holds(self, tx: Transaction, email: str, *, but: str = "") -> bool:
        """Whether an address is kept for the person who had it until a few days ago."""
        return store.holds(tx, email_key(email), but)

    def forget(self, work: Work, user_id: str) -> None:
        store.forget(work, user_id)

    def sweep(self, work: Work) -> int:
        """Deletes up to a thousand that are too old; how many."""
        return store.sweep(work)

    def _spent(self, work: Work, row: Any) -> Link | LinkRefused:
        return self._link(row) if store.spend(work, row.id) else LinkRefused()

    def _link(self, row: Any) -> Link:
        data = MappingProxyType(self._open(row.id, row.sealed) if row.sealed else {})
        return Link(row.id, row.purpose, row.user_id, row.email, row.created_at, row.expires_at, bool(row.browser), data)

    def _mark(self, of: str, text: str) -> str:
        return hmac.digest(self.marking, f"{of}\0{text}".encode(), "sha256").hex()

    def _digits(self) -> str:
        # 128 bits taken modulo 10^8: what that prefers, nobody can measure.
        return f"{int.from_bytes(self.entropy.bytes(16), 'big') % 10**8:08d}"

    def _seal(self, link_id: str, data: Mapping[str, str]) -> bytes:
        nonce = self.entropy.bytes(NONCE)
        return nonce + self.sealing.encrypt(nonce, json.dumps(dict(data)).encode(), link_id.encode())

    def _open(self, link_id: str, sealed: bytes) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.sealing.decrypt(sealed[:NONCE], sealed[NONCE:], link_id.encode()))
        return found


def _hash(token: Secret) -> str:
    return sha256(token.reveal().encode(errors="surrogatepass")).hexdigest()


def _typed(code: Secret) -> str:
    """People put spaces and hyphens into codes."""
    return "".join(each for each in code.reveal() if each.isascii() and each.isdigit())


def _opens(row: Any) -> bool:
    return bool(row.user_id) or row.purpose in OWNERLESS
