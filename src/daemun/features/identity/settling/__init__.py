"""Many people at once, who were somebody elsewhere."""

from daemun.features.identity.settling.models import Settler, Taken
from daemun.features.identity.settling.service import Settling

__all__ = ["Settler", "Settling", "Taken"]
