"""Policies (c2sp.org/tlog-policy): whose checkpoints are believed, and how many witnesses must have seen them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from daemun.features.audit.checkpoint import SignedCheckpoint, open_checkpoint
from daemun.features.audit.errors import KeyRetired, PolicyMalformed, QuorumMissing, Refused
from daemun.features.audit.merkle import MOST
from daemun.features.audit.notes import COSIGNATURE, ED25519, VerifierKey, parse_verifier_key

__all__ = ["NOBODY", "Group", "Policy", "Refused", "check_quorum", "parse_policy"]

NOBODY: Final = "none"
LONGEST: Final = 100_000
FORBIDDEN: Final = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
THRESHOLD: Final = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class Group:
    """Counts as one witness when at least `threshold` of its members do."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Groups stand in the order in which they were defined: each after its members."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NOBODY
    retired: Mapping[VerifierKey, int] = field(default_factory=dict)
    """Keys of a log that were followed by others, and the number of entries up to which each counts (`keys.txt` of a bundle)."""

    def open(self, data: bytes | str) -> SignedCheckpoint:
        """A checkpoint of one of the logs that enough witnesses have cosigned."""
        seen = open_checkpoint(data, self.logs, self.witnesses.values())
        if not any(each in self.logs and seen.checkpoint.size <= self.retired.get(each, MOST) for each in seen.note.keys):
            raise KeyRetired
        check_quorum(self, seen.note.keys)
        return seen


def check_quorum(policy: Policy, cosigners: Iterable[VerifierKey]) -> None:
    keys = set(cosigners)
    met = {NOBODY} | {name for name, key in policy.witnesses.items() if key in keys}
    for name, group in policy.groups.items():
        if sum(each in met for each in group.members) >= group.threshold:
            met.add(name)
    if policy.quorum not in met:
        raise QuorumMissing


def parse_policy(data: bytes | str) -> Policy:
    """Names are octets to the format: those that are not UTF-8 become the same text only when they are the same octets."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > LONGEST or FORBIDDEN.search(raw) or not raw.endswith(b"\n"):
        raise PolicyMalformed(line=0)
    draft = _Draft()
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if line.strip(" \t") and not words[0].startswith("#") and not draft.takes(words):
            raise PolicyMalformed(line=number)
    if draft.quorum is None:
        raise PolicyMalformed(line=0)
    return Policy(tuple(draft.logs), draft.witnesses, draft.groups, draft.quorum)


@dataclass(slots=True)
class _Draft:
    """Each method takes what follows its word, and says whether it may stand there."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    quorum: str | None = None

    def takes(self, words: list[str]) -> bool:
        reads: dict[str, Callable[[list[str]], bool]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        return words[0] in reads and reads[words[0]](words[1:])

    def _log(self, words: list[str]) -> bool:
        key = _key(words[0], ED25519) if len(words) in (1, 2) else None
        if key is None or key.public in {each.public for each in self.logs}:
            return False
        self.logs.append(key)
        return True

    def _witness(self, words: list[str]) -> bool:
        key = _key(words[1], COSIGNATURE) if len(words) in (2, 3) and not self._is_defined(words[0]) else None
        if key is None or key.public in {each.public for each in self.witnesses.values()}:
            return False
        self.witnesses[words[0]] = key
        return True

    def _group(self, words: list[str]) -> bool:
        if len(words) < 3 or self._is_defined(words[0]):
            return False
        name, asked, *members = words
        threshold = {"any": 1, "all": len(members)}.get(asked) or (int(asked) if THRESHOLD.fullmatch(asked) else 0)
        # A name in two places would let one witness count twice.
        known = all(each != NOBODY and self._is_defined(each) and each not in self.taken for each in members)
        if not known or len(set(members)) < len(members) or not 1 <= threshold <= len(members):
            return False
        self.taken.update(members)
        self.groups[name] = Group(threshold, tuple(members))
        return True

    def _quorum(self, words: list[str]) -> bool:
        if len(words) != 1 or self.quorum is not None or not self._is_defined(words[0]):
            return False
        self.quorum = words[0]
        return True

    def _is_defined(self, name: str) -> bool:
        return name == NOBODY or name in self.witnesses or name in self.groups


def _key(text: str, kind: int) -> VerifierKey | None:
    try:
        key = parse_verifier_key(text)
    except Refused:
        return None
    return key if key.kind == kind else None
