"""One call at a time: to set the scene, or to take the time of each."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.wire import Answer, answer

PATIENCE_SECONDS = 60.0


class Caller:
    """One connection that is kept."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection

    def ask(self, request: bytes) -> Answer:
        self._connection.sendall(request)
        received = b""
        while (found := answer(received)) is None:
            piece = self._connection.recv(65_536)
            if not piece:
                raise ConnectionError("the server hung up")
            received += piece
        return found

    def timed(self, request: bytes) -> tuple[Answer, float]:
        """The answer, and the seconds until it was whole."""
        began = time.perf_counter()
        found = self.ask(request)
        return found, time.perf_counter() - began


@contextmanager
def caller(port: int) -> Iterator[Caller]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        yield Caller(connection)


def call(port: int, request: bytes) -> Answer:
    with caller(port) as once:
        return once.ask(request)


def told(port: int, request: bytes, status: int = 200) -> Answer:
    """The answer, which must have that status."""
    found = call(port, request)
    if found.status != status:
        raise RuntimeError(f"{request.partition(b'HTTP')[0].decode()}: {found.status} {found.body[:300].decode(errors='replace')}")
    return found


def is_ready(port: int, path: str) -> bool:
    try:
        return call(port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()).status == 200
    except OSError:
        return False
