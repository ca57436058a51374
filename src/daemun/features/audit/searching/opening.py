"""Many entries of our own log at once, each as far as it can be read. Whoever was tampered with does not hide the others."""

from __future__ import annotations

import logging
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from daemun.features.audit.entries import read_entry
from daemun.features.audit.errors import Refused
from daemun.features.audit.sealing import PartAltered, SubjectKey
from daemun.features.audit.service import Revealed, keys_of, revealed
from daemun.ports.ledger import Kept

log = logging.getLogger("daemun.audit")
Parsed = tuple[Kept, dict[str, Any], Sequence[str]]
"""With the names of its keys."""
ALTERED: Final = (PartAltered, Refused, NotBase64, KeyError, TypeError, ValueError)
"""What reading an entry comes to that is not what was written."""
MISSED: Final = "entry %d of the audit log is not what it was: run daemun audit verify"


def parsed(kept: Iterable[Kept]) -> list[Parsed]:
    return [found for each in kept if each.entry and (found := _parsed(each))]


def names_of(entries: Iterable[Parsed]) -> set[str]:
    return {name for _, _, names in entries for name in names}


def opened(entries: Iterable[Parsed], keys: Mapping[str, SubjectKey]) -> list[Revealed]:
    """Those that are what they should be."""
    return [found for kept, entry, _ in entries if (found := _opened(kept, entry, keys))]


def _parsed(kept: Kept) -> Parsed | None:
    try:
        entry = read_entry(kept.entry)
        return kept, entry, keys_of(entry)
    except ALTERED:
        log.critical(MISSED, kept.idx)
        return None


def _opened(kept: Kept, entry: dict[str, Any], keys: Mapping[str, SubjectKey]) -> Revealed | None:
    try:
        return revealed(kept, entry, keys)
    except ALTERED:
        log.critical(MISSED, kept.idx)
        return None
