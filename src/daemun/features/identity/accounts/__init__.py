"""One person's record: states, names, mailbox, passwords."""

from daemun.features.identity.accounts.credentials import Credentials
from daemun.features.identity.accounts.mailbox import Mailbox
from daemun.features.identity.accounts.models import (
    Account,
    IllegalMove,
    Moved,
    MoveDenied,
    Protected,
    Readdressed,
    Temporary,
    UnderLegalHold,
    UserMissing,
)
from daemun.features.identity.accounts.profile import Profile
from daemun.features.identity.accounts.standing import Standing

__all__ = [
    "Account",
    "Credentials",
    "IllegalMove",
    "Mailbox",
    "MoveDenied",
    "Moved",
    "Profile",
    "Protected",
    "Readdressed",
    "Standing",
    "Temporary",
    "UnderLegalHold",
    "UserMissing",
]
