"""Roles and permissions: people are given roles, code checks permissions."""

from daemun.features.access.errors import (
    BuiltInRole,
    LastMaster,
    MasterOnly,
    NotYoursToGive,
    Outranked,
    OwnRoles,
    RoleExists,
    RoleInUse,
    UnknownPermission,
    UnknownRole,
)
from daemun.features.access.feature import PERMISSIONS, feature
from daemun.features.access.lookout import Lookout
from daemun.features.access.models import Draft, RoleChange, RoleVersion, RoleView
from daemun.features.access.policy import RolePolicy
from daemun.features.access.roles import MASTER, Rights
from daemun.features.access.service import Access
from daemun.features.access.store import administrators, masters

__all__ = [
    "MASTER",
    "PERMISSIONS",
    "Access",
    "BuiltInRole",
    "Draft",
    "LastMaster",
    "Lookout",
    "MasterOnly",
    "NotYoursToGive",
    "Outranked",
    "OwnRoles",
    "Rights",
    "RoleChange",
    "RoleExists",
    "RoleInUse",
    "RolePolicy",
    "RoleVersion",
    "RoleView",
    "UnknownPermission",
    "UnknownRole",
    "administrators",
    "feature",
    "masters",
]
