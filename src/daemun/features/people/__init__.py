"""Accounts: one's own, and those an administrator looks after. A joiner of identity, access and sessions."""

from daemun.features.people.desk import Desk
from daemun.features.people.feature import feature
from daemun.features.people.flows.first_admin import MakeAdmin

__all__ = ["Desk", "MakeAdmin", "feature"]
