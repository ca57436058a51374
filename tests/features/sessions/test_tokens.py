"""Access tokens: what is believed, and everything that is not."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey, OKPKey
from jwcrypto.common import JWException  # type: ignore[import-untyped]  # ships no types
from jwcrypto.jwk import JWKSet  # type: ignore[import-untyped]  # ships no types
from jwcrypto.jwt import JWT  # type: ignore[import-untyped]  # ships no types

from daemun.features.sessions.errors import InvalidToken
from daemun.features.sessions.models import AccessClaims
from daemun.features.sessions.tokens import LONGEST, mint, read
from daemun.ports.keyring import SigningKey

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ISSUER = "https://gate.example"
RAW = Ed25519PrivateKey.from_private_bytes(b"a" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"e" * 32)
KEY = SigningKey("01K0000000000000000000KEY1", "EdDSA", OKPKey.import_key(RAW))
SHARED = SigningKey("shared-1", "HS256", OctKey.import_key(b"s" * 32))
PUBLIC_BYTES = RAW.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
CLAIMS = AccessClaims(
    user_id="01K0000000000000000000ANN1",
    handle="ann_2026",
    email="ann@example.com",
    name="안은주 \U0001f511",
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    issuer=ISSUER,
    audience="daemun",
    jti="jti-1",
    session_id="01K0000000000000000000SES1",
    client_id="daemun",
)
TOKEN = mint(CLAIMS, KEY)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unpacked(segment: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(segment + "=="))


HEADER, PAYLOAD = unpacked(TOKEN.split(".")[0]), unpacked(TOKEN.split(".")[1])


def signed(header: object = HEADER, payload: object = PAYLOAD, *, key: Ed25519PrivateKey = RAW) -> str:
    """Rightly signed with whatever key, whatever it says: what a leaked signer or a confused library could make."""
    said = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}"
    return f"{said}.{b64(key.sign(said.encode()))}"


def hashed(header: object, secret: bytes, payload: object = PAYLOAD) -> str:
    said = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(payload).encode())}"
    return f"{said}.{b64(hmac.digest(secret, said.encode(), 'sha256'))}"


def believed(token: str, *, now: datetime = NOW, leeway: timedelta = timedelta(0), key: SigningKey = KEY) -> AccessClaims:
    return read(token, {key.kid: key}.get, issuer=ISSUER, audience="daemun", now=now, leeway=leeway)


def refused(token: str, **how: Any) -> None:
    with pytest.raises(InvalidToken) as caught:
        believed(token, **how)
    assert caught.value.code == "invalid_token"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in PAYLOAD.items() if key != name}


def test_what_is_minted_is_read_back() -> None:
    assert believed(TOKEN) == CLAIMS
    assert believed(mint(CLAIMS, SHARED), key=SHARED) == CLAIMS


def test_a_token_says_what_krx_and_rfc_9068_ask_for() -> None:
    """RFC 9068 2.1, 2.2; the KRX guide's claims. Clause 75."""
    header, payload = (unpacked(each) for each in TOKEN.split(".")[:2])
    assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": KEY.kid}
    assert payload == {
        "iss": ISSUER,
        "aud": "daemun",
        "sub": "ann_2026",
        "client_id": "daemun",
        "user_db_id": CLAIMS.user_id,
        "email": "ann@example.com",
        "name": CLAIMS.name,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 900,
        "jti": "jti-1",
        "sid": CLAIMS.session_id,
        "type": "access",
    }


@pytest.mark.parametrize("key", [KEY, SHARED], ids=lambda key: key.algorithm)
def test_the_same_claims_give_the_same_bytes(key: SigningKey) -> None:
    assert mint(CLAIMS, key) == mint(replace(CLAIMS), key)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "nOnE"])
def test_a_token_without_a_signature_is_refused(alg: str) -> None:
    """RFC 8725 3.2, RFC 9068 4: alg none. Clauses 51, 75."""
    said = f"{b64(json.dumps(HEADER | {'alg': alg}).encode())}.{TOKEN.split('.')[1]}"
    for signature in ("", "AA", TOKEN.split(".")[2]):
        refused(f"{said}.{signature}")


@pytest.mark.parametrize("alg", ["HS256", "HS512"])
def test_the_public_key_is_no_shared_secret(alg: str) -> None:
    """RFC 8725 2.1, 3.1: the algorithm belongs to the key, not to the header. Clause 70."""
    jwk = KEY.key.as_dict(private=False)
    for secret in (PUBLIC_BYTES, str(jwk["x"]).encode(), json.dumps(jwk).encode(), b""):
        refused(hashed(HEADER | {"alg": alg}, secret))


def test_an_asymmetric_signature_is_refused_where_a_secret_is_shared() -> None:
    """RFC 8725 3.1: one key, one algorithm. Clause 70."""
    refused(signed(HEADER | {"kid": SHARED.kid}), key=SHARED)
    refused(hashed(HEADER | {"kid": SHARED.kid}, b"s" * 32), key=SHARED)


@pytest.mark.parametrize("alg", ["Ed25519", "Ed448", "ES256", "RS256", "eddsa", "EdDSA "])
def test_another_name_of_an_algorithm_is_refused(alg: str) -> None:
    """RFC 8725 3.2: the allow-list has one name. Clause 51."""
    refused(signed(HEADER | {"alg": alg}))


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "01K0000000000000000000KEY2",
        "../../../../dev/null",
        "/etc/passwd",
        "' OR 1=1 --",
        "x' UNION SELECT 'key",
        "file:///dev/null",
        KEY.kid.lower(),
        KEY.kid + "\0",
        "__class__",
    ],
)
def test_a_key_id_is_only_looked_up(kid: str) -> None:
    """RFC 8725 3.10: kid is untrusted input. Clauses 70, 73."""
    refused(signed(HEADER | {"kid": kid}))


@pytest.mark.parametrize("kid", [None, 1, ["a"], {"a": 1}, True])
def test_a_key_id_is_text(kid: object) -> None:
    refused(signed(HEADER | {"kid": kid}))


def test_a_missing_key_id_or_type_is_refused() -> None:
    refused(signed({"alg": "EdDSA", "typ": "at+jwt"}))
    refused(signed({"alg": "EdDSA", "kid": KEY.kid}))
    refused(signed({"typ": "at+jwt", "kid": KEY.kid}))


@pytest.mark.parametrize(
    "extra",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"x5c": ["MIIB"]},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64(b"e" * 32)}},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"cty": "JWT"},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_a_header_that_asks_for_more_is_refused_whoever_signed_it(extra: dict[str, Any]) -> None:
    """RFC 8725 3.10, ASVS 9.1.3: no key comes from a header. Clauses 51, 70, 73."""
    evil = Ed25519PrivateKey.from_private_bytes(b"e" * 32)
    refused(signed(HEADER | extra))
    refused(signed(HEADER | extra, key=evil))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+JWT", "AT+JWT", "application/AT+JWT", "logout+jwt", "dpop+jwt", "", "at+jwt "])
def test_another_type_of_token_is_refused(typ: str) -> None:
    """RFC 9068 4, RFC 8725 3.11: explicit typing. Clauses 70, 74, 75."""
    refused(signed(HEADER | {"typ": typ}))


def test_both_spellings_of_the_type_are_ours() -> None:
    """RFC 9068 4. Clause 75."""
    assert believed(signed(HEADER | {"typ": "application/at+jwt"})) == CLAIMS


def test_an_id_token_is_no_access_token() -> None:
    """RFC 8725 3.12: rules that exclude each other. Clauses 70, 74."""
    id_token = {"iss": ISSUER, "sub": CLAIMS.user_id, "aud": "daemun", "exp": PAYLOAD["exp"], "iat": PAYLOAD["iat"], "nonce": "n"}
    refused(signed(HEADER | {"typ": "JWT"}, id_token))
    refused(signed(HEADER, id_token))


@pytest.mark.parametrize("kind", ["refresh", "mfa", "", None, True, ["access"]])
def test_a_token_of_another_kind_is_refused(kind: object) -> None:
    refused(signed(payload=PAYLOAD | {"type": kind}))


@pytest.mark.parametrize(
    "issuer", ["https://gate.example/", "http://gate.example", "https://GATE.example", "", None, [ISSUER], "https://x"]
)
def test_another_issuer_is_refused(issuer: object) -> None:
    """RFC 8725 3.8, RFC 9068 4: iss exactly. Clauses 72, 75."""
    refused(signed(payload=PAYLOAD | {"iss": issuer}))


@pytest.mark.parametrize("audience", ["other", "daemun2", "", None, [], ["other"], {"daemun": 1}, "daemun other", [["daemun"]], 1])
def test_a_token_meant_for_others_is_refused(audience: object) -> None:
    """RFC 8725 3.9, RFC 9068 4. Clauses 72, 75."""
    refused(signed(payload=PAYLOAD | {"aud": audience}))


def test_a_token_meant_for_us_among_others_is_ours() -> None:
    """RFC 7519 4.1.3."""
    assert believed(signed(payload=PAYLOAD | {"aud": ["other", "daemun"]})) == CLAIMS


@pytest.mark.parametrize("name", ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "sid", "user_db_id", "type", "email", "name"])
def test_a_missing_claim_is_refused(name: str) -> None:
    """RFC 9068 2.2, 4. Clause 75."""
    refused(signed(payload=without(name)))


@pytest.mark.parametrize("name", ["sub", "client_id", "jti", "sid", "user_db_id"])
@pytest.mark.parametrize("value", ["", None, 5, ["x"], {"$ne": ""}, True])
def test_a_claim_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    refused(signed(payload=PAYLOAD | {name: value}))


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", [None, "1893456000", 1e300, 1893456000.5, True, -1, 10**18, [1893456000], float("inf"), float("nan")])
def test_a_time_that_is_no_whole_second_is_refused(name: str, value: object) -> None:
    refused(signed(payload=PAYLOAD | {name: value}))


def test_a_token_ends_with_its_second() -> None:
    """ASVS 9.2.1, RFC 7519 4.1.4: on or after exp it is over. Clause 52."""
    assert believed(TOKEN, now=CLAIMS.expires_at - timedelta(microseconds=1)) == CLAIMS
    refused(TOKEN, now=CLAIMS.expires_at)
    assert believed(TOKEN, now=CLAIMS.expires_at, leeway=timedelta(seconds=1)) == CLAIMS
    refused(TOKEN, now=CLAIMS.expires_at + timedelta(seconds=1), leeway=timedelta(seconds=1))


def test_a_token_is_not_good_before_its_time() -> None:
    """RFC 7519 4.1.5. Clause 52."""
    later = signed(payload=PAYLOAD | {"nbf": int(NOW.timestamp()) + 5})
    refused(later)
    assert believed(later, now=NOW + timedelta(seconds=5)) == CLAIMS
    assert believed(later, leeway=timedelta(seconds=5)) == CLAIMS


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        TOKEN + ".",
        "." + TOKEN,
        TOKEN + "=",
        " " + TOKEN,
        TOKEN + "\n",
        TOKEN.rpartition(".")[0],
        TOKEN.rpartition(".")[0] + ".",
        TOKEN.replace(".", ". ", 1),
        TOKEN.replace(TOKEN.split(".")[1], ""),
        "ａ" + TOKEN[1:],
        "\ud800" + TOKEN[1:],
        TOKEN + "." + TOKEN,
        "A" * (LONGEST + 1),
        TOKEN + "A" * LONGEST,
    ],
)
def test_what_has_not_the_form_of_a_token_is_refused(token: str) -> None:
    refused(token)


@pytest.mark.parametrize("header", ["[]", '"alg"', "null", "1", "{", "\xff", "[" * 300, '{"alg":' * 40])
def test_a_header_that_is_no_object_is_refused(header: str) -> None:
    refused(f"{b64(header.encode('latin-1'))}.{TOKEN.split('.')[1]}.{TOKEN.split('.')[2]}")


@pytest.mark.parametrize("payload", [[], "text", None, 1, [PAYLOAD]])
def test_a_payload_that_is_no_object_is_refused(payload: object) -> None:
    refused(signed(payload=payload))


def test_one_token_has_one_spelling() -> None:
    """The last character of a signature has four bits to spare: the same signature could be written in sixteen ways."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    accepted = [each for each in alphabet if _is_believed(TOKEN[:-1] + each)]
    assert accepted == [TOKEN[-1]]


def _is_believed(token: str) -> bool:
    try:
        believed(token)
    except InvalidToken:
        return False
    return True


@given(st.integers(0, len(TOKEN) * 8 - 1))
def test_a_single_flipped_bit_is_refused(bit: int) -> None:
    data = bytearray(TOKEN.encode())
    data[bit // 8] ^= 1 << bit % 8
    refused(data.decode("latin-1"))


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: f"{b64(data)}.{b64(data)}.{b64(data)}"))
def test_no_text_is_more_than_refused(token: str) -> None:
    refused(token)


@given(st.dictionaries(st.sampled_from(sorted(PAYLOAD)), st.none() | st.integers() | st.text() | st.lists(st.text()), max_size=12))
def test_no_claims_are_more_than_refused(changed: dict[str, Any]) -> None:
    try:
        claims = believed(signed(payload=PAYLOAD | changed))
    except InvalidToken:
        return
    assert (claims.issuer, claims.audience) == (ISSUER, "daemun")
    assert claims.expires_at > NOW


def current() -> tuple[str, AccessClaims]:
    """For libraries that look at the wall clock themselves."""
    now = datetime.now(UTC).replace(microsecond=0)
    claims = replace(CLAIMS, issued_at=now, expires_at=now + timedelta(minutes=15))
    return mint(claims, KEY), claims


JWKS: dict[str, Any] = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": b64(PUBLIC_BYTES), "kid": KEY.kid, "alg": "EdDSA", "use": "sig"}]}


def test_pyjwt_verifies_our_tokens() -> None:
    token, claims = current()
    key = jwt.PyJWKSet.from_dict(JWKS)[jwt.get_unverified_header(token)["kid"]]
    told = jwt.decode(token, key, algorithms=["EdDSA"], audience="daemun", issuer=ISSUER)
    assert (told["sub"], told["name"], told["sid"]) == (claims.handle, claims.name, claims.session_id)


def test_jwcrypto_verifies_our_tokens() -> None:
    token, claims = current()
    found = JWT(algs=["EdDSA"], check_claims={"iss": ISSUER, "aud": "daemun"})
    found.deserialize(token, JWKSet.from_json(json.dumps(JWKS)))
    told = json.loads(found.claims)
    assert (told["sub"], told["name"], told["sid"]) == (claims.handle, claims.name, claims.session_id)


BAD: dict[str, Callable[[str], str]] = {
    "RFC 8725 3.1 and 3.2: an algorithm of the sender's choice": lambda token: hashed(HEADER | {"alg": "HS256"}, PUBLIC_BYTES),
    "RFC 8725 3.2: none": lambda token: f"{b64(json.dumps(HEADER | {'alg': 'none'}).encode())}.{token.split('.')[1]}.",
    "RFC 8725 3.3: a signature that is not checked whole": lambda token: token[:-8] + "AAAAAAAA",
    "RFC 8725 3.3: claims changed after signing": lambda token: token.replace(token.split(".")[1], b64(b'{"sub":"master"}')),
    "RFC 8725 3.8: a key of somebody else": lambda token: signed(payload=unpacked(token.split(".")[1]), key=STRANGER),
    "RFC 8725 3.9: meant for others": lambda token: signed(payload=unpacked(token.split(".")[1]) | {"aud": "other"}),
    "RFC 8725 3.10: a key id that nobody published": lambda token: signed(
        HEADER | {"kid": "other"}, unpacked(token.split(".")[1]), key=STRANGER
    ),
    "RFC 8725 3.11: malformed": lambda token: token.rpartition(".")[0],
}


@pytest.mark.parametrize("name", BAD)
def test_we_and_two_other_libraries_refuse_the_same(name: str) -> None:
    """Clauses 51, 52, 70, 72 and 73, seen from three sides: nothing passes here that others would stop, or the other way round."""
    good, _ = current()
    bad, now = BAD[name](good), datetime.now(UTC)
    assert believed(good, now=now).issuer == ISSUER
    refused(bad, now=now)
    with pytest.raises((jwt.PyJWTError, KeyError)):
        key = jwt.PyJWKSet.from_dict(JWKS)[jwt.get_unverified_header(bad)["kid"]]
        jwt.decode(bad, key, algorithms=["EdDSA"], audience="daemun", issuer=ISSUER)
    with pytest.raises((JWException, ValueError)):
        JWT(algs=["EdDSA"], check_claims={"iss": ISSUER, "aud": "daemun"}).deserialize(bad, JWKSet.from_json(json.dumps(JWKS)))


def test_a_type_that_others_do_not_look_at_we_do() -> None:
    """RFC 8725 3.11, RFC 9068 4: why our own verifier asks for the type, and others have to be told to. Clause 74."""
    good, _ = current()
    other = signed(HEADER | {"typ": "logout+jwt"}, unpacked(good.split(".")[1]))
    key = jwt.PyJWKSet.from_dict(JWKS)[KEY.kid]
    assert jwt.decode(other, key, algorithms=["EdDSA"], audience="daemun", issuer=ISSUER)
    refused(other, now=datetime.now(UTC))
