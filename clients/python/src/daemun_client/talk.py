"""What both clients do alike. No call is made in here."""

from __future__ import annotations

import random
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypedDict

import httpx2

from daemun_client.calls import AGENT, Call, Json, Language, Params, safe_address
from daemun_client.errors import ClientError, StoreUnusable, Unreachable
from daemun_client.patience import Patience
from daemun_client.problems import refusal_in
from daemun_client.secret import Secret
from daemun_client.stores import MemoryStore, TokenStore
from daemun_client.tokens import Tokens

Clock = Callable[[], datetime]
Dice = Callable[[], float]
TURN_PAUSE: Final = 0.02
LONGEST_TURN: Final = 30.0
POOL_WAIT: Final = 60.0  # many calls at once wait for each other; each of them is bounded by itself


class Options(TypedDict, total=False):
    params: Params
    json: Json
    content: bytes
    headers: Mapping[str, str]
    timeout: float


def utc_now() -> datetime:
    return datetime.now(UTC)


class Talk:
    """One server, one login, and the pair as it was last seen."""

    def __init__(
        self,
        base_url: str,
        *,
        store: TokenStore | None = None,
        api_key: str | Secret | None = None,
        language: Language | None = None,
        patience: Patience | None = None,
        timeout: float = 10.0,
        clock: Clock = utc_now,
        dice: Dice = random.random,
    ) -> None:
        if store is not None and api_key is not None:
            raise ValueError("a client comes in by an API key or by a login, not by both")
        self.base: Final = safe_address(base_url)
        self.key: Final = Secret(api_key) if isinstance(api_key, str) else api_key
        self.store: Final[TokenStore] = store if store is not None else MemoryStore()
        self.patience: Final = patience or Patience()
        self.clock: Final = clock
        self._dice = dice
        self._timeout = timeout
        self.headers: Final = {"User-Agent": AGENT, "Accept": "application/json"} | ({"Accept-Language": language} if language else {})
        self._held: Tokens | None = None

    # The pair

    def held(self) -> Tokens | None:
        """As last seen here: looked up in the store only when nothing was."""
        if self._held is None:
            self._held = self.stored()
        return self._held

    def by_login(self) -> None:
        """Raises where there is a key: it would be sent instead of the tokens."""
        if self.key is not None:
            raise ValueError("this client comes in by its API key")

    def stored(self) -> Tokens | None:
        """As everybody who shares the store sees it now; of another server, nothing."""
        kept = self.store.load()
        self._held = kept if kept is not None and kept.server == self.base else None
        return self._held

    def keep(self, answer: Mapping[str, object], asked_at: datetime) -> Tokens:
        tokens = Tokens.given(answer, server=self.base, asked_at=asked_at)
        self._held = tokens
        self.store.save(tokens)
        return tokens

    def forget(self) -> None:
        self._held = None
        self.store.clear()

    def is_due(self, tokens: Tokens) -> bool:
        return self.clock() >= tokens.renew_at

    def is_good_still(self, tokens: Tokens) -> bool:
        return self.clock() < tokens.expires_at

    # The calls

    def timeout_of(self, call: Call) -> httpx2.Timeout:
        return httpx2.Timeout(call.timeout or self._timeout, pool=POOL_WAIT)

    def failure_in(self, answer: httpx2.Response) -> ClientError | None:
        return refusal_in(answer, self.clock())

    def pause(self, call: Call, failure: ClientError, attempt: int) -> float | None:
        return self.patience.pause(failure, attempt, repeatable=call.is_repeatable, dice=self._dice())


def silence(error: httpx2.RequestError) -> Unreachable:
    """Told in words: the error itself holds the request, and the request holds tokens."""
    return Unreachable(f"{type(error).__name__}: {error}")


def told(answer: httpx2.Response) -> Mapping[str, object]:
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unreachable("the answer is not one of Daemun: no JSON object in it")
    return said


def turns(waited: float) -> float:
    """Having waited for somebody else's turn for so long, and a little more."""
    if waited >= LONGEST_TURN:
        raise StoreUnusable("somebody else has held the tokens for too long")
    return waited + TURN_PAUSE


def verifying(tls: ssl.SSLContext | None) -> ssl.SSLContext | bool:
    """A context may bring a certificate authority of one's own; it may not stop looking."""
    if tls is not None and (tls.verify_mode is not ssl.CERT_REQUIRED or not tls.check_hostname):
        raise ValueError("certificate and host name of a server are always verified")
    return tls if tls is not None else True
