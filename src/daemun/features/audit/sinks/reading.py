"""A file of sealed records opened again, by whoever may: what was erased stays closed."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from daemun.core.actor import Actor
from daemun.core.errors import Malformed
from daemun.features.audit.events import OPENED
from daemun.features.audit.keys import Keys
from daemun.features.audit.sealing import PartAltered, SubjectKey, opened
from daemun.ports.database import Transaction, Work


class LineMalformed(Malformed):
    """Line `line` is none of ours, or was changed."""

    code = "audit_line_malformed"


@dataclass(frozen=True, slots=True)
class Unsealing:
    keys: Keys

    def lines(self, tx: Transaction, lines: Sequence[str], first: int) -> list[dict[str, Any]]:
        """Each as it is, with what is sealed in it opened; a part without its key is None. Raises `LineMalformed`."""
        records = [_parsed(line, number) for number, line in enumerate(lines, first)]
        names = {key[2:] for each in records for key, _ in each.get("sealed", {}).values()}
        keys = self.keys.named(tx, names) if names else {}
        return [self._opened(each, keys, number) for number, each in enumerate(records, first)]

    def tell(self, work: Work, by: Actor) -> None:
        """That somebody read what is personal is recorded."""
        work.publish(OPENED.by(by, work.now))

    def _opened(self, record: dict[str, Any], keys: dict[str, SubjectKey], number: int) -> dict[str, Any]:
        sealed: dict[str, tuple[str, str]] = record.pop("sealed", {})
        if not sealed:
            return record
        try:
            return record | {"persons": {part: _part(record["id"], part, keys.get(key[2:]), text) for part, (key, text) in sealed.items()}}
        except (PartAltered, KeyError, ValueError) as error:
            raise LineMalformed(line=number) from error


def _part(entry_id: str, part: str, key: SubjectKey | None, text: str) -> dict[str, Any] | None:
    if key is None:
        return None
    said = opened(entry_id, part, b64decode(text, validate=True), key)
    return said if part == "tenant" else {"subject": key.subject, **said}


def _parsed(line: str, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LineMalformed(line=number) from error
    sealed = record.get("sealed", {}) if isinstance(record, dict) else None
    if not isinstance(sealed, dict) or not all(isinstance(each, list) and len(each) == 2 for each in sealed.values()):
        raise LineMalformed(line=number)
    return dict(record)
