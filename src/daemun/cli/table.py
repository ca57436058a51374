"""Rows in columns, as wide as a terminal shows them. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The last column is not filled up, so that nothing stands at the end of a line."""
    shown = [[printable(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(width(row[column]) for row in shown) for column in range(len(heads))]
    return "\n".join("  ".join(pad(cell, wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in shown)


def facts(told: Sequence[tuple[str, str]]) -> str:
    """What is known of one thing: a name and a value a line."""
    wide = max(width(name) for name, _ in told)
    return "\n".join(f"{pad(name, wide)}  {printable(value)}".rstrip() for name, value in told)


def printable(text: str) -> str:
    """What somebody wrote of themselves must not write to the administrator's terminal."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def width(text: str) -> int:
    """Columns on a terminal: Korean letters take two, and what stands on another letter takes none."""
    return sum(0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def pad(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else "-"
