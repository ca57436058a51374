"""Sessions: of browsers and of token holders, known devices, and the keys' public side."""

from daemun.features.sessions.agents import described
from daemun.features.sessions.devices import Devices
from daemun.features.sessions.errors import (
    InvalidCookie,
    InvalidToken,
    RefreshExpired,
    RefreshRefused,
    RefreshReplayed,
    SessionEnded,
    UnknownToken,
)
from daemun.features.sessions.events import DEVICE_ADDED, KEY_ROTATED
from daemun.features.sessions.feature import feature
from daemun.features.sessions.models import (
    AccessClaims,
    AssuranceLevel,
    BrowserSession,
    Cookie,
    DeviceCookie,
    EndedWhy,
    Holder,
    KnownDevice,
    LiveSession,
    OpenSession,
    RefreshStanding,
    Reproven,
    SessionKind,
    TokenPair,
    Turned,
)
from daemun.features.sessions.routes import CACHED_FOR
from daemun.features.sessions.service import Sessions
from daemun.features.sessions.settings import SessionSettings

__all__ = [
    "CACHED_FOR",
    "DEVICE_ADDED",
    "KEY_ROTATED",
    "AccessClaims",
    "AssuranceLevel",
    "BrowserSession",
    "Cookie",
    "DeviceCookie",
    "Devices",
    "EndedWhy",
    "Holder",
    "InvalidCookie",
    "InvalidToken",
    "KnownDevice",
    "LiveSession",
    "OpenSession",
    "RefreshExpired",
    "RefreshRefused",
    "RefreshReplayed",
    "RefreshStanding",
    "Reproven",
    "SessionEnded",
    "SessionKind",
    "SessionSettings",
    "Sessions",
    "TokenPair",
    "Turned",
    "UnknownToken",
    "described",
    "feature",
]
