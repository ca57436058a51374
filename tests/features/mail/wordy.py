"""A tool that brings letters."""

from __future__ import annotations

from pathlib import Path

from daemun.plugin import Feature, Kit


def plug(kit: Kit) -> Feature:
    return Feature("wordy", letters=Path(__file__).parent / "letters")
