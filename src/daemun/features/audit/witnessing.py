"""A witness as a service (c2sp.org/tlog-witness): it cosigns a log's checkpoint when that contains all it has seen before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.errors import Refused, SizeIsOther
from daemun.features.audit.notes import Sign, VerifierKey, cosign
from daemun.features.audit.witness import ANSWERS, LONGEST, considered, origin_asked, parse_request
from daemun.ports.system import Clock
from daemun.ports.witness import Memory

SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Witness:
    """`logs`: whose checkpoints it takes, by origin: more than one key while a log replaces its own."""

    key: VerifierKey
    sign: Sign
    logs: Mapping[str, Sequence[VerifierKey]]
    memory: Memory
    clock: Clock

    def cosigned(self, data: bytes) -> bytes:
        """The line that is added to the checkpoint. Raises `Refused`."""
        request = parse_request(data)
        origin = origin_asked(request)
        seen = self.memory.seen(origin)
        before = Checkpoint(origin, *seen) if seen else None
        asked = considered(request, self.logs.get(origin, ()), before).checkpoint
        if not self.memory.swap(origin, seen, (asked.size, asked.root)):
            # Somebody else was quicker: what they were told counts.
            now = self.memory.seen(origin)
            raise SizeIsOther(size=now[0] if now else 0)
        signature = cosign(asked.text, self.key, self.sign, time=int(self.clock.now().timestamp()))
        return f"{signature}\n".encode()


def witness_application(witness: Witness) -> Starlette:
    async def add_checkpoint(request: HttpRequest) -> Response:
        data = await _body(request)
        if data is None:
            return PlainTextResponse("too large\n", 413)
        return await asyncio.to_thread(_answer, witness.cosigned, data)

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


async def _body(request: HttpRequest) -> bytes | None:
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > LONGEST:
            return None
    return data


def _answer(cosigned: Callable[[bytes], bytes], data: bytes) -> Response:
    try:
        return Response(cosigned(data), media_type="text/plain; charset=utf-8")
    except SizeIsOther as other:
        return Response(f"{other.data['size']}\n", 409, media_type=SIZE_TYPE)
    except Refused as refused:
        status = next(ANSWERS[each] for each in type(refused).__mro__ if each in ANSWERS)
        return PlainTextResponse(f"{refused.code}\n", status)
