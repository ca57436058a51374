"""A real SMTP server in a thread of the test's process, with TLS from an authority of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.servers.process import free_port

from daemun.adapters.smtp import Server
from daemun.core.secret import Secret

USER, PASSWORD = "gate@example.org", "Right-Horse-7"
Protection = Literal["starttls", "implicit", "none"]


@dataclass(slots=True)
class Received:
    sender: str
    recipients: list[str]
    raw: bytes = field(repr=False)
    peer: Any = None

    @property
    def mail(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def id(self) -> str:
        return str(self.mail["Message-ID"])


@dataclass(slots=True)
class Postbox:
    """What arrived, and what is answered to whom: `answers["gone@example.com"] = ["550 gone"]`, used up one by one; the last one stays."""

    received: list[Received] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Every recipient that was named, whatever was answered."""
    logins: list[bool] = field(default_factory=list)
    drops_after: int | None = None
    slow: float = 0.0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.asked.append(address)
        left = self.answers.get(address, [])
        if left:
            return left.pop(0) if len(left) > 1 else left[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow)
        if answer := self.at_data.get(envelope.rcpt_tos[0]):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(Received(str(envelope.mail_from), list(envelope.rcpt_tos), content, session.peer))
        if self.drops_after is not None and len(self.received) % self.drops_after == 0:
            asyncio.get_running_loop().call_later(0.01, hang_up, server)
        return "250 taken over"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(good)
        return AuthResult(success=good, handled=False)  # handled=True would leave the client without an answer

    @property
    def connections(self) -> int:
        return len({each.peer for each in self.received})


def hang_up(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()


@dataclass(frozen=True, slots=True)
class Mailserver:
    box: Postbox
    server: Server
    """How to reach it, as whom."""


@contextmanager
def mailserver(
    folder: Path, protection: Protection = "none", *, box: Postbox | None = None, port: int | None = None, name: str = "localhost"
) -> Iterator[Mailserver]:
    """`name` is whom the certificate vouches for; it listens on localhost."""
    found, chosen, ca_file = box or Postbox(), port or free_port(), None
    how: dict[str, Any] = {}
    if protection != "none":
        ca_file, context = _authority(folder, name)
        how = {"authenticator": found.authenticate}
        how |= (
            {"ssl_context": context, "auth_require_tls": False}
            if protection == "implicit"
            else {"tls_context": context, "require_starttls": True, "auth_required": True}
        )
    controller = Controller(found, hostname="127.0.0.1", port=chosen, ready_timeout=30, **how)
    controller.start()
    try:
        yield Mailserver(found, a_server(chosen, protection, ca_file))
    finally:
        controller.stop()


def a_server(port: int, protection: Protection = "none", ca_file: Path | None = None, **changes: Any) -> Server:
    login = {"user": None, "password": None} if protection == "none" else {"user": USER, "password": Secret(PASSWORD)}
    given: dict[str, Any] = {"sender": "gate@example.org", "sender_name": "대문", "timeout": 5.0, "ca_file": ca_file} | login | changes
    return Server(host="localhost", port=port, protection=protection, **given)


def _authority(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    ca_file = folder / f"ca-{name}.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    return ca_file, context
