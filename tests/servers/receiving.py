"""Receivers of what the log sends out: a collector of syslog over TLS, and a place that takes POSTs, as rude as they are told to be."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from tests.servers.https import certificate

Rule = Callable[[list[int]], int]
"""What is answered to a shipment with these entries."""


@dataclass(slots=True)
class Hook:
    url: str
    ca: Path
    rule: Rule = lambda _: 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    """The entries that were taken, doubles too."""

    @property
    def places(self) -> list[int]:
        return [each["idx"] for each in self.taken]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.calls.append((headers, body))
        entries = json.loads(body)["data"]["entries"]
        status = self.rule([each["idx"] for each in entries])
        if status // 100 == 2:
            self.taken += entries
        return status


@contextmanager
def a_hook(folder: Path) -> Iterator[Hook]:
    authority = trustme.CA()
    ca = folder / "hook-ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(authority, folder))

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            for name, value in (("Location", "https://localhost/elsewhere"), ("Content-Length", "0")):
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Receive) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up at a bad certificate is no news
        hook = Hook(f"https://localhost:{server.server_address[1]}/in", ca)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield hook
        finally:
            server.shutdown()


@dataclass(slots=True)
class Syslogd:
    port: int
    ca: Path
    data: bytearray = field(default_factory=bytearray)

    @property
    def messages(self) -> list[bytes]:
        """By their octet counts, and to the last byte."""
        found, rest = list[bytes](), bytes(self.data)
        while rest:
            size, _, rest = rest.partition(b" ")
            found.append(rest[: int(size)])
            rest = rest[int(size) :]
        return found


@contextmanager
def a_syslogd(folder: Path, *, asks: bool = False) -> Iterator[Syslogd]:
    """`asks`: whether it takes only those who prove who they are; then `client.pem` is a certificate it believes."""
    authority = trustme.CA()
    ca = folder / "syslog-ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate(authority, folder))
    if asks:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(ca)
        authority.issue_cert("gate.example.com").private_key_and_cert_chain_pem.write_to_path(str(folder / "client.pem"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Syslogd(server.getsockname()[1], ca)
        threading.Thread(target=_collect, args=(server, context, found), daemon=True).start()
        yield found


def _collect(server: socket.socket, context: ssl.SSLContext, found: Syslogd) -> None:
    with suppress(OSError):  # closed: it is over
        while True:
            raw, _ = server.accept()
            with suppress(ssl.SSLError, ConnectionError), context.wrap_socket(raw, server_side=True) as line:
                while data := line.recv(65536):
                    found.data += data
                line.unwrap()
