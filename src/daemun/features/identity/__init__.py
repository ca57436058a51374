"""People, passwords, account states."""

from daemun.features.identity.blocklist import Blocklist, import_corpus
from daemun.features.identity.errors import (
    AccountInactive,
    AccountLocked,
    EmailTaken,
    HandleTaken,
    TooManyAttempts,
    WeakPassword,
    WrongCredentials,
)
from daemun.features.identity.feature import feature, policy_of
from daemun.features.identity.models import Attempt, Limited, Newcomer, Proof, Someone, Stale, User
from daemun.features.identity.names import EMAIL, HANDLE
from daemun.features.identity.service import Identity
from daemun.features.identity.settings import IdentitySettings

__all__ = [
    "EMAIL",
    "HANDLE",
    "AccountInactive",
    "AccountLocked",
    "Attempt",
    "Blocklist",
    "EmailTaken",
    "HandleTaken",
    "Identity",
    "IdentitySettings",
    "Limited",
    "Newcomer",
    "Proof",
    "Someone",
    "Stale",
    "TooManyAttempts",
    "User",
    "WeakPassword",
    "WrongCredentials",
    "feature",
    "import_corpus",
    "policy_of",
]
