"""Moments as letters tell them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def day(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d")
