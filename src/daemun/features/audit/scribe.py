"""An event becomes an entry: what anybody may see for ever, and beside it, sealed, what is somebody's."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from daemun.core.actor import Actor
from daemun.core.event import Happening
from daemun.core.ids import ulid
from daemun.features.audit.entries import SALT_SIZE, EventEntry, made_entry, made_event
from daemun.features.audit.keys import Keys
from daemun.features.audit.sealing import NONCE_SIZE, TENANT, SubjectKey, committed, packed, sealed
from daemun.features.audit.spelling import to_base64
from daemun.ports.database import Work, micros
from daemun.ports.ledger import Tally
from daemun.ports.system import Entropy

TENANTS: Final = f"tenant:{TENANT}"
CHANCE: Final = SALT_SIZE + NONCE_SIZE
PERSONS: Final = ("user", "guest", "token")
Said = dict[str, Any]
Bound = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Written:
    """An entry on its way into the log. `names` are the keys it was sealed with."""

    entry: bytes
    parts: bytes
    mac: bytes
    names: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scribe:
    keys: Keys
    tally: Tally
    entropy: Entropy
    mac_key: bytes = field(repr=False)

    def mac(self, entry: bytes, parts: bytes) -> bytes:
        return hmac.digest(self.mac_key, len(entry).to_bytes(4, "big") + entry + parts, "sha256")

    def vouched(self, entry: bytes, parts: bytes, mac: bytes) -> bool:
        """Whether a process of this house wrote it so."""
        return hmac.compare_digest(self.mac(entry, parts), mac)

    def event(self, work: Work, happening: Happening, number: int, boot: str = "") -> Written:
        """`boot`: of the process that gave it its number, where that is another one."""
        event, kind = happening.event, happening.event.kind
        actor, target = subject_of(event.actor), target_of(happening)
        owners = {"actor": actor, "target": target if target != actor else None, "tenant": TENANTS}
        keys = {part: self.keys.of_subject(work, owner) for part, owner in owners.items() if owner}
        bound, together = self._sealed(happening.id, _parts(happening, keys), keys)
        entry = EventEntry(
            a=kind.code,
            as_=keys["actor"].surrogate if actor else str(event.actor),
            b=bound,
            c=happening.circumstance.request_id,
            i=happening.id,
            k="event",
            o=kind.outcome,
            p=(boot or self.tally.boot, number),
            r=kind.retention,
            t=micros(event.at),
            tg=keys["target" if target != actor else "actor"].surrogate if target else None,
            tn=TENANT,
            v=1,
        )
        return self._done(made_event(entry), together, keys)

    def control(self, work: Work, kind: str, number: int, *, reason: str = "", by: Actor | None = None, **facts: Any) -> Written:
        """What the log says of itself. Why is in somebody's own words, so it is sealed."""
        told, keys = {"k": kind, "t": micros(work.now), **facts}, dict[str, SubjectKey]()
        if by is not None:
            who = subject_of(by)
            told["as"] = self.keys.of_subject(work, who).surrogate if who else str(by)
        if reason:
            keys["tenant"] = self.keys.of_subject(work, TENANTS)
        return self._written(work.new_id(), told, {part: {"reason": reason} for part in keys}, keys, number)

    def amendment(self, work: Work, number: int, ref: int, parts: Mapping[str, Said], subjects: Mapping[str, str], by: Actor) -> Written:
        """What is now said in the place of an entry's parts, each under the key of whose it is."""
        who = subject_of(by)
        told = {"k": "amend", "t": micros(work.now), "ref": ref, "as": self.keys.of_subject(work, who).surrogate if who else str(by)}
        return self._written(
            work.new_id(), told, parts, {part: self.keys.of_subject(work, subjects.get(part, TENANTS)) for part in parts}, number
        )

    def bare(self, kind: str, entry_id: str, at: int, number: int, **facts: Any) -> Written:
        """For the sequencer, which has no transaction of the house."""
        return self._written(entry_id, {"k": kind, "t": at, **facts}, {}, {}, number)

    def fresh_id(self, at: Any) -> str:
        return ulid(at, self.entropy.bytes(10))

    def _written(
        self, entry_id: str, told: Mapping[str, Any], parts: Mapping[str, Said], keys: Mapping[str, SubjectKey], number: int
    ) -> Written:
        bound, together = self._sealed(entry_id, parts, keys)
        entry = {**told, "i": entry_id, "p": [self.tally.boot, number], "tn": TENANT, "v": 1}
        if bound:
            entry["b"] = [[part, key, to_base64(each)] for part, key, each in bound]
        return self._done(made_entry(entry), together, keys)

    def _sealed(self, entry_id: str, parts: Mapping[str, Said], keys: Mapping[str, SubjectKey]) -> tuple[list[Bound], bytes]:
        """What the entry says of them, and they themselves."""
        chance = self.entropy.bytes(CHANCE * len(parts)) if parts else b""
        bound, closed = list[Bound](), list[bytes]()
        for at, (part, said) in enumerate(parts.items()):
            closed.append(sealed(entry_id, part, said, keys[part], chance[at * CHANCE : (at + 1) * CHANCE]))
            bound.append((part, keys[part].key_id, committed(part, closed[-1])))
        return bound, packed(closed)

    def _done(self, entry: bytes, together: bytes, keys: Mapping[str, SubjectKey]) -> Written:
        used = keys.values()
        return Written(entry, together, self.mac(entry, together), _each(used), tuple([key.subject for key in used]))


def subject_of(actor: Actor) -> str | None:
    """Whose data the actor's is; None for the house itself and for nobody."""
    if actor.kind not in PERSONS or not actor.id:
        return None
    return actor.id if actor.kind == "user" else f"{actor.kind}:{actor.id}"


def target_of(happening: Happening) -> str | None:
    event = happening.event
    return event.target or (event.resource_id if event.kind.resource_type == "user" else None)


def subjects_of(happening: Happening) -> list[str]:
    """Under whose keys it is sealed."""
    return [each for each in (subject_of(happening.event.actor), target_of(happening), TENANTS) if each]


def _parts(happening: Happening, keys: Mapping[str, SubjectKey]) -> dict[str, Said]:
    """Who holds what. A visitor nobody knows leaves their traces with whom they came for; the thing done to goes with its person too."""
    parts: dict[str, Said] = {"actor": {}, "target": {}, "tenant": {}}
    persons = "actor" if "actor" in keys else "target" if "target" in keys else "tenant"
    targets = "target" if "target" in keys else persons
    parts[persons] |= _traces(happening)
    if (thing := _thing(happening)) and thing != f"session:{happening.event.actor.session}":
        parts[targets]["resource"] = thing
    holders = {"actor": persons, "target": targets}
    fields = happening.event.kind.fields
    for name, value in happening.event.details.items():
        parts[holders.get(fields[name], "tenant")].setdefault("details", {})[name] = value
    return {part: said for part, said in parts.items() if said}


def _traces(happening: Happening) -> Said:
    seen, actor = happening.circumstance, happening.event.actor
    told = {
        "address": seen.address,
        "agent": seen.agent,
        "method": seen.method,
        "path": seen.path,
        "session": actor.session,
        "handle": actor.handle,
    }
    return {name: value for name, value in told.items() if value}


def _thing(happening: Happening) -> str | None:
    event = happening.event
    if event.resource_id is None or event.resource_id == target_of(happening):
        return None
    return f"{event.kind.resource_type}:{event.resource_id}"


def _each(keys: Iterable[SubjectKey]) -> tuple[str, ...]:
    return tuple([key.name for key in keys])
