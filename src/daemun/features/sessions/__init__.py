"""Sessions: token families, access tokens, and the keys' public side."""

from daemun.features.sessions.errors import InvalidToken, RefreshExpired, RefreshRefused, RefreshReplayed, SessionEnded, UnknownToken
from daemun.features.sessions.events import KEY_ROTATED
from daemun.features.sessions.feature import feature
from daemun.features.sessions.models import AccessClaims, EndedWhy, Holder, LiveSession, OpenSession, TokenPair, Turned
from daemun.features.sessions.routes import CACHED_FOR
from daemun.features.sessions.service import Sessions
from daemun.features.sessions.settings import SessionSettings

__all__ = [
    "CACHED_FOR",
    "KEY_ROTATED",
    "AccessClaims",
    "EndedWhy",
    "Holder",
    "InvalidToken",
    "LiveSession",
    "OpenSession",
    "RefreshExpired",
    "RefreshRefused",
    "RefreshReplayed",
    "SessionEnded",
    "SessionSettings",
    "Sessions",
    "TokenPair",
    "Turned",
    "UnknownToken",
    "feature",
]
