"""What is written down about an import: who was not taken in and why, and, if asked, what came of everybody. For its owner's eyes only."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Self, TextIO

from daemun.core.circumstance import Language
from daemun.core.errors import Flaw
from daemun.features.identity import is_email
from daemun.features.people import Outcome

REJECTS: Final = ("row", "id", "email", "where", "code", "ko", "en")
REPORT: Final = ("row", "id", "came", "user_id", "handle", "email", "status", "roles", "code")
HARMLESS: Final = re.compile(r"[A-Za-z0-9._:@+-]{1,64}")
DIGEST: Final = re.compile(r"[0-9a-fA-F]{40,}")
FORMULAS: Final = ("=", "+", "-", "@")
Say = Callable[[Language, Flaw], str]


class Paper:
    """A table that spreadsheets open as it is. What stands in it is replaced when the file is opened."""

    def __init__(self, path: Path, heads: Sequence[str]) -> None:
        self.path, self.lines = path, 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No link is followed: the name may lie in a folder that others write to.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o600)
        path.chmod(0o600)
        self._file: TextIO = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(heads)

    def write(self, *cells: Any) -> None:
        self.lines += 1
        self._writer.writerow([_safe(each) for each in cells])

    def flush(self) -> None:
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def write_rejects(paper: Paper, outcomes: Sequence[Outcome], say: Say) -> None:
    """A line for each reason. Only what has the form of a number or an address is repeated: a row whose columns have slipped may have a
    hash in any of them."""
    for each in outcomes:
        for flaw in each.flaws:
            paper.write(each.row, id_of(each), email_of(each), flaw.where, flaw.code, say("ko", flaw), say("en", flaw))
    paper.flush()


def write_report(paper: Paper, outcomes: Sequence[Outcome]) -> None:
    """Whoever keeps things of these people elsewhere finds their new numbers here."""
    for each in outcomes:
        code = each.flaws[0].code if each.flaws else ""
        paper.write(each.row, id_of(each), each.came, each.user_id, each.handle, email_of(each), each.status, " ".join(each.roles), code)
    paper.flush()


def id_of(outcome: Outcome) -> str:
    known_as = outcome.source_id
    return known_as if HARMLESS.fullmatch(known_as) and not DIGEST.fullmatch(known_as) else ""


def email_of(outcome: Outcome) -> str:
    return outcome.email if is_email(outcome.email) else ""


def _safe(cell: Any) -> Any:
    """A spreadsheet would compute what begins like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
