"""Whether an access token is one of Daemun's (RFC 9068), under the rules of RFC 8725. No clock, no network."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry, extract_compact, validate_compact

Why = Literal["form", "header", "key", "signature", "issuer", "audience", "time", "claims"]
HEADER: Final = frozenset({"alg", "typ", "kid"})
TYPES: Final = frozenset({"at+jwt", "application/at+jwt"})
ALGORITHM: Final = "EdDSA"
LONGEST: Final = 8192
LONGEST_HEADER: Final = 512
LATEST: Final = 253_402_300_799 - 86_400  # a day before the last second of a datetime, so that a leeway fits
FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


class _OnlyEdDSA(JWSRegistry):
    """The one algorithm, whatever a header says (RFC 8725 3.1). RFC 9864 calls it Ed25519; Daemun keeps the name all verifiers know."""

    def __init__(self) -> None:
        super().__init__(algorithms=[ALGORITHM])

    def get_alg(self, name: str) -> JWSAlgModel:
        if name != ALGORITHM:
            raise TokenRefused("header")
        return self.algorithms[ALGORITHM]


ONLY: Final = _OnlyEdDSA()


class TokenRefused(Exception):
    """Proves nothing. `why` is for the service's own log: told to whoever sent the token, it would help only a forger (RFC 6750 3.1)."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Final = why


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. `user_id` is what authorises; `handle` is for people to read."""

    user_id: str
    handle: str
    email: str
    name: str
    session_id: str
    client_id: str
    jti: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose tokens a service takes, and that they are meant for it."""

    issuer: str
    audience: str
    leeway: timedelta = timedelta(0)


def kid_of(token: str) -> str:
    """Which key the token says it was signed with: untrusted, and looked up in a set of known keys only."""
    form = FORM.fullmatch(token) if len(token) <= LONGEST else None
    if form is None or not all(_is_canonical(each) for each in form.groups()):
        raise TokenRefused("form")
    header = _object(form[1]) if len(form[1]) <= LONGEST_HEADER else None
    # Exactly these: whatever else a header may ask for (jku, x5u, jwk, crit, b64, zip) is never looked at (RFC 8725 3.10).
    if header is None or header.keys() != HEADER or header["alg"] != ALGORITHM or header["typ"] not in TYPES:
        raise TokenRefused("header")
    return _text(header, "kid", why="header")


def judged(token: str, key: OKPKey, expected: Expected, now: datetime) -> Claims:
    """The signature first; nothing unsigned is believed."""
    claims = _signed(token, key)
    told = claims.get("aud")
    if claims.get("iss") != expected.issuer:
        raise TokenRefused("issuer")
    if expected.audience not in (told if isinstance(told, list) else [told]):
        raise TokenRefused("audience")
    issued_at, expires_at = _moment(claims, "iat"), _moment(claims, "exp")
    if expires_at + expected.leeway <= now or ("nbf" in claims and _moment(claims, "nbf") - expected.leeway > now):
        raise TokenRefused("time")
    if claims.get("type") != "access":
        raise TokenRefused("claims")
    return Claims(
        user_id=_text(claims, "user_db_id"),
        handle=_text(claims, "sub"),
        email=_text(claims, "email", blank=True),
        name=_text(claims, "name", blank=True),
        session_id=_text(claims, "sid"),
        client_id=_text(claims, "client_id"),
        jti=_text(claims, "jti"),
        issued_at=issued_at,
        expires_at=expires_at,
    )


def _signed(token: str, key: OKPKey) -> dict[str, object]:
    try:
        signed = validate_compact(extract_compact(token.encode("ascii"), registry=ONLY), key, registry=ONLY)
    except (JoseError, ValueError) as error:
        raise TokenRefused("signature") from error
    if not signed:
        raise TokenRefused("signature")
    claims = _object(token.split(".")[1])
    if claims is None:
        raise TokenRefused("claims")
    return claims


def _text(claims: dict[str, object], name: str, *, why: Why = "claims", blank: bool = False) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not (value or blank):
        raise TokenRefused(why)
    return value


def _moment(claims: dict[str, object], name: str) -> datetime:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST:
        raise TokenRefused("claims")
    return datetime.fromtimestamp(value, UTC)


def _object(segment: str) -> dict[str, object] | None:
    try:
        said = json.loads(_bytes(segment))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _is_canonical(segment: str) -> bool:
    """One token, one spelling: or one token would be many to whoever remembers it."""
    try:
        return urlsafe_b64encode(_bytes(segment)).rstrip(b"=").decode() == segment
    except ValueError:
        return False


def _bytes(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
