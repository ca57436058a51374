"""What mail hands over."""

from __future__ import annotations

from pathlib import Path

from daemun.plugin import Feature

HERE = Path(__file__).parent


def feature() -> Feature:
    return Feature("mail", locale=HERE / "locale", migrations=HERE / "migrations")
