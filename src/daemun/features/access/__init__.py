"""Roles and permissions: people are given roles, code checks permissions."""

from daemun.features.access.feature import feature
from daemun.features.access.service import Access, UnknownRole

__all__ = ["Access", "UnknownRole", "feature"]
