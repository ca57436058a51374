"""A call as it is sent: everything in it can be sent again."""

from __future__ import annotations

import ipaddress
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlencode

import httpx2

from daemun_client.patience import IDEMPOTENT
from daemun_client.secret import Secret

Language = Literal["ko", "en"]
Json = Mapping[str, object] | list[object] | str | int | float | bool | None
Params = Mapping[str, str | int | float | bool | None]
AGENT: Final = "daemun-client/0.1.0"
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    params: Params | None = None
    json: Json = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float | None = None
    again: bool = False
    """Worth repeating though its method alone would not say so."""

    def __post_init__(self) -> None:
        # A whole address would take the bearer token to wherever it points.
        if not self.path.startswith("/") or self.path.startswith("//"):
            raise ValueError("a path of the server begins with one slash")
        if any(name.lower() == "authorization" for name in self.headers):
            raise ValueError("the client brings its own Authorization")

    @property
    def is_repeatable(self) -> bool:
        return self.again or self.method.upper() in IDEMPOTENT


class Bearer(httpx2.Auth):
    """Puts the token on at the last moment, so that no frame of ours holds it in clear."""

    def __init__(self, token: Secret | None) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        yield request


def log_in_call(login: str, password: str, *, remember: bool) -> Call:
    return Call("POST", "/auth/login", json={"user_id": login, "password": password, "remember_me": remember})


def refresh_call(refresh: Secret, timeout: float) -> Call:
    """Repeatable: within its 10 seconds of grace the server gives the same answer again."""
    return Call("POST", "/auth/refresh", json={"refresh_token": refresh.reveal()}, timeout=timeout, again=True)


def log_out_call(refresh: Secret) -> Call:
    """Repeatable: a login that has ended stays so."""
    return Call("POST", "/auth/logout", json={"refresh_token": refresh.reveal()}, again=True)


def introspection_call(token: str | Secret) -> Call:
    return _about(token, "/oauth/introspect")


def revocation_call(token: str | Secret) -> Call:
    return _about(token, "/oauth/revoke")


def _about(token: str | Secret, path: str) -> Call:
    """In the body, and never in the address, which stands in logs. Repeatable: asking changes nothing, and what is revoked stays so."""
    text = token.reveal() if isinstance(token, Secret) else token
    return Call("POST", path, content=urlencode({"token": text}).encode(), headers={"Content-Type": FORM}, again=True)


def sign_up_call(handle: str, email: str, name: str, password: str, *, agree: bool) -> Call:
    words: dict[str, object] = {"user_id": handle, "email": email, "name": name, "agree": agree}
    return Call("POST", "/auth/signup", json=words | {"password": password, "password_confirm": password})


def safe_address(address: str) -> str:
    """The address without a slash at its end. Raises `ValueError` when tokens could be read on the way to it."""
    url = httpx2.URL(address)
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ValueError("an address begins with https:// (http:// only for this very machine)")
    if not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("an address is a scheme, a host, and perhaps a port and a path")
    return str(url).rstrip("/")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
