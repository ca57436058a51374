"""People to measure with: the same number at ours and at the peer's, each with a password and a token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from bench.caller import told
from bench.servers import Server
from bench.wire import request

PASSWORD = "Maru-Bada-72!"
AT_ONCE = 4
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str
    refresh: str = ""


def sign_up(server: Server, handles: Sequence[str]) -> None:
    def one(handle: str) -> None:
        form = {"user_id": handle, "email": f"{handle}@example.com", "name": "안은주"}
        body = form | {"password": PASSWORD, "password_confirm": PASSWORD, "agree": True}
        told(server.port, request("POST", "/auth/signup", body), 201)

    _each(one, handles)


def login(handle: str) -> bytes:
    return request("POST", "/auth/login", {"user_id": handle, "password": PASSWORD})


def log_in(server: Server, handles: Sequence[str]) -> list[Tokens]:
    def one(handle: str) -> Tokens:
        found = told(server.port, login(handle)).data
        return Tokens(found["access_token"], found["refresh_token"])

    return _each(one, handles)


def at_peer(server: Server, handles: Sequence[str]) -> list[Tokens]:
    """Registers them and logs them in."""

    def one(handle: str) -> Tokens:
        email = f"{handle}@example.com"
        told(server.port, request("POST", "/auth/register", {"email": email, "password": PASSWORD}), 201)
        form = urlencode({"username": email, "password": PASSWORD})
        return Tokens(told(server.port, request("POST", "/auth/login", form=form)).data["access_token"])

    return _each(one, handles)


def handles(count: int) -> list[str]:
    return [f"bench_{number:06}" for number in range(count)]


def _each(one: Callable[[str], T], handles: Sequence[str]) -> list[T]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, handles))
