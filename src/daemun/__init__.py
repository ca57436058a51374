"""Daemun: the gate of a Python team."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daemun.app.embed import Daemun
    from daemun.app.settings import Settings

__version__ = "0.1.0"
__all__ = ["Daemun", "Settings", "__version__"]


def __getattr__(name: str) -> Any:
    """Late, or whoever imports the smallest word of the core would load the whole house."""
    if name == "Daemun":
        from daemun.app.embed import Daemun

        return Daemun
    if name == "Settings":
        from daemun.app.settings import Settings

        return Settings
    raise AttributeError(f"module 'daemun' has no attribute {name!r}")
