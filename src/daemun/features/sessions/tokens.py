"""Access tokens: JWTs as RFC 9068 profiles them, under the rules of RFC 8725. Pure."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry, extract_compact, serialize_compact, validate_compact

from daemun.features.sessions.errors import InvalidToken
from daemun.features.sessions.models import AccessClaims
from daemun.ports.keyring import Algorithm, SigningKey

TYPE: Final = "at+jwt"
TYPES: Final = (TYPE, "application/at+jwt")
HEADER: Final = frozenset({"alg", "typ", "kid"})
LONGEST: Final = 8192
LONGEST_HEADER: Final = 512
LATEST: Final = 253_402_300_799 - 86_400  # a day before the last second of a datetime, so that a leeway fits
FORM: Final = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")

Finder = Callable[[str], SigningKey | None]


class _Only(JWSRegistry):
    """The one algorithm of a key, whatever a header says (RFC 8725 3.1, 3.2)."""

    def __init__(self, algorithm: Algorithm) -> None:
        super().__init__(algorithms=[algorithm])
        self._only = self.algorithms[algorithm]

    def get_alg(self, name: str) -> JWSAlgModel:
        if name != self._only.name:
            raise InvalidToken
        return self._only


# RFC 9864 gives Ed25519 a name of its own and deprecates `EdDSA`. Of the verifiers in use, PyJWT 2.15 and jwcrypto 1.6 know only the old
# name, joserfc knows both. With an Ed25519 key in the JWKS nothing else can be meant by it: the old name stays until they follow.
ONLY: Final = {"EdDSA": _Only("EdDSA"), "HS256": _Only("HS256")}


def mint(claims: AccessClaims, key: SigningKey) -> str:
    """The same claims and key give the same bytes: a repeated answer needs no stored token."""
    header = {"alg": key.algorithm, "typ": TYPE, "kid": key.kid}
    payload = {
        "iss": claims.issuer,
        "aud": claims.audience,
        "sub": claims.handle,
        "client_id": claims.client_id,
        "user_db_id": claims.user_id,
        "email": claims.email,
        "name": claims.name,
        "iat": int(claims.issued_at.timestamp()),
        "exp": int(claims.expires_at.timestamp()),
        "jti": claims.jti,
        "sid": claims.session_id,
        "type": "access",
    }
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return serialize_compact(header, text, key.key, registry=ONLY[key.algorithm])


def kid_of(token: str) -> str:
    """Which key the token says it was signed with: untrusted. Raises `InvalidToken` when its form or header is not ours."""
    form = FORM.fullmatch(token) if len(token) <= LONGEST else None
    if form is None:
        raise InvalidToken
    header = _decoded(form[1]) if len(form[1]) <= LONGEST_HEADER else None
    # Exactly ours: whatever else a header may ask for (jku, x5u, jwk, crit, b64, zip) is never looked at.
    if not isinstance(header, dict) or header.keys() != HEADER or not all(isinstance(each, str) for each in header.values()):
        raise InvalidToken
    if header["typ"] not in TYPES:
        raise InvalidToken
    return str(header["kid"])


def read(token: str, find: Finder, *, issuer: str, audience: str, now: datetime, leeway: timedelta = timedelta(0)) -> AccessClaims:
    """The claims of a token that is ours, whole and in time; raises `InvalidToken`. The signature comes first, the claims after."""
    key = find(kid_of(token))
    if key is None:
        raise InvalidToken
    return _judged(_verified(token, key), issuer, audience, now, leeway)


def _verified(token: str, key: SigningKey) -> dict[str, Any]:
    try:
        signed = extract_compact(token.encode("ascii"), registry=ONLY[key.algorithm])
        if not validate_compact(signed, key.key, registry=ONLY[key.algorithm]):
            raise InvalidToken
        claims = json.loads(signed.payload)
    except (JoseError, ValueError, RecursionError) as error:
        raise InvalidToken from error
    # One token, one spelling: base64 that decodes to the same bytes is refused, or one token would be many to whoever remembers it.
    if not isinstance(claims, dict) or not all(_is_canonical(each) for each in token.split(".")):
        raise InvalidToken
    return claims


def _judged(claims: dict[str, Any], issuer: str, audience: str, now: datetime, leeway: timedelta) -> AccessClaims:
    told = claims.get("aud")
    if audience not in (told if isinstance(told, list) else [told]) or claims.get("iss") != issuer or claims.get("type") != "access":
        raise InvalidToken
    if "nbf" in claims and _moment(claims, "nbf") - leeway > now:
        raise InvalidToken
    if _moment(claims, "exp") + leeway <= now:
        raise InvalidToken
    return AccessClaims(
        user_id=_name(claims, "user_db_id"),
        handle=_name(claims, "sub"),
        email=_text(claims, "email"),
        name=_text(claims, "name"),
        issued_at=_moment(claims, "iat"),
        expires_at=_moment(claims, "exp"),
        issuer=issuer,
        audience=audience,
        jti=_name(claims, "jti"),
        session_id=_name(claims, "sid"),
        client_id=_name(claims, "client_id"),
    )


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str):
        raise InvalidToken
    return value


def _name(claims: dict[str, Any], name: str) -> str:
    if not (value := _text(claims, name)):
        raise InvalidToken
    return value


def _moment(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LATEST:
        raise InvalidToken
    return datetime.fromtimestamp(value, UTC)


def _decoded(segment: str) -> object:
    try:
        return json.loads(_bytes(segment))
    except (ValueError, RecursionError) as error:
        raise InvalidToken from error


def _is_canonical(segment: str) -> bool:
    return urlsafe_b64encode(_bytes(segment)).rstrip(b"=").decode() == segment


def _bytes(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
