"""One request to a place outside: to an address that was looked at first, over TLS that proves whose it is, following nobody."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from daemun.ports.sinks import SENT, Answer, Became

REFUSED: Final = frozenset({400, 406, 409, 411, 413, 415, 422})
"""What was sent is not taken, and will not be."""
AWAY: Final = frozenset({401, 402, 403, 404, 405, 407, 408, 410, 421, 423, 425, 426, 429, 451, 502, 503, 504, 507, 508, 511})
"""Something between us is to be mended, or only to pass."""
LONGEST_WAIT: Final = 3600
LARGEST: Final = 64 * 1024
WRAPPED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"), ip_network("2001::/32"))
"""IPv6 that stands for an IPv4 address: a way around every list of those."""


class NotPublic(OSError):
    """The name leads into a network of our own."""


TROUBLE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (NotPublic, "address_not_public"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name"),
    (TimeoutError, "timeout"),
    (OSError, "connection"),
    (Exception, "protocol"),
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """`private`: whether addresses may be called that are not of the public network."""

    trust: ssl.SSLContext
    timeout: float
    private: bool

    @classmethod
    def of(cls, ca: Path | None, timeout: float, *, private: bool) -> Outgoing:
        return cls(ssl.create_default_context(cafile=ca), timeout, private)

    def call(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            status, wait, _ = self.exchange(method, url, body, headers)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Answer("away", trouble(error))
        return judged(status, wait)

    def exchange(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, bytes]:
        """Status, how long to wait, and the beginning of the body. Raises `OSError`, `HTTPException`, `ValueError`."""
        parts = urlsplit(url)
        connection = _Pinned(parts, self._address(parts), self.timeout, self.trust)
        try:
            target = parts.path or "/"
            connection.request(method, f"{target}?{parts.query}" if parts.query else target, body, {**headers, "User-Agent": "daemun"})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After", ""), answer.read(LARGEST)
        finally:
            connection.close()

    def _address(self, url: SplitResult) -> str:
        """Looked up once, and called as it was looked at: a name that answers otherwise a moment later leads nowhere else."""
        port = url.port or (443 if url.scheme == "https" else 80)
        found = [str(each[4][0]) for each in socket.getaddrinfo(url.hostname, port, type=socket.SOCK_STREAM)]
        if not self.private and not all(is_public(each) for each in found):
            raise NotPublic
        return found[0]


def is_public(text: str) -> bool:
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in each for each in WRAPPED):
            return False
    return address.is_global and not address.is_multicast


def trouble(error: Exception) -> str:
    """What kept us from the other side, in a word of ours."""
    return next(word for kind, word in TROUBLE if isinstance(error, kind))


def judged(status: int, retry_after: str = "") -> Answer:
    if status // 100 == 2:
        return SENT
    became: Became = "refused" if status in REFUSED else "away" if status in AWAY or status // 100 == 3 else "failed"
    wait = min(int(retry_after), LONGEST_WAIT) if retry_after.isascii() and retry_after.isdigit() else 0
    return Answer(became, f"status {status}", wait)


class _Pinned(http.client.HTTPConnection):
    """To this address, whatever the name says by now; the certificate is the name's."""

    def __init__(self, url: SplitResult, address: str, timeout: float, trust: ssl.SSLContext) -> None:
        self.default_port = 443 if url.scheme == "https" else 80
        super().__init__(url.hostname or "", url.port, timeout=timeout)
        self._address, self._trust = address, trust if url.scheme == "https" else None

    def connect(self) -> None:
        raw = socket.create_connection((self._address, self.port), self.timeout)
        self.sock: Any = self._trust.wrap_socket(raw, server_hostname=self.host) if self._trust else raw
