"""A mail server that takes everything over and keeps nothing, in a process of its own. To be no limit it reads nothing."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import uvloop
from tests.servers.process import free_port, start, stop

from bench.servers import ROOT

END = b"\r\n.\r\n"
OK, READY, GO_ON, BYE = b"250 OK\r\n", b"220 sink\r\n", b"354 go on\r\n", b"221 bye\r\n"


class Sink(asyncio.Protocol):
    """SMTP as RFC 5321 4.5.1 asks of the least of servers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a connection's is never a lesser one
        self._transport = transport
        self._received = b""
        self._in_letter = False
        transport.write(READY)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._step():
            pass

    def _step(self) -> bool:
        """One command, or the end of a letter; False when more has to come."""
        head, gap, rest = self._received.partition(END if self._in_letter else b"\r\n")
        if not gap:
            return False
        self._received = rest
        answer = OK if self._in_letter else {b"DATA": GO_ON, b"QUIT": BYE}.get(head[:4].upper(), OK)
        self._in_letter = answer is GO_ON
        self._transport.write(answer)
        if answer is BYE:
            self._transport.close()
        return True


async def listen(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """Its port."""
    port = free_port()
    process = start([sys.executable, "-m", "bench.sink", str(port)], folder / "sink.log", ready=partial(_listens, port), cwd=ROOT)
    try:
        yield port
    finally:
        stop(process)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


if __name__ == "__main__":
    uvloop.run(listen(int(sys.argv[1])))
