"""The log as everybody's tools read it (c2sp.org/tlog-tiles), and a proof for each entry."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import Path, Response
from fastapi.responses import PlainTextResponse

from daemun.features.audit.errors import Refused
from daemun.features.audit.proof import SUFFIX
from daemun.features.audit.proving import NOBODY_YET, Cosigned, Proving
from daemun.features.audit.receipts import Receipts
from daemun.features.audit.tiles import Tile, parse_tile_path
from daemun.features.audit.watching.witnesses import Witnesses
from daemun.plugin import APIRouter, CurrentVisit, Missing, Visit, public, refuses, requires, signed_in

EVENT = r"^[0-9A-HJKMNP-TV-Z]{26}$"
BRIEFLY = "no-cache"


class Octets(Response):
    media_type = "application/octet-stream"


def router(proving: Proving, witnesses: Witnesses, log: str, *, open_to_all: bool) -> APIRouter:
    """Entries name nobody, yet they tell how much is going on: whether that is everybody's business is chosen."""
    guard = public("the log proves itself to anybody") if open_to_all else requires("audit.read")
    routes = APIRouter(prefix=f"/audit/{log}", tags=["audit"], dependencies=[guard])
    for_ever = f"{'public' if open_to_all else 'private'}, max-age=31536000, immutable"

    @routes.get("/checkpoint", summary="서명된 상태 · The signed state", response_class=PlainTextResponse, responses=refuses(Missing))
    async def checkpoint(visit: CurrentVisit) -> Response:
        """With the signatures of witnesses, while they go along."""
        found = await asyncio.to_thread(proving.checkpoint, await _seen(visit, witnesses))
        return Response(found, media_type="text/plain; charset=utf-8", headers=_kept(BRIEFLY))

    @routes.get(
        "/tile/{path:path}",
        summary="나무와 항목의 조각 · A piece of the tree or of its entries",
        response_class=Octets,
        responses=refuses(Missing),
    )
    async def tile(path: Annotated[str, Path(max_length=60)]) -> Response:
        found = await asyncio.to_thread(proving.tile, _asked(f"tile/{path}"))
        return Response(found, media_type="application/octet-stream", headers=_kept(for_ever))

    @routes.get(
        "/proof/{index}", summary="한 항목의 증명 · The proof of one entry", response_class=PlainTextResponse, responses=refuses(Missing)
    )
    async def proof(visit: CurrentVisit, index: Annotated[int, Path(ge=0, lt=2**63)]) -> Response:
        found = await asyncio.to_thread(proving.proof, index, await _seen(visit, witnesses))
        named = {"Content-Disposition": f'attachment; filename="{log}-{index}{SUFFIX}"'}
        return Response(found, media_type="text/plain; charset=utf-8", headers=named | _kept(BRIEFLY))

    @routes.get(
        "/min-index",
        summary="남아 있는 첫 항목 · The first entry that is still here",
        response_class=PlainTextResponse,
        responses=refuses(Missing),
    )
    async def min_index() -> Response:
        standing = await asyncio.to_thread(proving.ledger.standing)
        return Response(f"{standing.minimum if standing else 0}\n", media_type="text/plain", headers=_kept(BRIEFLY))

    return routes


def receipts(kept: Receipts, witnesses: Witnesses, log: str) -> APIRouter:
    routes = APIRouter(prefix=f"/audit/{log}", tags=["audit"])

    @routes.get(
        "/receipt/{event}",
        dependencies=[signed_in(keys="too")],
        summary="한 일의 영수증 · The receipt of what somebody did",
        response_class=PlainTextResponse,
        responses=refuses(Missing),
    )
    async def receipt(visit: CurrentVisit, event: Annotated[str, Path(pattern=EVENT)]) -> Response:
        """`Prefer: receipt` with a request has `Audit-Receipt` in its answer name the events. The entry stands in the line `extra`."""
        named = {"Content-Disposition": f'attachment; filename="{event}{SUFFIX}"'}
        found = await kept.of(event, await _seen(visit, witnesses))
        return Response(found, media_type="text/plain; charset=utf-8", headers=named | _kept(BRIEFLY))

    return routes


async def _seen(visit: Visit, witnesses: Witnesses) -> Cosigned:
    return await visit.read(witnesses.served) if witnesses.places else NOBODY_YET


def _asked(path: str) -> Tile:
    try:
        return parse_tile_path(path)
    except Refused as refused:
        raise Missing from refused  # not the one path of anything


def _kept(how: str) -> dict[str, str]:
    return {"Cache-Control": how}
