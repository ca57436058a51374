"""Where other applications are served: the rooms that their questions are about."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.features.access import Access
from daemun.features.apikeys import PREFIX, ApiKeyInvalid, ApiKeys, PresentedKey
from daemun.features.identity import Account, Identity
from daemun.features.sessions import AccessClaims, InvalidToken, Sessions
from daemun.plugin import Secret
from daemun.ports.database import Transaction, Work
from daemun.ports.letters import Letter, Letters

Presented = AccessClaims | PresentedKey | Secret
"""An access token whose signature and time are good, a key by its form, or what may be a refresh token."""


@dataclass(frozen=True, slots=True)
class Counter:
    identity: Identity
    sessions: Sessions
    access: Access
    keys: ApiKeys
    letters: Letters
    base: str
    """The address people open, without a slash at its end: the issuer."""

    def presented(self, token: Secret) -> Presented | None:
        """What it is, by what is written in it: a hint is not needed, and a wrong one does no harm. Told without the database."""
        text = token.reveal()
        try:
            if text.startswith(PREFIX):
                return self.keys.presented(text)
            return token if self.sessions.made(token) else self.sessions.claims_of(text)
        except (ApiKeyInvalid, InvalidToken):
            return None

    def account(self, tx: Transaction, user_id: str) -> Account | None:
        return self.identity.directory.account(tx, user_id)

    def write(self, work: Work, kind: str, account: Account, **fields: str) -> None:
        told = {"name": account.name, "handle": account.handle, **fields}
        self.letters.post(work, Letter(kind, account.email, account.language, account.id, told))
