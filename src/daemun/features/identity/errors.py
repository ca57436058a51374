"""What identity refuses."""

from __future__ import annotations

from daemun.core.errors import Conflict, Denied, TooMany, Unauthenticated, Unsuitable
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


class TooManyAttempts(TooMany):
    code = "too_many_attempts"


class AccountLocked(TooMany):
    """After so many failures in a row only its owner's known device, a link by mail or an administrator opens an account."""

    code = "account_locked"


class Asleep(AccountInactive):
    """The password was right. It says whom to write to; the caller hears `account_inactive`."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user


class EmailUnverified(Denied):
    """The password was right; this house lets only people in whose address is verified."""

    code = "email_unverified"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.user = user
