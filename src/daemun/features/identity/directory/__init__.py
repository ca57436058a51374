"""Finding people."""

from daemun.features.identity.directory.models import Found, LoginEntry, Sought
from daemun.features.identity.directory.service import Directory

__all__ = ["Directory", "Found", "LoginEntry", "Sought"]
