"""Finding what is in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from daemun.core.event import EventKind
from daemun.features.audit.searching import looks, opening
from daemun.features.audit.searching.asking.store import Asked
from daemun.features.audit.searching.drawing import store as drawing
from daemun.features.audit.searching.drawing.store import Row
from daemun.features.audit.searching.finding import store as finding
from daemun.features.audit.searching.finding.store import Cursor, Where
from daemun.features.audit.searching.found import Found
from daemun.features.audit.searching.marks import Marks
from daemun.features.audit.searching.parsing import parse
from daemun.features.audit.searching.people import Named, People
from daemun.features.audit.searching.projector import public_of, replaces
from daemun.features.audit.searching.query import Places, Query
from daemun.features.audit.searching.truth import OPEN, is_true, open_facts
from daemun.features.audit.service import Audit, Revealed
from daemun.plugin import Visit
from daemun.ports.database import Transaction
from daemun.web.catalogue import Catalogue

log = logging.getLogger("daemun.audit")
KINDLESS: Final = ("system", "nobody")
PREFIXED: Final = ("user", "guest", "token")


@dataclass(slots=True)
class Lexicon:
    """What the rooms have declared, told once all of them are there."""

    kinds: dict[str, EventKind] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    """Each action and outcome with the words it is spoken of with, folded."""
    spoken: Catalogue = field(default_factory=lambda: Catalogue({"ko": {}, "en": {}}))

    def hear(self, kinds: Mapping[str, EventKind], catalogue: Catalogue) -> None:
        self.kinds.update(kinds)
        self.spoken = catalogue
        for kind in kinds.values():
            code = f"event_{kind.code}_{kind.outcome}".replace(".", "_")
            said = [each[code] for each in catalogue.sentences.values() if code in each]
            self.told.append((kind.code, kind.outcome, "\n".join([kind.code, *said]).casefold()))

    def actions(self, text: str) -> dict[str, list[str]]:
        wanted, found = text.casefold(), dict[str, list[str]]()
        for code, outcome, told in self.told:
            if wanted in told:
                found.setdefault(outcome, []).append(code)
        return found


@dataclass(frozen=True, slots=True)
class Search:
    """Blocks and takes its time: asked within `visit.database.survey`.

    `own`: the id of the one person whose events are looked at, by themselves; None: everything.
    """

    audit: Audit
    marks: Marks
    people: People
    lexicon: Lexicon

    @staticmethod
    def parse(text: str) -> Query:
        """Raises `QueryMalformed`, which says what is wrong and at which character."""
        return parse(text)

    async def looked(self, visit: Visit, page: str) -> None:
        """Says that the visit's actor looked into the log there."""
        await looks.looked(visit, self.marks, page)

    def page(
        self,
        tx: Transaction,
        query: Query,
        after: Cursor | None = None,
        limit: int = 50,
        *,
        oldest_first: bool = False,
        own: str | None = None,
    ) -> list[Found]:
        """What matches, the newest first unless said otherwise. `after`: the `place` of the last one that was seen."""
        where = self.where(tx, query, own)
        return (
            [] if where is None else self.shown(tx, drawing.rows_of(tx, finding.page(where, after, limit, oldest_first=oldest_first)), own)
        )

    def nth(self, tx: Transaction, query: Query, skipped: int, limit: int) -> list[Found]:
        """A page by its number: only for the first ten thousand."""
        where = self.where(tx, query, None)
        return (
            []
            if where is None
            else self.shown(tx, drawing.rows_of(tx, finding.page(where, None, limit, oldest_first=False, skipped=skipped)), None)
        )

    def since(self, tx: Transaction, query: Query, idx: int, limit: int = 50, *, own: str | None = None) -> list[Found]:
        """What matches of what has entered the log after a place of it, in its order."""
        asked = self._asked(tx, own)
        found = [] if asked is None else drawing.rows_of(tx, finding.since(finding.all_of(asked, query), idx, limit))
        return self.shown(tx, found, own)

    def many(self, tx: Transaction, query: Query, most: int, *, own: str | None = None) -> int:
        """How many match, counted up to a bound."""
        where = self.where(tx, query, own)
        row = None if where is None else tx.one(finding.many(where, most))
        return row[0] if row else 0

    def one(self, tx: Transaction, idx: int, *, own: str | None = None) -> Found | None:
        where = self.where(tx, Places(idx, idx + 1), own)
        found = [] if where is None else self.shown(tx, drawing.rows_of(tx, finding.page(where, None, 1, oldest_first=True)), own)
        return found[0] if found else None

    def drawn(self, tx: Transaction) -> int:
        """How many entries of the log can be found."""
        return drawing.standing(tx)[1]

    def behind(self, tx: Transaction) -> int:
        """How many that are in the log cannot be found yet."""
        standing = self.audit.ledger.standing()
        return max(0, (standing.size if standing else 0) - self.drawn(tx))

    def where(self, tx: Transaction, query: Query, own: str | None) -> Where | None:
        """None: there is nothing of theirs."""
        asked = self._asked(tx, own)
        return None if asked is None else finding.where_of(asked, query)

    def _asked(self, tx: Transaction, own: str | None) -> Asked | None:
        mine = self.surrogates(tx, f"user:{own}") if own is not None else ()
        if own is not None and not mine:
            return None
        return Asked(tx, self.marks, self.surrogates, self.lexicon.actions, mine[0] if mine else None)

    def surrogates(self, tx: Transaction, text: str) -> list[str]:
        kind, _, rest = text.partition(":")
        if kind in KINDLESS or text.startswith("s_"):
            return [text]
        known = kind in PREFIXED and rest
        subject = text.removeprefix("user:") if known else self.people.known_as(tx, text) or text
        name = finding.name_of(tx, subject)
        return [f"s_{name}"] if name else []

    def named(self, tx: Transaction, actors: Iterable[str | None]) -> dict[str, Named]:
        """Who each `user:<id>` is by now."""
        return {
            f"user:{each}": named
            for each, named in self.people.named(tx, {who[5:] for who in actors if who and who.startswith("user:")}).items()
        }

    def shown(self, tx: Transaction, rows: Sequence[Row], own: str | None) -> list[Found]:
        amended = [row.idx for row in rows if row.amended >= 0]
        amendments = finding.amendments(tx, amended) if amended else {}
        places = {row.idx for row in rows} | {idx for each in amendments.values() for idx in each}
        kept = [each for each in self.audit.ledger.at(sorted(places)) if each.entry] if places else []
        entries = opening.parsed(kept)
        surrogates = {name[2:] for row in rows for name in (row.actor, row.target) if name.startswith("s_")}
        keys = self.audit.scribe.keys.named(tx, surrogates | opening.names_of(entries))
        told: dict[int, Revealed | None] = {each.idx: None for each in kept}  # None: it is there, and not what it should be
        told |= {each.idx: each for each in opening.opened(entries, keys)}
        who = {key.surrogate: key.subject for key in keys.values()}
        whole = [
            self._found(row, told[row.idx], [told[each] for each in amendments.get(row.idx, ()) if each in told], who)
            for row in rows
            if row.idx in told
        ]
        return whole if own is None else [each.only(own) for each in whole]

    def _found(self, row: Row, told: Revealed | None, amendments: Sequence[Revealed | None], who: Mapping[str, str]) -> Found:
        if told is None:
            return Found(row, {}, {}, {}, who, altered=True)
        if not is_true(row, told.entry):
            log.critical("what the search says of entry %d is not what the log says: daemun audit rebuild draws it anew", row.idx)
            said = {name: getattr(row, name) for name in Row.__annotations__} | dict(zip(OPEN, open_facts(told.entry), strict=True))
            return Found(Row(**said), told.entry, {}, {}, who, altered=True)
        parts, subjects = dict(told.parts), dict(told.subjects)
        for each in amendments:
            if each is not None:
                parts |= {name: said for name, said in each.parts.items() if said is not None and replaces(name, said)}
                subjects = each.subjects | subjects
        public = public_of(self.lexicon.kinds.get(f"{row.action}.{row.outcome}"))
        return Found(row, told.entry, parts, subjects, who, tuple(each.idx for each in amendments if each), public)
