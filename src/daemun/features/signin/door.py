"""What every story of getting in needs: the rooms it joins, and how it writes to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from daemun.core.circumstance import Language
from daemun.core.secret import Secret
from daemun.features.access import Access
from daemun.features.identity import Account, Identity, Knows, User
from daemun.features.sessions import Holder, Sessions
from daemun.ports.database import Transaction, Work
from daemun.ports.letters import Letter, Letters
from daemun.ports.places import Places
from daemun.web.catalogue import Catalogue
from daemun.web.cookies import Jar
from daemun.web.visit import Visit

SHOWN: Final[dict[Language, str]] = {"ko": "%Y. %m. %d. %H:%M UTC", "en": "%Y-%m-%d %H:%M UTC"}


@dataclass(frozen=True, slots=True)
class Door:
    identity: Identity
    sessions: Sessions
    access: Access
    letters: Letters
    places: Places
    words: Catalogue
    """The names of countries, and what is said where nothing is known."""
    jar: Jar
    base: str
    """The address people open, without a slash at its end."""

    def device_of(self, visit: Visit) -> str:
        """The known-device cookie's number, if it came and the house made it."""
        value = visit.browser.device
        return (self.sessions.devices.device_of(value) or "") if value else ""

    def knows(self, device: str) -> Knows | None:
        """Asks whether the device is one of a user's."""
        if not device:
            return None

        def known(tx: Transaction, user_id: str) -> bool:
            return self.sessions.devices.knows(tx, user_id, device)

        return known

    def country(self, work: Work) -> str | None:
        return self.places.country(work.circumstance.address)

    def place(self, language: Language, country: str | None) -> str:
        return self.words.say(language, f"country_{country}" if country else "unknown_place")

    def moment(self, language: Language, at: datetime) -> str:
        return at.astimezone(UTC).strftime(SHOWN[language])

    # Letters

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
        """`to` is another address than the one they have now."""
        address = account.email if to is None else to
        told = {"name": account.name, "handle": account.handle, **fields}
        self.letters.post(work, Letter(kind, address, account.language, account.id, told, link, code))

    def write_to(
        self, work: Work, kind: str, email: str, *, name: str, handle: str, link: Secret | None = None, code: Secret | None = None
    ) -> None:
        """To an address that belongs to no account, or to nobody: then it is written down and never sent."""
        told = {"name": name, "handle": handle}
        self.letters.post(work, Letter(kind, email, work.circumstance.language, "", told, link, code))


def holder_of(user: User) -> Holder:
    return Holder(user.id, user.handle, user.email, user.name)
