"""What stands between a client and a real server: it counts, and it loses answers when told to."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

import httpx2
from tests.house import Member
from tests.server.running import Server
from tests.server.test_serving import daemun

from daemun_client import Client, Secret, Tokens, TokenStore

LIMITS = httpx2.Limits(max_connections=20)
numbers = itertools.count(1)


class Shifted:
    """The real time, moved when told to: a client believes its tokens to have expired."""

    def __init__(self) -> None:
        self._by = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._by

    def advance(self, **parts: float) -> None:
        self._by += timedelta(**parts)


@dataclass
class Seen:
    """How often each path was asked for, and which pairs were given."""

    losing: int = 0
    begun: int = 0
    paths: Counter[str] = field(default_factory=Counter)
    lost: list[httpx2.Response] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def refreshes(self) -> int:
        return self.paths["/auth/refresh"]

    def loses(self, request: httpx2.Request, answer: httpx2.Response) -> bool:
        with self.lock:
            self.paths[request.url.path] += 1
            if request.url.path != "/auth/refresh" or self.losing == 0:
                return False
            self.losing -= 1
            self.lost.append(answer)
            return True


class Between(httpx2.BaseTransport):
    def __init__(self, seen: Seen) -> None:
        self.seen, self._real = seen, httpx2.HTTPTransport(limits=LIMITS)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._real.handle_request(request)
        if request.url.path == "/auth/refresh":
            answer.read()
        if self.seen.loses(request, answer):
            raise httpx2.ReadError("the line went dead", request=request)
        return answer

    def close(self) -> None:
        self._real.close()


class AsyncBetween(httpx2.AsyncBaseTransport):
    def __init__(self, seen: Seen) -> None:
        self.seen, self._real = seen, httpx2.AsyncHTTPTransport(limits=LIMITS)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.begun += request.url.path == "/auth/refresh"
        answer = await self._real.handle_async_request(request)
        if request.url.path == "/auth/refresh":
            await answer.aread()
        if self.seen.loses(request, answer):
            raise httpx2.ReadError("the line went dead", request=request)
        return answer

    async def aclose(self) -> None:
        await self._real.aclose()


def somebody(server: Server) -> Member:
    """A new person at the server."""
    number = next(numbers)
    folder = server.folder.name.replace("-", "_")[-6:]
    member = Member(handle=f"ann_{folder}_{number}", email=f"ann.{folder}.{number}@example.com")
    with Client(server.url) as client:
        client.sign_up(member.handle, member.email, member.name, member.password, agree=True)
    return member


def pair_in(store: TokenStore) -> Tokens:
    tokens = store.load()
    assert tokens is not None
    return tokens


def spoil(store: TokenStore) -> None:
    """The access token is none any more; the refresh token still is."""
    kept = pair_in(store)
    store.save(Tokens(kept.server, Secret("spoilt.by.hand"), kept.refresh, kept.renew_at, kept.expires_at))


def family_of(tokens: Tokens) -> str:
    return tokens.refresh.reveal().split(".")[1]


def told_in_the_log(server: Server, event: str, session: str, result: str = "success") -> int:
    """How often the server itself says that it happened: its log is drawn a moment after the answer."""
    deadline = time.monotonic() + 60
    while not (found := _found(server, f"action:{event} session:{session} outcome:{result}")) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _found(server: Server, query: str) -> int:
    where = ["--data", str(server.folder / "data"), *(["--database-url", server.database_url] if server.database_url else [])]
    return len(daemun(server.folder, "audit", "search", query, "--json", *where).stdout.splitlines())
