"""One call at a time, to set the scene: nothing of it is measured."""

from __future__ import annotations

import socket

from bench.wire import Answer, answer

PATIENCE_SECONDS = 60.0


def call(port: int, request: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request)
        received = b""
        while (found := answer(received)) is None:
            piece = connection.recv(65_536)
            if not piece:
                raise ConnectionError("the server hung up")
            received += piece
    return found


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
