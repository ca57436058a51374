"""Verifies access tokens where they arrive, by the keys the server publishes."""

from __future__ import annotations

import asyncio
import ssl
from datetime import datetime, timedelta
from threading import Lock
from types import TracebackType
from typing import Final, Self

import httpx2
from joserfc.jwk import OKPKey

from daemun_client.calls import AGENT, safe_address
from daemun_client.talk import Clock, utc_now, verifying
from daemun_client.verify.judging import Claims, Expected, TokenRefused, judged, kid_of
from daemun_client.verify.keyset import KeySet, KeysUnavailable

LARGEST: Final = 65_536
TIMEOUT: Final = 5.0
HEADERS: Final = {"User-Agent": AGENT, "Accept": "application/jwk-set+json, application/json"}
JWKS_PATH: Final = "/.well-known/jwks.json"


class _Known:
    """What both verifiers know and decide."""

    def __init__(self, issuer: str, audience: str, jwks_url: str | None, clock: Clock, leeway: timedelta) -> None:
        self.expected: Final = Expected(issuer, audience, leeway)
        self.url: Final = safe_address(jwks_url or issuer.rstrip("/") + JWKS_PATH)
        self.keys: Final = KeySet()
        self.clock: Final = clock

    def is_settled(self, kid: str) -> bool:
        return self.keys.settles(kid, self.clock())

    def is_known(self, kid: str) -> bool:
        return self.keys.find(kid, self.clock()) is not None

    def asks(self, kid: str) -> bool:
        """Whether to ask now; if so, that is counted."""
        now = self.clock()
        if self.keys.settles(kid, now) or not self.keys.may_ask(now):
            return False
        self.keys.ask(now)
        return True

    def judge(self, token: str, kid: str) -> Claims:
        now: datetime = self.clock()
        key: OKPKey | None = self.keys.find(kid, now)
        if key is None and self.keys.missing(now):
            raise KeysUnavailable("the server's keys cannot be had now")
        if key is None:
            raise TokenRefused("key")
        return judged(token, key, self.expected, now)


class Verifier:
    """For threads: `verify` blocks for one request to the server now and then."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        jwks_url: str | None = None,
        *,
        leeway: timedelta = timedelta(0),
        tls: ssl.SSLContext | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._known = _Known(issuer, audience, jwks_url, clock, leeway)
        self._http = httpx2.Client(headers=HEADERS, timeout=TIMEOUT, verify=verifying(tls), transport=transport)
        self._lock = Lock()

    def verify(self, token: str) -> Claims:
        """What the token says. Raises `TokenRefused`; or `KeysUnavailable` when that cannot be told now."""
        kid = kid_of(token)
        # One asks. Whoever has a key that was good until a moment ago does not wait for the answer.
        if not self._known.is_settled(kid) and self._lock.acquire(blocking=not self._known.is_known(kid)):
            try:
                if self._known.asks(kid):
                    self._ask()
            finally:
                self._lock.release()
        return self._known.judge(token, kid)

    def _ask(self) -> None:
        said = bytearray()
        try:
            with self._http.stream("GET", self._known.url) as answer:
                for chunk in answer.iter_bytes():
                    said += chunk
                    if len(said) > LARGEST:
                        return
            if answer.status_code == 200:
                self._known.keys.tell(bytes(said), self._known.clock())
        except (httpx2.RequestError, KeysUnavailable):
            return  # the keys known so far may still do; if not, judging says so

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class AsyncVerifier:
    """For tasks of one event loop."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        jwks_url: str | None = None,
        *,
        leeway: timedelta = timedelta(0),
        tls: ssl.SSLContext | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self._known = _Known(issuer, audience, jwks_url, clock, leeway)
        self._http = httpx2.AsyncClient(headers=HEADERS, timeout=TIMEOUT, verify=verifying(tls), transport=transport)
        self._lock = asyncio.Lock()

    async def verify(self, token: str) -> Claims:
        """What the token says. Raises `TokenRefused`; or `KeysUnavailable` when that cannot be told now."""
        kid = kid_of(token)
        if not self._known.is_settled(kid) and not (self._lock.locked() and self._known.is_known(kid)):
            async with self._lock:
                if self._known.asks(kid):
                    await self._ask()
        return self._known.judge(token, kid)

    async def _ask(self) -> None:
        said = bytearray()
        try:
            async with self._http.stream("GET", self._known.url) as answer:
                async for chunk in answer.aiter_bytes():
                    said += chunk
                    if len(said) > LARGEST:
                        return
            if answer.status_code == 200:
                self._known.keys.tell(bytes(said), self._known.clock())
        except (httpx2.RequestError, KeysUnavailable):
            return  # the keys known so far may still do; if not, judging says so

    async def aclose(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()
