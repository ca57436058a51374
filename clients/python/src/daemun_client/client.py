"""The client for threads."""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, Unpack

import httpx2

from daemun_client.calls import (
    Bearer,
    Call,
    Language,
    introspection_call,
    log_in_call,
    log_out_call,
    refresh_call,
    revocation_call,
    sign_up_call,
)
from daemun_client.errors import ClientError, LoginEnded, Refused, TooMany, Unauthenticated, Unavailable, Unreachable, Unsuitable
from daemun_client.flights import Flight
from daemun_client.introspection import Introspection
from daemun_client.patience import Patience
from daemun_client.people import Person
from daemun_client.secret import Secret
from daemun_client.stores import TokenStore
from daemun_client.talk import TURN_PAUSE, Clock, Dice, Options, Talk, silence, told, turns, utc_now, verifying
from daemun_client.tokens import FactorDue, Tokens


class Client:
    """One login at one server, for any number of threads."""

    def __init__(
        self,
        base_url: str,
        *,
        store: TokenStore | None = None,
        api_key: str | Secret | None = None,
        language: Language | None = None,
        patience: Patience | None = None,
        timeout: float = 10.0,
        tls: ssl.SSLContext | None = None,
        transport: httpx2.BaseTransport | None = None,
        clock: Clock = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        dice: Dice = random.random,
    ) -> None:
        self._talk = Talk(
            base_url, store=store, api_key=api_key, language=language, patience=patience, timeout=timeout, clock=clock, dice=dice
        )
        self._http = httpx2.Client(headers=self._talk.headers, verify=verifying(tls), transport=transport)
        self._flight: Flight[Tokens | None] = Flight()
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._talk.base!r})"

    # Coming and going

    def log_in(self, login: str, password: str, *, remember: bool = False) -> FactorDue | None:
        """None when it is done; otherwise what is still to be shown. `login` is a handle or an e-mail address."""
        self._talk.by_login()
        asked_at = self._talk.clock()
        answer = told(self._send(log_in_call(login, password, remember=remember), None))
        if due := FactorDue.told_by(answer):
            return due
        with self._alone():
            self._talk.keep(answer, asked_at)
        return None

    def log_out(self) -> None:
        """The tokens are gone from here in any case; an error says that the server may not know."""
        with self._alone():
            kept = self._talk.stored()
            if kept is None:
                return
            self._talk.forget()
            try:
                self._send(log_out_call(kept.refresh), None)
            except Unsuitable as refused:
                if refused.code != "token_unknown":  # ended already: what was wanted
                    raise

    def sign_up(self, handle: str, email: str, name: str, password: str, *, agree: bool) -> Person | None:
        """Who has been made; None when the server answers only by a letter to the address. Logs nobody in."""
        answer = self._send(sign_up_call(handle, email, name, password, agree=agree), None)
        return Person.told_by(told(answer)) if answer.status_code == 201 else None

    def me(self) -> Person:
        return Person.told_by(told(self.get("/me")))

    # For services, by an API key with the scope for it

    def introspect(self, token: str | Secret) -> Introspection | None:
        """What the token is at this moment; None when it is not alive. Asks the server each time."""
        return Introspection.told_by(told(self._send(introspection_call(token), self._talk.key)))

    def revoke(self, token: str | Secret) -> None:
        """From now on it is worth nothing, as it may have been before."""
        self._send(revocation_call(token), self._talk.key)

    @property
    def is_logged_in(self) -> bool:
        """Whether there are tokens. Whether they are still good, only a call tells."""
        return self._talk.held() is not None

    # Calling

    def request(self, method: str, path: str, **options: Unpack[Options]) -> httpx2.Response:
        """The answer, with the login's token sent along if there is one. Raises what `daemun_client.errors` tells."""
        call = Call(method, path, **options)
        if self._talk.key is not None:
            return self._send(call, self._talk.key)
        held = self._current()
        try:
            return self._send(call, held.access if held else None)
        except Unauthenticated as refused:
            if held is None or (renewed := self._after(refused, held)) is None:
                raise
        return self._send(call, renewed.access)

    def get(self, path: str, **options: Unpack[Options]) -> httpx2.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> httpx2.Response:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> httpx2.Response:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> httpx2.Response:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> httpx2.Response:
        return self.request("DELETE", path, **options)

    # Keeping fresh

    def _current(self) -> Tokens | None:
        held = self._talk.held()
        if held is None or not self._talk.is_due(held):
            return held
        try:
            return self._flight.join(lambda: self._turn(held, None))
        except (Unreachable, TooMany, Unavailable):
            if self._talk.is_good_still(held):
                return held
            raise

    def _after(self, refused: Refused, held: Tokens) -> Tokens | None:
        """The pair to try once more with; None when the refusal was not about the token, or nobody is logged in any more."""
        if refused.code != "invalid_token" and not isinstance(refused, LoginEnded):
            return None
        return self._flight.join(lambda: self._turn(held, refused))

    def _turn(self, seen: Tokens, refused: Refused | None) -> Tokens | None:
        with self._alone():
            kept = self._talk.stored()
            if kept is None:
                return None
            if not kept.same(seen) and not self._talk.is_due(kept):
                return kept  # somebody else has renewed it, or logged in anew
            if isinstance(refused, LoginEnded) and kept.same(seen):
                self._talk.forget()
                raise refused
            return self._refreshed(kept)

    def _refreshed(self, kept: Tokens) -> Tokens:
        asked_at = self._talk.clock()
        try:
            answer = self._send(refresh_call(kept.refresh, self._talk.patience.refresh_timeout), None)
        except LoginEnded:
            self._talk.forget()
            raise
        return self._talk.keep(told(answer), asked_at)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        waited = 0.0
        while not self._talk.store.reserve():
            waited = turns(waited)
            time.sleep(TURN_PAUSE)
        try:
            yield
        finally:
            self._talk.store.release()

    # Sending

    def _send(self, call: Call, bearer: Secret | None) -> httpx2.Response:
        attempt = 1
        while isinstance(answer := self._once(call, bearer), ClientError):
            pause = self._talk.pause(call, answer, attempt)
            if pause is None:
                raise answer
            self._sleep(pause)
            attempt += 1
        return answer

    def _once(self, call: Call, bearer: Secret | None) -> httpx2.Response | ClientError:
        try:
            answer = self._http.request(
                call.method,
                self._talk.base + call.path,
                params=call.params,
                json=call.json,
                content=call.content,
                headers=call.headers,
                timeout=self._talk.timeout_of(call),
                auth=Bearer(bearer),
            )
        except httpx2.RequestError as error:
            return silence(error)
        return self._talk.failure_in(answer) or answer

    # Closing

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
