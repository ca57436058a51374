"""People, passwords, account states."""

from daemun.features.identity.accounts import (
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
from daemun.features.identity.blocklist import Blocklist, import_corpus
from daemun.features.identity.directory import Directory, Found, LoginEntry, Sought
from daemun.features.identity.dormancy import Stage
from daemun.features.identity.errors import (
    AccountInactive,
    AccountLocked,
    Asleep,
    EmailTaken,
    EmailUnverified,
    HandleTaken,
    Suspended,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from daemun.features.identity.feature import feature, policy_of
from daemun.features.identity.links import ENDS, LIFETIMES, Change, CodeWrong, Issued, Link, LinkOtherBrowser, LinkRefused, Purpose
from daemun.features.identity.models import Attempt, Entered, Limited, Newcomer, Proof, Someone, Stale, User
from daemun.features.identity.names import EMAIL, GIVEN_HANDLE, HANDLE, flaws_of_given, is_email, is_reserved
from daemun.features.identity.passwords import PasswordPolicy
from daemun.features.identity.service import Identity, Knows
from daemun.features.identity.settings import IdentitySettings
from daemun.features.identity.settling import Settler, Taken
from daemun.features.identity.states import Move, MoveName, Status
from daemun.features.identity.store import unseen_since

__all__ = [
    "EMAIL",
    "ENDS",
    "GIVEN_HANDLE",
    "HANDLE",
    "LIFETIMES",
    "Account",
    "AccountInactive",
    "AccountLocked",
    "Asleep",
    "Attempt",
    "Blocklist",
    "Change",
    "CodeWrong",
    "Directory",
    "EmailTaken",
    "EmailUnverified",
    "Entered",
    "Found",
    "HandleTaken",
    "Identity",
    "IdentitySettings",
    "IllegalMove",
    "Issued",
    "Knows",
    "Limited",
    "Link",
    "LinkOtherBrowser",
    "LinkRefused",
    "LoginEntry",
    "Move",
    "MoveDenied",
    "MoveName",
    "Moved",
    "Newcomer",
    "PasswordPolicy",
    "Proof",
    "Protected",
    "Purpose",
    "Readdressed",
    "Settler",
    "Someone",
    "Sought",
    "Stage",
    "Stale",
    "Status",
    "Suspended",
    "Taken",
    "Temporary",
    "TooManyAttempts",
    "UnderLegalHold",
    "User",
    "UserMissing",
    "WeakPassword",
    "WrongCredentials",
    "feature",
    "flaws_of_given",
    "import_corpus",
    "is_email",
    "is_reserved",
    "policy_of",
    "unseen_since",
]
