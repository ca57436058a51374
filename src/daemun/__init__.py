"""Daemun: the gate of a Python team."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from daemun.app.current import CurrentUser, MaybeUser, current_user, maybe_user, permit
    from daemun.app.embed import Daemun
    from daemun.app.moving import Mover
    from daemun.app.settings import Settings, SettingsError
    from daemun.features.identity import Someone, Sought, User
    from daemun.plugin import CurrentVisit, Event, EventKind, Feature, Happening, Permission, Visit, Work, requires, signed_in

__version__ = "0.1.0"
__all__ = [
    "CurrentUser",
    "CurrentVisit",
    "Daemun",
    "Event",
    "EventKind",
    "Feature",
    "Happening",
    "MaybeUser",
    "Mover",
    "Permission",
    "Settings",
    "SettingsError",
    "Someone",
    "Sought",
    "User",
    "Visit",
    "Work",
    "__version__",
    "current_user",
    "maybe_user",
    "permit",
    "requires",
    "signed_in",
]
_ROOMS: Final = {
    "daemun.app.embed": ("Daemun",),
    "daemun.app.current": ("CurrentUser", "MaybeUser", "current_user", "maybe_user", "permit"),
    "daemun.app.moving": ("Mover",),
    "daemun.app.settings": ("Settings", "SettingsError"),
    "daemun.features.identity": ("Someone", "Sought", "User"),
    "daemun.plugin": ("CurrentVisit", "Event", "EventKind", "Feature", "Happening", "Permission", "Visit", "Work", "requires", "signed_in"),
}


def __getattr__(name: str) -> Any:
    """Late, or whoever imports the smallest word of the core would load the whole house."""
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module 'daemun' has no attribute {name!r}")
