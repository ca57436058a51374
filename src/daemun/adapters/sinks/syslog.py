"""Entries as syslog messages (RFC 5424) over TLS, each told with its length (RFC 5425)."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from daemun.adapters.sinks.outgoing import trouble
from daemun.ports.sinks import SENT, Answer, Record, Shipment, Weight

FACILITY: Final = 13
"""Log audit."""
SEVERITY: Final[dict[Weight, int]] = {"critical": 2, "warning": 4, "notice": 5, "info": 6}
APP: Final = "daemun"
LONGEST_NAME: Final = 32
LONGEST_HOST: Final = 255
MOST_SEQUENCE: Final = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Collector:
    """Where a collector of syslog listens, who vouches for it, and who we are to it."""

    host: str
    port: int
    timeout: float
    ca: Path | None = None
    certificate: Path | None = None
    """Ours, with its key in the same file."""


class SyslogSink:
    def __init__(self, collector: Collector, host: str) -> None:
        self._collector = collector
        self._trust = ssl.create_default_context(cafile=collector.ca)
        if collector.certificate:
            self._trust.load_cert_chain(collector.certificate)
        self._host = _named(host, LONGEST_HOST)

    def send(self, shipment: Shipment) -> Answer:
        try:
            self._sent(b"".join(self._frames(shipment)))
        except OSError as error:
            return Answer("away", trouble(error))
        return SENT

    def _sent(self, data: bytes) -> None:
        """A connection a shipment. Syslog answers nothing; but whoever has read our farewell has read all before it, and says farewell."""
        there = self._collector
        raw = socket.create_connection((there.host, there.port), there.timeout)
        with self._trust.wrap_socket(raw, server_hostname=there.host) as secured:
            secured.sendall(data)
            # Some say no farewell, though RFC 5425 4.4 asks them to. A connection that was reset is not among these.
            with suppress(ssl.SSLError, TimeoutError):
                secured.unwrap()

    def _frames(self, shipment: Shipment) -> Iterator[bytes]:
        for each in shipment.records:
            yield framed(self._message(each))
        if shipment.checkpoint and shipment.records:
            note = shipment.checkpoint.replace(b"\n", b"\\n")
            yield framed(_head("notice", shipment.records[-1].at, self._host, "checkpoint", "-") + note)

    def _message(self, record: Record) -> bytes:
        meta = f'[meta sequenceId="{record.idx % MOST_SEQUENCE + 1}"]'
        return _head(record.weight, record.at, self._host, record.code, meta) + record.body

    def close(self) -> None:
        """Each shipment has its own connection."""


def framed(message: bytes) -> bytes:
    return b"%d %s" % (len(message), message)


def _head(weight: Weight, at: datetime, host: str, message_id: str, structured: str) -> bytes:
    stamp = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    priority = FACILITY * 8 + SEVERITY[weight]
    return f"<{priority}>1 {stamp} {host} {APP} {os.getpid()} {_named(message_id, LONGEST_NAME)} {structured} ".encode("ascii")


def _named(text: str, most: int) -> str:
    """As the header takes it: printable ASCII without a space."""
    return "".join(each for each in text if "!" <= each <= "~")[:most] or "-"
