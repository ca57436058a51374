"""How one signing key of the log follows another: both sign it, the log holds it, and whatever holds that entry counts under the new key
alone. Pure.

An old key that is stolen later signs nothing new: its states end where its successor begins (the trap of CVE-2023-31439).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from daemun.features.audit.bundle import Read
from daemun.features.audit.checkpoint import SignedCheckpoint, open_checkpoint, parse_checkpoint
from daemun.features.audit.errors import KeyTurnRefused, NoteUnsigned, Refused
from daemun.features.audit.notes import ED25519, VerifierKey, open_note, parse_verifier_key, split_note
from daemun.features.audit.tiles import ENTRIES, FULL, parse_bundle, tile_of, tile_path

__all__ = [
    "KEY",
    "Refused",
    "Turn",
    "handed_over",
    "judged",
    "open_by_predecessors",
    "open_by_successors",
    "parse_turn",
    "turns_in",
    "valid_turn",
]

Key = VerifierKey | str
KEY: Final = b'"k":"key"'
TITLE: Final = "this log signs with another key from here on"


@dataclass(frozen=True, slots=True)
class Turn:
    """States of up to `idx` entries count under `old`; those that hold entry `idx` under `new`."""

    idx: int
    old: VerifierKey
    new: VerifierKey

    def __str__(self) -> str:
        return f"{self.idx}: {self.old} > {self.new}"


def handed_over(old: VerifierKey, new: VerifierKey) -> str:
    """What both sign. Its second line is no number, so it is never taken for a checkpoint."""
    return f"{old.name}\n{TITLE}\n{old}\n{new}\n"


def parse_turn(idx: int, entry: bytes) -> Turn | None:
    """None for the first entry, which names the first key and follows none. Raises `Refused`."""
    note = json.loads(entry).get("note")
    if note is None:
        return None
    try:
        lines = split_note(note)[0].split("\n")
        old, new = map(parse_verifier_key, lines[2:4])
        opened = open_note(note, [old, new])
    except (Refused, ValueError) as error:
        raise KeyTurnRefused(index=idx) from error
    ours = old.name == new.name and {old.kind, new.kind} == {ED25519} and old != new
    if not ours or opened.text != handed_over(old, new) or set(opened.keys) != {old, new}:
        raise KeyTurnRefused(index=idx)
    return Turn(idx, old, new)


def valid_turn(idx: int, entry: bytes) -> Turn | None:
    """None, too, where it is none that counts."""
    try:
        return parse_turn(idx, entry) if KEY in entry else None
    except (Refused, ValueError):
        return None


def open_by_successors(read: Read, note: bytes, keys: Sequence[Key], witnesses: Iterable[VerifierKey]) -> SignedCheckpoint:
    """Whoever knows a former key of the log believes those it handed the log over to. That they are in the log is still to be proven."""
    witnesses = list(witnesses)
    try:
        return open_checkpoint(note, keys, witnesses)
    except NoteUnsigned:
        known = _parsed(keys)
        for turn in turns_in(read, _size(note)):
            if turn.old in known:
                known.add(turn.new)
        return open_checkpoint(note, known, witnesses)


def open_by_predecessors(read: Read, note: bytes, keys: Sequence[Key], size: int) -> SignedCheckpoint:
    """A state of before may be signed by a key that one of ours has followed since."""
    try:
        return open_checkpoint(note, keys)
    except NoteUnsigned:
        known = _parsed(keys)
        for turn in reversed(turns_in(read, size)):
            if turn.new in known and _size(note) <= turn.idx:
                known.add(turn.old)
        return open_checkpoint(note, known)


def judged(
    entries: Sequence[tuple[int, bytes]], now: SignedCheckpoint, before: SignedCheckpoint | None, found: Callable[..., None]
) -> list[Turn]:
    """The turns among the log's entries about its key, each by the key that had it; and `now` must be signed by the last to have it."""
    holder, turns = set(before.note.keys) if before else set[VerifierKey](), list[Turn]()
    for idx, entry in entries:
        if before is not None and idx < before.checkpoint.size:
            continue
        try:
            turn = parse_turn(idx, entry)
            if turn is None and idx == 0:
                holder = {parse_verifier_key(json.loads(entry).get("key", ""))}
            elif turn is None or turn.old not in holder:
                raise KeyTurnRefused(index=idx)
            else:
                holder = {turn.new}
                turns.append(turn)
        except Refused as refused:
            found("key_refused", idx, more=refused.code)
    if (turns or before) and not holder.intersection(now.note.keys):
        retired = {turn.old: turn.idx for turn in turns}
        signer = next((each for each in now.note.keys if each in retired), now.note.keys[0])
        found("key_retired", retired.get(signer), more=str(signer))
    return turns


def turns_in(read: Read, size: int) -> list[Turn]:
    """All that a bundle speaks of, before anything of it is proven: those that do not verify are left out."""
    found = list[Turn]()
    for index in range(-(-size // FULL)):
        data = read(tile_path(ENTRIES, index, tile_of(ENTRIES, index, size).width))
        if data is not None and KEY in data:
            found += _turns(index * FULL, data)
    return found


def _turns(first: int, data: bytes) -> Iterable[Turn]:
    try:
        entries: Sequence[bytes] = parse_bundle(data)
    except Refused:
        return
    for idx, entry in enumerate(entries, first):
        if turn := valid_turn(idx, entry):
            yield turn


def _parsed(keys: Iterable[Key]) -> set[VerifierKey]:
    return {each if isinstance(each, VerifierKey) else parse_verifier_key(each) for each in keys}


def _size(note: bytes) -> int:
    return parse_checkpoint(split_note(note)[0]).size
