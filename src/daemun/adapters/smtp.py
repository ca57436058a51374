"""Letters over SMTP. The server proves who it is before anything is told to it."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from aiosmtplib import SMTPSenderRefused as SenderRefused

from daemun.core.secret import Secret
from daemun.ports.post import Message, Outcome

log = logging.getLogger("daemun.mail")
PERMANENT = 500
TROUBLE = (SMTPException, OSError, TimeoutError, ValueError)
"""What a server or the way to it can do to us. ValueError: an answer that is no SMTP."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed over, and as whom."""

    host: str
    port: int
    protection: Literal["starttls", "implicit", "none"]
    user: str | None
    password: Secret | None
    sender: str
    sender_name: str
    timeout: float
    ca_file: Path | None = None


class SmtpPost:
    """The port `Post`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._trust = ssl.create_default_context(cafile=server.ca_file)
        self._domain = server.sender.rpartition("@")[2]

    async def send(self, messages: Sequence[Message]) -> AsyncGenerator[Outcome, None]:
        client = self._client()
        away = ""
        try:
            for message in messages:
                # A server that closes after so many letters is asked again; one that does not answer is not asked for each of them.
                away = away or await self._reached(client)
                yield Outcome(message.id, "later", away) if away else await self._sent(client, message)
        finally:
            await self._leave(client)

    async def knock(self) -> str:
        """Empty when the server proves who it is and lets us in, else why not. Nothing is sent."""
        client = self._client()
        try:
            return await self._reached(client)
        finally:
            await self._leave(client)

    def _client(self) -> SMTP:
        server = self._server
        return SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password.reveal() if server.password else None,
            local_hostname=self._domain,  # else the machine's own name, which is nobody's business, after a slow look-up
            timeout=server.timeout,
            use_tls=server.protection == "implicit",
            start_tls=server.protection == "starttls",  # required: never only where the server happens to offer it
            tls_context=self._trust,
        )

    async def _reached(self, client: SMTP) -> str:
        """Empty, or why there is no connection."""
        if client.is_connected:
            return ""
        try:
            async with asyncio.timeout(self._server.timeout):
                await client.connect()
        except TROUBLE as error:
            return reason(error)
        return ""

    async def _sent(self, client: SMTP, message: Message) -> Outcome:
        try:
            written = self._written(message)
        except Exception as error:  # of the library, which falls over some texts: it would at every try, and hold up all that follow
            log.warning("letter %s cannot be written: %s", message.id, type(error).__name__)
            return Outcome(message.id, "refused", "unwritable")
        try:
            # The library's limit is on each command; together they must not outlast our hold on the letter.
            async with asyncio.timeout(self._server.timeout):
                await client.sendmail(self._server.sender, [message.to], written)
        except TROUBLE as error:
            if not isinstance(error, SMTPException) or isinstance(error, OSError | TimeoutError):
                client.close()  # in the midst of a letter: what comes next would be read as a part of it
            return Outcome(message.id, "refused" if is_final(error) else "later", reason(error))
        return Outcome(message.id, "sent")

    def _written(self, message: Message) -> bytes:
        mail = EmailMessage(policy=WIRE)
        mail["From"] = Address(self._server.sender_name, addr_spec=self._server.sender)
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.date)
        mail["Message-ID"] = f"<{message.id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic reply, please
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        mail["Content-Language"] = message.language  # after the parts: what begins with Content- moves into the first of them
        return mail.as_bytes()

    async def _leave(self, client: SMTP) -> None:
        if client.is_connected:
            with suppress(*TROUBLE):
                async with asyncio.timeout(1):
                    await client.quit()
        client.close()


def is_final(error: Exception) -> bool:
    """Whether the reader's side said never. What was said to the sender, or to our password, is ours to mend: another try is worth it."""
    if isinstance(error, SMTPRecipientsRefused):
        return error.recipients[0].code >= PERMANENT
    return isinstance(error, SMTPDataError) and error.code >= PERMANENT


def reason(error: BaseException) -> str:
    """A code and a class, never the server's words: they quote addresses."""
    if isinstance(error, SMTPRecipientsRefused):
        return f"{error.recipients[0].code} recipient"
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {_stage(error)}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, TimeoutError):
        return "timeout"
    return "connection" if isinstance(error, OSError) else "protocol"


def _stage(error: SMTPResponseException) -> str:
    named = {SMTPAuthenticationError: "login", SenderRefused: "sender", SMTPDataError: "data"}
    return next((name for kind, name in named.items() if isinstance(error, kind)), "answer")
