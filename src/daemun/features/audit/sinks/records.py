"""Entries as they leave the house: what happened, and of persons only what this destination may have. Pure but for the keys."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from daemun.core.event import EventKind
from daemun.features.audit.merkle import leaf_hash
from daemun.features.audit.sealing import PartAltered, SubjectKey, committed, opened, unpacked
from daemun.features.audit.sinks.settings import Personal
from daemun.ports.database import moment
from daemun.ports.ledger import Kept
from daemun.ports.sinks import Record, Weight

Kinds = Mapping[str, EventKind]
NAMES: Final = {
    "i": "id",
    "k": "kind",
    "a": "event",
    "o": "outcome",
    "r": "class",
    "as": "actor",
    "tg": "target",
    "c": "request",
    "p": "producer",
}
WANTED: Final[Mapping[Personal, frozenset[str]]] = {
    "none": frozenset({"tenant"}),
    "sealed": frozenset({"tenant"}),
    "plain": frozenset({"actor", "target", "tenant"}),
}
written = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
Bound = list[list[str]]


@dataclass(frozen=True, slots=True)
class Teller:
    """`kinds`: which details of an event are nobody's."""

    origin: str
    personal: Personal
    kinds: Kinds

    def wanted(self, entries: Iterable[tuple[Kept, dict[str, Any]]]) -> set[str]:
        """The names of the keys it reads with."""
        return {key[2:] for _, entry in entries for part, key, _ in entry.get("b", ()) if part in WANTED[self.personal]}

    def record(self, kept: Kept, entry: dict[str, Any], keys: Mapping[str, SubjectKey]) -> Record:
        told = {"v": 1, "origin": self.origin, "idx": kept.idx, "at": _stamp(entry["t"])}
        told |= {name: entry[short] for short, name in NAMES.items() if short in entry}
        told |= self._more(kept, entry, keys)
        told["leaf"] = b64encode(leaf_hash(kept.entry)).decode()
        code = entry.get("a") or f"log.{entry['k']}"
        return Record(kept.idx, moment(entry["t"]), code, _weight(entry), written(told).encode("ascii"))

    def pruned(self, idx: int, at: int) -> Record:
        """Gone from the log before it could be told."""
        told = {"v": 1, "origin": self.origin, "idx": idx, "at": _stamp(at), "kind": "pruned"}
        return Record(idx, moment(at), "log.pruned", "info", written(told).encode("ascii"))

    def _more(self, kept: Kept, entry: dict[str, Any], keys: Mapping[str, SubjectKey]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if facts := {name: value for name, value in entry.items() if name not in NAMES and name not in ("b", "t", "tn", "v")}:
            told["facts"] = facts
        bound: Bound = entry.get("b", [])
        try:
            sealed = unpacked(kept.parts, len(bound))
            parts = _opened(entry["i"], bound, sealed, keys, WANTED[self.personal])
        except PartAltered:
            return told | {"altered": True}
        if public := self._public(entry, parts.get("tenant", {})):
            told["details"] = public
        if self.personal == "sealed" and any(sealed):
            told["sealed"] = {part: [key, b64encode(each).decode()] for (part, key, _), each in zip(bound, sealed, strict=True) if each}
        if self.personal == "plain" and parts:
            told["persons"] = parts
        return told

    def _public(self, entry: Mapping[str, Any], tenant: Mapping[str, Any]) -> dict[str, Any]:
        kind = self.kinds.get(f"{entry.get('a')}.{entry.get('o')}")
        details: dict[str, Any] = tenant.get("details", {})
        return {name: value for name, value in details.items() if kind is not None and kind.fields.get(name) == "public"}


def _opened(
    entry_id: str, bound: Bound, sealed: list[bytes], keys: Mapping[str, SubjectKey], wanted: Collection[str]
) -> dict[str, dict[str, Any]]:
    found = dict[str, dict[str, Any]]()
    for (part, key_id, commitment), each in zip(bound, sealed, strict=True):
        key = keys.get(key_id[2:])
        if not each or key is None or part not in wanted:
            continue
        if b64decode(commitment) != committed(part, each):
            raise PartAltered
        said = opened(entry_id, part, each, key)
        found[part] = said if part == "tenant" else {"subject": key.subject, **said}
    return found


def _weight(entry: Mapping[str, Any]) -> Weight:
    if entry["k"] != "event":
        return "critical" if entry.get("why") == "altered" else "notice"
    return "info" if entry["o"] == "success" else "warning"


def _stamp(at: int) -> str:
    return f"{moment(at):%Y-%m-%dT%H:%M:%S.%fZ}"
