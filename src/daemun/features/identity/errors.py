"""What identity refuses."""

from __future__ import annotations

from daemun.core.errors import Conflict, Denied, TooMany, Unauthenticated, Unsuitable


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
