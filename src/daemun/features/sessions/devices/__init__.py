"""Known devices: browsers that somebody has come in with before."""

from daemun.features.sessions.devices.service import Devices

__all__ = ["Devices"]
