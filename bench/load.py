"""The load, in a process of its own: what it costs is not the server's. A plan comes in as JSON, what came of it goes out.

Each lane is one keep-alive connection that asks, waits for the answer, and asks again.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import uvloop

from bench.wire import Answer, answer, request

EXPECTED = 200


class Lane(asyncio.Protocol):
    """Sends `requests` in turn, `times` in all."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.values: list[str] = plan.get("values", [])
        self._left: int = plan["times"]
        self._turn = 0
        self._received = b""
        self._prepare(plan)

    def _prepare(self, plan: dict[str, Any]) -> None:
        self._requests: list[bytes] = [each.encode() for each in plan["requests"]]

    def _next(self) -> bytes:
        return self._requests[self._turn % len(self._requests)]

    def _learn(self, found: Answer) -> None:
        """What the next request takes from this answer: nothing."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a connection's is never a lesser one
        self._transport = transport
        transport.write(self._next())

    def data_received(self, data: bytes) -> None:
        self._received += data
        if (found := answer(self._received)) is None:
            return
        self._received = found.rest
        if found.status != EXPECTED:
            self._end(RuntimeError(f"{found.status} {found.body[:300].decode(errors='replace')}"))
            return
        self._learn(found)
        self._turn += 1
        self._left -= 1
        if self._left:
            self._transport.write(self._next())
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server hung up"))

    def _end(self, error: Exception | None) -> None:
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(None)
        self._transport.close()


class Chain(Lane):
    """Each answer brings the token of a later request: `values` are held in turn, and given back at the end."""

    def _prepare(self, plan: dict[str, Any]) -> None:
        self._path: str = plan["path"]
        self._field: str = plan["field"]

    def _next(self) -> bytes:
        return request("POST", self._path, {self._field: self.values[self._turn % len(self.values)]})

    def _learn(self, found: Answer) -> None:
        self.values[self._turn % len(self.values)] = found.data[self._field]


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    lanes: list[Lane] = [(Chain if "field" in each else Lane)(each) for each in plan["lanes"]]
    began = time.perf_counter()
    await asyncio.gather(*(loop.create_connection(lambda lane=lane: lane, "127.0.0.1", plan["port"]) for lane in lanes))  # type: ignore[misc]  # mypy does not infer a lambda's default
    await asyncio.gather(*(lane.done for lane in lanes))
    return {"seconds": time.perf_counter() - began, "values": [lane.values for lane in lanes]}


if __name__ == "__main__":
    json.dump(uvloop.run(run(json.load(sys.stdin))), sys.stdout)
