"""A house whose audit log can be searched."""

from __future__ import annotations

import asyncio

from tests.features.audit.logged import settled
from tests.house import House, built

from daemun.features.audit import Found, Search
from daemun.plugin import Visit
from daemun.ports.database import Transaction


def search_of(house: House) -> Search:
    return built(house.app).rooms.search


def visit_of(house: House) -> Visit:
    return built(house.app).visit("test")


async def drawn(house: House) -> Search:
    """The search, once everything that happened can be found and nothing is left to be taken out."""
    audit, search = await settled(house), search_of(house)
    projector, visit = built(house.app).rooms.projector, visit_of(house)
    size = (await audit.standing()).size

    def settled_down(tx: Transaction) -> bool:
        return search.drawn(tx) >= size and not projector.due(tx)

    while not await visit.read(settled_down):
        await asyncio.sleep(0.02)
    return search


async def found(house: House, text: str, *, own: str | None = None) -> list[Found]:
    search = await drawn(house)

    def ask(tx: Transaction) -> list[Found]:
        return search.page(tx, search.parse(text), None, 200, own=own)

    return await visit_of(house).database.survey(ask)


async def codes(house: House, text: str, *, own: str | None = None) -> list[str]:
    """What was done, the oldest first."""
    return [each.row.action for each in reversed(await found(house, text, own=own))]
