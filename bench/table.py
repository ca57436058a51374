"""The one table, and the lines below it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from bench.line import Line

HEAD = ("what", "ours", "beside", "ratio", "goal", "verdict")


def table(lines: Sequence[Line]) -> str:
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    written = ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([written[0], "  ".join("─" * width for width in widths), *written[1:]])


def notes(lines: Sequence[Line]) -> str:
    return "\n".join(f"· {line.what}: {line.told}" for line in lines if line.told)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
