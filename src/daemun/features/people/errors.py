"""What people refuses by itself; the rest comes from the rooms it joins."""

from __future__ import annotations

from daemun.core.errors import Conflict, Denied, Unsuitable


class AlreadyVerified(Conflict):
    code = "already_verified"


class OwnAccount(Denied):
    """One's own account is not administered: what its owner may do, its owner proves."""

    code = "own_account"


class BulkTooMany(Unsuitable):
    """Nothing was done to anybody."""

    code = "bulk_too_many"


class SetUpOver(Conflict):
    """The house has a master."""

    code = "setup_over"


class NotConfirmed(Unsuitable):
    """Who is in already did not know the password. They stay in, and the try counts."""

    code = "not_confirmed"
