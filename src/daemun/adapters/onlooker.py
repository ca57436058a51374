"""An address as a stranger sees it: one request without following, over TLS that proves whose it is."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from urllib.parse import urlsplit

PATIENCE_SECONDS: Final = 5.0
LARGEST: Final = 64 * 1024
Why = Literal["name", "certificate", "tls", "timeout", "connection", "protocol"]


class Unseen(Exception):
    """Nothing that could be believed answered. `words` come from the library, never from the other side."""

    def __init__(self, why: Why, words: str = "") -> None:
        super().__init__(f"{why} {words}".strip())
        self.why: Final = why
        self.words: Final = words


@dataclass(frozen=True, slots=True)
class Seen:
    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    certificate_ends: datetime | None
    """None where it was plain http."""


def look(url: str) -> Seen:
    """GET, once. Raises `Unseen`."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.connect()
        ends = _ends(connection.sock)
        connection.request("GET", parts.path or "/", headers={"User-Agent": "daemun-doctor", "Accept": "application/json"})
        answer = connection.getresponse()
        return Seen(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read(LARGEST), ends)
    except ssl.SSLCertVerificationError as error:
        raise Unseen("certificate", error.verify_message) from error
    except ssl.SSLError as error:
        raise Unseen("tls") from error
    except socket.gaierror as error:
        raise Unseen("name") from error
    except TimeoutError as error:
        raise Unseen("timeout") from error
    except OSError as error:
        raise Unseen("connection", error.strerror or "") from error
    except (http.client.HTTPException, ValueError) as error:
        raise Unseen("protocol") from error
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE_SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)


def _ends(sock: Any) -> datetime | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    told = (sock.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(told), UTC) if isinstance(told, str) else None
