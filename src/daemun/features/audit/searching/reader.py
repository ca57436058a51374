"""How the log is looked at over HTTP: whose events, what of them, and that it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from daemun.features.audit.searching import looks
from daemun.features.audit.searching.answers import (
    Country,
    EventAnswer,
    EventsAnswer,
    FacetsAnswer,
    HistogramAnswer,
    StatisticsAnswer,
    WholeAnswer,
)
from daemun.features.audit.searching.counting import Counting, Facets
from daemun.features.audit.searching.errors import CursorMalformed
from daemun.features.audit.searching.finding.store import Cursor
from daemun.features.audit.searching.found import Found
from daemun.features.audit.searching.people import Named
from daemun.features.audit.searching.query import Is, Places, Query
from daemun.features.audit.searching.search import Search
from daemun.plugin import Missing, Unauthenticated, Visit
from daemun.ports.database import Transaction

PERMISSION = "audit.read"
AROUND = 20
People = Mapping[str, Named]


def own_of(visit: Visit) -> str | None:
    """Whose events they may see: everybody's with the permission, else their own."""
    if visit.actor.may(PERMISSION):
        return None
    if visit.actor.user_id is None:
        raise Unauthenticated
    return visit.actor.user_id


@dataclass(frozen=True, slots=True)
class Reader:
    search: Search
    counting: Counting
    country: Country

    async def page(self, visit: Visit, q: str, cursor: str | None, limit: int) -> EventsAnswer:
        query, after, own = self.search.parse(q), cursor_of(cursor), own_of(visit)
        await self.looked(visit, "/api/v1/audit/events")

        def ask(tx: Transaction) -> tuple[list[Found], People, int]:
            found = self.search.page(tx, query, after, limit + 1, own=own)
            return found, self.people(tx, found), self.search.behind(tx)

        found, people, behind = await visit.database.survey(ask)
        shown = found[:limit]
        more = f"{shown[-1].row.at}-{shown[-1].idx}" if len(found) > limit else None
        return EventsAnswer(events=self.told(visit, shown, people), next=more, behind=behind, query=str(query))

    async def facets(self, visit: Visit, q: str) -> FacetsAnswer:
        query, own = self.search.parse(q), own_of(visit)
        await self.looked(visit, "/api/v1/audit/events")

        def ask(tx: Transaction) -> tuple[Facets, People]:
            made = self.counting.facets(tx, query, own=own)
            return made, self.search.named(tx, [name for name, _ in made.fields["actor"]])

        return FacetsAnswer.of(*await visit.database.survey(ask))

    async def histogram(self, visit: Visit, q: str) -> HistogramAnswer:
        query, own = self.search.parse(q), own_of(visit)
        await self.looked(visit, "/api/v1/audit/events")
        return HistogramAnswer.of(await visit.database.survey(partial(self.counting.histogram, query=query, own=own)))

    async def statistics(self, visit: Visit, q: str) -> StatisticsAnswer:
        query, own = self.search.parse(q), own_of(visit)
        await self.looked(visit, "/api/v1/audit/events")
        return StatisticsAnswer.of(await visit.database.survey(partial(self.counting.statistics, query=query, own=own)))

    async def one(self, visit: Visit, index: int, reason: str) -> WholeAnswer:
        """Others' personal data is opened for a reason, which is in the log before anything is shown."""
        own, whole = own_of(visit), Around(self.search)
        await self.looked(visit, "/api/v1/audit/events")
        found = await visit.database.survey(partial(whole.one, index=index, own=own))
        others = sorted({subject for part, subject in found.subjects.items() if part in readable(found) and subject != visit.actor.user_id})
        if own is None and others and reason:
            await looks.revealed(visit, index, others, reason)
        opened = own is None and (bool(reason) or not others)
        around = await visit.database.survey(partial(whole.around, found=found, own=own))
        people = await visit.database.survey(partial(self.people, found=[found, *(each for some in around for each in some)]))
        session, request, amendments = (self.told(visit, each, people) for each in around)
        mine = {part: said for part, said in found.personal().items() if opened or found.subjects.get(part) == visit.actor.user_id}
        base = EventAnswer.of(found, people, self.says(visit), self.country)
        return WholeAnswer(
            **{name: getattr(base, name) for name in EventAnswer.model_fields},
            personal=mine or None,
            sealed=[part for part in readable(found) if part not in mine],
            entry=dict(found.entry),
            same_request=request,
            same_session=session,
            amendments=amendments,
        )

    def told(self, visit: Visit, found: Iterable[Found], people: People) -> list[EventAnswer]:
        say = self.says(visit)
        return [EventAnswer.of(each, people, say, self.country) for each in found]

    def people(self, tx: Transaction, found: Iterable[Found]) -> People:
        return self.search.named(tx, {who for each in found for who in (each.actor, each.target)})

    def says(self, visit: Visit) -> Callable[[str], str]:
        catalogue, language = self.search.lexicon.spoken, visit.circumstance.language
        return lambda code: catalogue.say(language, code)

    async def looked(self, visit: Visit, page: str) -> None:
        """Whoever looks at what is their own leaves no trace: it is theirs."""
        if visit.actor.may(PERMISSION):
            await looks.looked(visit, self.search.marks, page)


@dataclass(frozen=True, slots=True)
class Around:
    search: Search

    def one(self, tx: Transaction, index: int, own: str | None) -> Found:
        found = self.search.one(tx, index, own=own)
        if found is None:
            raise Missing
        return found

    def around(self, tx: Transaction, found: Found, own: str | None) -> tuple[list[Found], list[Found], list[Found]]:
        """Of its session, of its request, and what amends it."""
        session, request = found.session, found.row.request
        asked: list[Query | None] = [Is("session", session) if session else None, Is("request", request) if request else None]
        near = [self.search.page(tx, each, None, AROUND, own=own) if each else [] for each in asked]
        amendments = [self.search.page(tx, Places(idx, idx + 1), None, 1, own=own) for idx in found.amendments]
        mine = [[each for each in some if each.idx != found.idx] for some in near]
        return mine[0], mine[1], [each for some in amendments for each in some]


def readable(found: Found) -> list[str]:
    """Its parts that are there, and tell more than everybody sees who finds it."""
    return [part for part, said in found.parts.items() if said and not _is_public(said, found.public)]


def _is_public(said: Mapping[str, Any], public: frozenset[str]) -> bool:
    return said.keys() == {"details"} and said["details"].keys() <= public


def cursor_of(text: str | None) -> Cursor | None:
    if text is None:
        return None
    at, _, idx = text.partition("-")
    if not (at.isdecimal() and at.isascii() and idx.isdecimal() and idx.isascii() and len(text) < 40):
        raise CursorMalformed.here()
    return int(at), int(idx)
