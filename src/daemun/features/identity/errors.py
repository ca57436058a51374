"""What identity refuses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from daemun.core.errors import Conflict, Denied, Flaw, TooMany, Unauthenticated, Unsuitable
from daemun.features.identity.models import User


class HandleTaken(Conflict):
    code = "handle_taken"


class EmailTaken(Conflict):
    code = "email_taken"


class WeakPassword(Unsuitable):
    code = "weak_password"


class WrongCredentials(Unauthenticated):
    """The same for an unknown name and a wrong password."""

    code = "wrong_credentials"


class AccountInactive(Denied):
    """Told only after the right password, or to a token that was good."""

    code = "account_inactive"


class Suspended(AccountInactive):
    """The password was right: why, and until when, is its owner's to know."""

    def __init__(self, reason: str | None, until: datetime | None) -> None:
        flaws = [Flaw("account", "suspended_reason", (("reason", reason),))] if reason else []
        if until is not None:
            flaws.append(Flaw("account", "suspended_until", (("until", until.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")),)))
        super().__init__(*flaws)
        self.reason, self.until = reason, until

    def members(self) -> Mapping[str, str | int | None]:
        until = self.until.astimezone(UTC).isoformat().replace("+00:00", "Z") if self.until else None
        return {"account_status": "BANNED", "reason": self.reason, "until": until}


class TooManyAttempts(TooMany):
    code = "too_many_attempts"


class AccountLocked(TooMany):
    """After so many failures in a row only its owner's known device, a link by mail or an administrator opens an account."""

    code = "account_locked"


class Asleep(AccountInactive):
    """The password was right, and this login does not wake the account. It says whom to write to."""

    code = "asleep"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


class EmailUnverified(Denied):
    """The password was right; this house lets only people in whose address is verified."""

    code = "email_unverified"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user
