"""A service verifies by the published keys: every good token, through every rotation, and no bad one (RFC 8725)."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OctKey, OKPKey
from joserfc.jws import JWSRegistry, serialize_compact
from tests.clients.python.answering import Answer, a_server
from tests.clients.python.between import Shifted, pair_in, somebody
from tests.server.running import Server, environment

from daemun_client import Client, MemoryStore
from daemun_client.verify import AsyncVerifier, Claims, KeysUnavailable, TokenRefused, Verifier

pytestmark = pytest.mark.filterwarnings("error")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://auth.example.com", "daemun"
KEY, STRANGER = OKPKey.generate_key("Ed25519"), OKPKey.generate_key("Ed25519")
PUBLIC: dict[str, object] = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": KEY.as_dict(private=False)["x"],
    "kid": "k1",
    "alg": "EdDSA",
    "use": "sig",
}


def claims(**changes: object) -> dict[str, Any]:
    said: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann_2026",
        "client_id": "daemun",
        "user_db_id": "01JD0000000000000000000000",
        "email": "ann@example.com",
        "name": "안은주",
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + timedelta(minutes=15)).timestamp()),
        "jti": "j1",
        "sid": "s1",
        "type": "access",
    } | changes
    return {name: value for name, value in said.items() if value is not None}


def a_token(said: dict[str, Any] | None = None, *, key: OKPKey | OctKey = KEY, **header: object) -> str:
    head: dict[str, Any] = {"alg": "EdDSA", "typ": "at+jwt", "kid": "k1"} | header
    kept = {name: value for name, value in head.items() if value is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that RFC 9864 has another name for EdDSA; where the client verifies, nothing is said
        registry = JWSRegistry(algorithms=[head["alg"]], strict_check_header=False)
        return serialize_compact(kept, json.dumps(said or claims()), key, registry=registry)


def unsigned(**header: object) -> str:
    parts = ({"alg": "none", "typ": "at+jwt", "kid": "k1"} | header, claims())
    return ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=").decode() for each in parts) + ".AA"


def key_set(*keys: Mapping[str, object]) -> Answer:
    return (200, {"Content-Type": "application/jwk-set+json"}, json.dumps({"keys": keys}))


def told(token: str, answer: Answer | None = None) -> Claims:
    with a_server([answer or key_set(PUBLIC)]) as (url, _), Verifier(ISSUER, AUDIENCE, url, clock=lambda: NOW) as verifier:
        return verifier.verify(token)


def test_a_good_token_is_told_with_what_it_says() -> None:
    said = told(a_token())
    assert (said.user_id, said.handle, said.name, said.session_id) == ("01JD0000000000000000000000", "ann_2026", "안은주", "s1")
    assert said.expires_at - said.issued_at == timedelta(minutes=15)
    assert told(a_token(claims(aud=["other", AUDIENCE]), typ="application/at+jwt")) == said


BAD: dict[str, tuple[str, Callable[[], str]]] = {
    "RFC 8725 3.1 none": ("header", unsigned),
    "RFC 8725 2.1 HS256 with the public key as the secret": (
        "header",
        lambda: a_token(key=OctKey.import_key(base64.urlsafe_b64decode(f"{PUBLIC['x']}=")), alg="HS256"),
    ),
    "RFC 8725 3.1 another name of an algorithm": ("header", lambda: unsigned(alg="eddsa")),
    "RFC 8725 3.3 another's signature": ("signature", lambda: a_token(key=STRANGER)),
    "RFC 8725 3.3 changed after signing": ("signature", lambda: a_token()[:-8] + "AAAAAAAA"),
    "RFC 8725 3.8 another issuer": ("issuer", lambda: a_token(claims(iss="https://evil.example"))),
    "RFC 8725 3.8 no issuer": ("issuer", lambda: a_token(claims(iss=None))),
    "RFC 8725 3.9 another audience": ("audience", lambda: a_token(claims(aud="other"))),
    "RFC 8725 3.9 no audience": ("audience", lambda: a_token(claims(aud=None))),
    "RFC 8725 3.10 an unknown key": ("key", lambda: a_token(kid="k2")),
    "RFC 8725 3.10 no key id": ("header", lambda: a_token(kid=None)),
    "RFC 8725 3.10 its own key in the header": ("header", lambda: a_token(key=STRANGER, jwk=STRANGER.as_dict(private=False))),
    "RFC 8725 3.10 an address of keys in the header": ("header", lambda: a_token(key=STRANGER, jku="https://evil.example/jwks")),
    "RFC 8725 3.11 no type": ("header", lambda: a_token(typ=None)),
    "RFC 8725 3.11 the type of another kind of token": ("header", lambda: a_token(typ="JWT")),
    "RFC 8725 3.12 another kind of token of the same issuer": ("claims", lambda: a_token(claims(type="refresh"))),
    "RFC 9068 2.2 no session": ("claims", lambda: a_token(claims(sid=None))),
    "RFC 9068 2.2 expired": ("time", lambda: a_token(claims(exp=int(NOW.timestamp())))),
    "RFC 9068 2.2 never expires": ("claims", lambda: a_token(claims(exp=None))),
    "RFC 7519 4.1.4 an expiry that is no time": ("claims", lambda: a_token(claims(exp=10**30))),
    "RFC 7519 4.1.5 not yet": ("time", lambda: a_token(claims(nbf=int(NOW.timestamp()) + 60))),
    "RFC 7515 two spellings of one token": ("form", lambda: a_token() + "="),
    "RFC 7515 no token": ("form", lambda: "ann"),
    "RFC 7515 endless": ("form", lambda: f"{a_token()}{'A' * 9000}"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(name: str) -> None:
    why, made = BAD[name]
    with pytest.raises(TokenRefused) as refused:
        told(made())
    assert refused.value.why == why


@pytest.mark.parametrize(
    "changes",
    [{"d": "private"}, {"use": "enc"}, {"alg": "ES256"}, {"kty": "EC"}, {"crv": "X25519"}, {"x": "AAAA"}, {"kid": ""}, {"x": 7}],
)
def test_a_key_that_is_not_for_this_is_not_used(changes: dict[str, object]) -> None:
    with pytest.raises(TokenRefused) as refused:
        told(a_token(), key_set(PUBLIC | changes, PUBLIC | {"kid": "k9"}))
    assert refused.value.why == "key"


@pytest.mark.parametrize(
    "answer",
    [(500, {}, ""), (200, {}, "<html>"), (200, {}, "[]"), (200, {}, '{"keys":{}}'), (302, {"Location": "/"}, ""), (200, {}, " " * 70_000)],
    ids=["error", "page", "list", "no list", "elsewhere", "huge"],
)
def test_without_keys_nothing_is_said_about_a_token(answer: Answer) -> None:
    with pytest.raises(KeysUnavailable):
        told(a_token(), answer)


def test_keys_are_asked_for_once_and_again_when_they_are_old() -> None:
    now = [NOW]
    with a_server([key_set(PUBLIC)]) as (url, asked), Verifier(ISSUER, AUDIENCE, url, clock=lambda: now[0]) as verifier:
        for _ in range(50):
            verifier.verify(a_token())
        assert len(asked) == 1
        now[0] += timedelta(minutes=6)
        verifier.verify(a_token())
        assert len(asked) == 2


def test_made_up_key_ids_do_not_make_a_hammer_of_a_service() -> None:
    now = [NOW]
    with a_server([key_set(PUBLIC)]) as (url, asked), Verifier(ISSUER, AUDIENCE, url, clock=lambda: now[0]) as verifier:
        for second in (1, 2, 3):
            for number in range(100):
                with pytest.raises(TokenRefused):
                    verifier.verify(a_token(kid=f"made-up-{number}"))
                verifier.verify(a_token())
            assert len(asked) == second
            now[0] += timedelta(seconds=1)


def test_made_up_key_ids_do_not_keep_a_service_from_learning_of_a_new_key() -> None:
    """Whoever sends them by the thousand would else have the good tokens of others refused after a rotation."""
    now, new = [NOW], OKPKey.generate_key("Ed25519")
    rotated = key_set(PUBLIC, PUBLIC | {"kid": "k2", "x": new.as_dict(private=False)["x"]})
    with a_server([key_set(PUBLIC), rotated]) as (url, _), Verifier(ISSUER, AUDIENCE, url, clock=lambda: now[0]) as verifier:
        for number in range(100):
            with pytest.raises(TokenRefused):
                verifier.verify(a_token(kid=f"made-up-{number}"))
        now[0] += timedelta(seconds=1)
        assert verifier.verify(a_token(key=new, kid="k2")).handle == "ann_2026"


def test_a_server_that_is_away_is_asked_less_often() -> None:
    now = [NOW]
    with a_server([(503, {}, "")]) as (url, asked), Verifier(ISSUER, AUDIENCE, url, clock=lambda: now[0]) as verifier:
        for _ in range(10):
            with pytest.raises(KeysUnavailable):
                verifier.verify(a_token())
            now[0] += timedelta(seconds=1)
    assert len(asked) == 2


def test_while_the_server_is_away_known_keys_do_for_an_hour() -> None:
    now = [NOW]
    token = a_token(claims(exp=int((NOW + timedelta(hours=3)).timestamp())))
    with a_server([key_set(PUBLIC), (503, {}, "")]) as (url, _), Verifier(ISSUER, AUDIENCE, url, clock=lambda: now[0]) as verifier:
        verifier.verify(token)
        now[0] += timedelta(minutes=59)
        verifier.verify(token)
        with pytest.raises(KeysUnavailable):
            verifier.verify(a_token(kid="k2"))
        now[0] += timedelta(minutes=2)
        with pytest.raises(KeysUnavailable):
            verifier.verify(token)


def test_keys_come_by_a_private_way_only() -> None:
    with pytest.raises(ValueError, match="https"):
        Verifier("http://auth.example.com", AUDIENCE)


async def test_many_tasks_and_many_threads_ask_for_the_keys_once() -> None:
    with a_server([key_set(PUBLIC)]) as (url, asked):
        async with AsyncVerifier(ISSUER, AUDIENCE, url, clock=lambda: NOW) as verifier:
            assert len({each.jti for each in await asyncio.gather(*(verifier.verify(a_token()) for _ in range(50)))}) == 1
        assert len(asked) == 1
        with Verifier(ISSUER, AUDIENCE, url, clock=lambda: NOW) as blocking:
            threads = [threading.Thread(target=blocking.verify, args=(a_token(),)) for _ in range(20)]
            for each in threads:
                each.start()
            for each in threads:
                each.join()
        assert len(asked) == 2


def rotate(server: Server) -> str:
    command = [sys.executable, "-m", "daemun", "keys", "rotate", "signing", "--now", "--json", "--data", str(server.folder / "data")]
    command += ["--database-url", server.database_url] if server.database_url else []
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment(), cwd=server.folder, timeout=120)
    return str(json.loads(done.stdout)["kid"])


def forged(token: str) -> list[str]:
    """What a thief would make of a good token: its claims under other keys and other words."""
    said = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    kid = json.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))["kid"]
    head, body, mark = token.split(".")
    return [
        a_token(said, key=STRANGER, kid=kid),
        a_token(said, key=STRANGER, kid="made-up"),
        a_token(said | {"sub": "master"}, key=STRANGER, kid=kid),
        f"{head}.{base64.urlsafe_b64encode(json.dumps(said | {'sub': 'master'}).encode()).rstrip(b'=').decode()}.{mark}",
        f"{head}.{body}.{'A' * len(mark)}",
    ]


@pytest.mark.processes
async def test_while_keys_rotate_no_good_token_is_refused_and_no_bad_one_accepted(server: Server) -> None:
    """RFC 8725 3.10; the second service knows nothing but issuer, audience and the published keys."""
    member, store, clock = somebody(server), MemoryStore(), Shifted()
    issuer = json.loads(base64.urlsafe_b64decode(_logged_in(server, store, clock, member.handle, member.password).split(".")[1] + "=="))[
        "iss"
    ]
    jwks, good, kids = f"{server.url}/.well-known/jwks.json", [pair_in(store).access.reveal()], set()
    rotating, refused = threading.Event(), list[str]()

    def service() -> None:
        with Verifier(issuer, AUDIENCE, jwks) as verifier:
            while not rotating.wait(0.02):
                for token in good:
                    try:
                        assert verifier.verify(token).handle == member.handle
                    except (TokenRefused, KeysUnavailable) as error:
                        refused.append(str(error))

    thread = threading.Thread(target=service)
    with Client(server.url, store=store, clock=clock) as client:
        async with AsyncVerifier(issuer, AUDIENCE, jwks) as other:
            thread.start()
            try:
                for _ in range(3):
                    kids.add(await asyncio.to_thread(rotate, server))
                    clock.advance(minutes=20)
                    await asyncio.to_thread(client.me)
                    good.append(pair_in(store).access.reveal())
                    assert len({(await other.verify(each)).jti for each in good}) == len(good)
                    for bad in forged(good[-1]):
                        with pytest.raises(TokenRefused):
                            await other.verify(bad)
            finally:
                rotating.set()
                thread.join()
    assert refused == []
    assert len(kids) == 3
    assert {str(each["kid"]) for each in httpx2.get(jwks).json()["keys"]} >= kids


def _logged_in(server: Server, store: MemoryStore, clock: Shifted, handle: str, password: str) -> str:
    with Client(server.url, store=store, clock=clock) as client:
        client.log_in(handle, password)
    return pair_in(store).access.reveal()
