"""Where every story about an account is told: what they need, and the letters they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from daemun.core.circumstance import Language
from daemun.core.secret import Secret
from daemun.features.access import Access
from daemun.features.apikeys import ApiKeys
from daemun.features.identity import Account, Identity
from daemun.features.people.revocation import Revocation
from daemun.features.sessions import Sessions
from daemun.plugin import About
from daemun.ports.database import Work
from daemun.ports.letters import Letter, Letters
from daemun.ports.places import Places
from daemun.web.cookies import Jar
from daemun.web.requires import FRESH

SUDO: Final = FRESH


@dataclass(frozen=True, slots=True)
class Desk:
    identity: Identity
    sessions: Sessions
    access: Access
    keys: ApiKeys
    letters: Letters
    jar: Jar
    base: str
    """The address people open, without a slash at its end."""
    places: Places
    parts: Mapping[str, About]
    """What each capability tells people of themselves, by its name."""

    @property
    def revoke(self) -> Revocation:
        return Revocation(self.identity, self.sessions, self.keys)

    def link(self, path: str, token: Secret) -> Secret:
        return Secret(f"{self.base}{path}?t={token.reveal()}")

    def write(
        self,
        work: Work,
        kind: str,
        account: Account,
        *,
        to: str | None = None,
        link: Secret | None = None,
        code: Secret | None = None,
        **fields: str,
    ) -> None:
        """A letter to a person in their language; `to` is another address than the one they have now."""
        told = {"name": account.name, "handle": account.handle} | fields
        address = account.email if to is None else to
        self.letters.post(work, Letter(kind, address, account.language, account.id, told, link, code))

    def write_nobody(self, work: Work, kind: str, language: Language, *, link: Secret | None = None, code: Secret | None = None) -> None:
        """The same writes for a name nobody has: time does not tell who exists."""
        self.letters.post(work, Letter(kind, "", language, "", {"name": "", "handle": ""}, link, code))
