"""What of an entry stands openly in the picture that is searched: whoever edits the picture is told by it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

OPEN: Final = ("at", "kind", "action", "outcome", "retention", "actor", "target", "request", "ref")
"""The columns that an entry tells by itself. The others come out of its sealed parts."""


def open_facts(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        entry["t"],
        entry["k"],
        entry.get("a") or f"audit.{entry['k']}",
        entry.get("o", ""),
        entry.get("r") or "",
        entry.get("as", "system"),
        entry.get("tg", entry.get("sg", "")),
        entry.get("c", ""),
        entry.get("ref", -1),
    )


def is_true(row: Any, entry: Mapping[str, Any]) -> bool:
    """Whether a row of the picture says what the entry says."""
    return tuple(getattr(row, name) for name in OPEN) == open_facts(entry)
