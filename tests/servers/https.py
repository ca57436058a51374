"""Addresses that speak TLS in a thread of the test's process: the real application, or a front of which only the certificate matters."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme
import uvicorn
from fastapi import FastAPI
from tests.servers.process import PATIENCE_SECONDS


def certificate(authority: trustme.CA, folder: Path, *, ends: datetime | None = None) -> Path:
    """Key and chain for localhost, in one file."""
    path = folder / f"localhost-{ends:%Y%m%d}.pem" if ends else folder / "localhost.pem"
    authority.issue_cert("localhost", not_after=ends).private_key_and_cert_chain_pem.write_to_path(str(path))
    path.chmod(0o600)
    return path


@contextmanager
def serving(app: FastAPI, port: int, pem: Path) -> Iterator[None]:
    """The application, opened and closed with the block."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, ssl_certfile=pem, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise RuntimeError("the application did not start")
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


@contextmanager
def a_front(pem: Path | None, body: bytes = b"{}", headers: Mapping[str, str] | None = None, *, status: int = 200) -> Iterator[str]:
    """The URL of something that gives everybody this answer; without a certificate by plain http."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        if pem is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(pem)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up at a bad certificate is no news
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield f"http{'s' if pem else ''}://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
