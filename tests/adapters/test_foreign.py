"""Hashes that other systems made: published ones, and ones that the real packages wrote (November 2026)."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemun.adapters.foreign import from_firebase, from_keycloak, known, verify

MARU = "Maru-Bada-72!"
# https://github.com/firebase/scrypt, README
FIREBASE = from_firebase(
    hashed="lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==",
    salt="42xEC+ixf3L2lw==",
    separator="Bw==",
    key="jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
    rounds=8,
    memory=14,
)
# What Keycloak 25 and 26 exported for these passwords, found in public realm files.
KEYCLOAK_ARGON2 = from_keycloak(
    '{"hashIterations":5,"algorithm":"argon2","additionalParameters":'
    '{"hashLength":["32"],"memory":["7168"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}',
    '{"value":"xKjWvB9+0sSP6wTqI1JoEI7w+iA0x9VDhPgmrOHRG80=","salt":"LRScGShC7shkdoU5B1UgUQ==","additionalParameters":{}}',
)
KEYCLOAK_SHA256 = from_keycloak(
    '{"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}}',
    '{"value":"RITBVPdh5pvXOa4JzJ5pZTE0rG96zhnQNmSsKCf83aU=","salt":"drB9e5Smf3cbfUfF3FUerw==","additionalParameters":{}}',
)
# Made with hashlib, for want of a published one: 64 bytes, as Keycloak's default is.
KEYCLOAK_SHA512 = from_keycloak(
    '{"hashIterations":27500,"algorithm":"pbkdf2-sha512"}',
    '{"value":"2HLvQZYTau1yj1dtgVS3xZBDcdJebKIHLG8F0KbYNJYkHD3qgIjV2Daa9a6cIYA6BwrMgTK1BSgbUk+77Pol4g==","salt":"AAECAwQFBgcICQoLDA0ODw=="}',
)
PUBLISHED = [
    # crypt_blowfish by Solar Designer, wrapper.c
    ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
    ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
    # John the Ripper and CMS converters, phpass vectors
    ("openwall", "$P$900000000m6YEJzWtTmNBBL4jypbHv1"),
    ("password", "$P$B9wyjxuU4yrfjnnHNGSzH9ti9CC0Os1"),
    ("&^%te$t?Pw@_", "$P$BjzPjjzPjrAOyB1V0WFdpisgCTFx.N/"),
    ("abcdefghi", "$H$9saltstriSUQTD.yC2WigjF8RU0Q.Z."),
    ("123456789", "$H$993WP3hbzy0N22X06wxrCc3800D2p41"),
    # WordPress 7.1, as PHP verifies it in a public demo of PHP in WebAssembly
    ("admin", "$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES"),
    ("password", "{ssha512}dOeDLmVpHJThhHeag10Hm2g4T7s3SBE6rGHcXUolXJHVufY4qT782rwZ/0XE6cuLcBZ0KpnwmUzRpAEtZBdv+JYEEtZQs/uC"),
    ("user1password", FIREBASE),
    ("secret", KEYCLOAK_ARGON2 or ""),
    ("password", KEYCLOAK_SHA256 or ""),
]
MADE = [
    # bcrypt 4.3.0
    "$2a$06$cQgOGAmFqucUrwqAMVBYUu2Xq5/xIJVQv7YpSUOsMZE.gU4Tz75nK",
    # Django 5.2.19, the first two with 5,000 iterations, bcrypt with 6 rounds
    "pbkdf2_sha256$5000$mNFxAFjfjF4xyqkGFVVSRm$WDaPtN6GCd9SAYP5r2qK0mkkK/hY3r6jb3vTbJwiG18=",
    "pbkdf2_sha1$5000$VuD55yC3gOB64xetrkgUNN$oL9UpAS3SKXsGbuI7addoIGyc+Y=",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$cnI4OWJZRWJHQm9mTHVrREVaZVZsbg$6BRDh18lEDs7yXWLkYwwbCDBgwilzZ0EHnkXeHUYgNQ",
    "bcrypt_sha256$$2b$06$H/v8GamhGqdzNdBpvGqFBuNOP1Z8aVQ4pnP3gEvpKaec8GS8T.woG",
    "bcrypt$$2b$06$EKDZIbmShZYpw3BBvuTUA.mWA6aJRbshgR5MwGiRsnAUxXzNNg58a",
    "scrypt$16384$vokUC9qb3NelHGe78LAmOP$8$5$XSVtNEIYxxlTsCTcPgrYoWwke+yip8XBWIkz/NL6ZlLHGzmXfzJ/Kt1AqzMo2ya3HtMEsjll7ajq3hCaUAA6Bg==",
    # Werkzeug 3.1.9
    "pbkdf2:sha256:5000$qMlPByMzTLH1bkoj$dd21047717ee85fd45eeeabffe8ddc1715f1e95f2de51885a0b9df95aad406ea",
    "pbkdf2:sha1:5000$k0WzR7D3UL3MmaeD$b03e07e52cf0e585db164a64267670ea15ef9f79",
    "pbkdf2:sha512:5000$vbEiyYeIPKWJqMrd$b178bc302e397a84ff4ce1cdc2a3445d8f33999d12ea9b377e48477078b92c17"
    "270cda2a2863bd8083a5af6a2e229a4fa3d6aaf6112309a0422f7fa64e107d3b",
    "scrypt:32768:8:1$fcnB8bx6NnXjR5kn$1f8a92f0df0732af762a234aac7e2d9c23fa89c0fb56bd5e0f8c9360a3f9ef00"
    "7ebad6eba1fa727e5b6f5921d6a81e0ef71cf044e21a79e3d44e996cc42369ca",
    # passlib 1.7.4
    "$pbkdf2-sha256$5000$c86ZM4aQEuK8N.bcO2fsvQ$qKbBBw36lcM9HvcW3dZ5i26XyFC.DtRnXtFU5r7msJg",
    "$pbkdf2$5000$dA4BQCjFWEuJkVJKKcW4tw$cCZww8GsIU3MUDX/Nii6XBLLISk",
    "$pbkdf2-sha512$5000$AWBMaQ2hlPI.R8i5FyIkpA$SNnB8zUkLXfbKjRj98pmms5FfCNR5BZSQUx39Vf74kBLiuPQiXPi5/XG.CkcjFajxDzCjHvVMV4rPdEisv3E1g",
    "$scrypt$ln=12,r=8,p=1$ktJai5Ey5nzv3ftfy9mbUw$ScThr41DsoO71/1sz1hP4qmLZ5w9cjAlVPGzMjrxwgQ",
    "$P$9Dc2zr2L4QsG72hPirjAcZ/RbbPWv4.",
    "{SSHA}zOvDGOI/JIdaaacW4rjGPOJgdx/Qem8N",
    "{SSHA256}JPfiTXZOEezc2MZ1eI3+zXafPRCqct7oEcti9Nv5WdRZK+XcuxeidA==",
    "{SHA}X7Thg2ZK5gj8Km4sxenYIph/SGg=",
    # argon2-cffi 25.1.0
    "$argon2i$v=19$m=4096,t=3,p=2$N8h3rR+W3f1puAtUqfpL4A$EquueYPDMJVc997X+6D9OsFmh9dDGojDUHu9cd2SEd4",
    "$argon2id$v=19$m=4096,t=3,p=2$rcOs1XELNGx5XWeT7bWmrA$bcwsrKMYM+JQ5KhyFy0LxzaV/TGUfLlsywf81BicOJ0",
    KEYCLOAK_SHA512 or "",
]
CHEAP = [each for each in MADE if "argon2" not in each and not each.startswith(("scrypt", "$scrypt"))]
SHORT, LONG = base64.b64encode(bytes(32)).decode().rstrip("="), base64.b64encode(bytes(64)).decode()
BCRYPT_END = "CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"


@pytest.mark.parametrize(("password", "encoded"), [*PUBLISHED, *((MARU, each) for each in MADE)])
def test_the_password_of_an_imported_account_matches_and_no_other(password: str, encoded: str) -> None:
    assert known(encoded)
    assert verify(password.encode(), encoded)
    assert not verify(f"{password}?".encode(), encoded)
    assert not verify(f"?{password}".encode(), encoded)


@pytest.mark.parametrize(
    ("password", "encoded"),
    [
        # passlib 1.7.4 and bcrypt 4.3.0, over what WordPress and phpBB make of the password before they hash it
        ('O\'Brien "Maru" 72', "$P$6E3L2fDdHha/jnstJMu7NoOD.7L.Zv0"),
        ("  O'Brien 72 ", "$wp$2b$04$zxK/oBOAL8TZiyCHSwkt0eoLpVw4jxSKo62BzIeqYUbjvd45izkQ2"),
        ("Maru & <Bada> 72", "$H$6eKxxLNngkHcQCOuhNKdtulqBYJqEy0"),
    ],
)
def test_a_password_that_its_system_had_respelled_matches_as_it_was_typed(password: str, encoded: str) -> None:
    assert verify(password.encode(), encoded)
    assert not verify(password.lower().encode(), encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        f"$2b$15${BCRYPT_END}",
        f"$2b$31${BCRYPT_END}",
        f"$2b$03${BCRYPT_END}",
        f"$wp$2y$99${BCRYPT_END}",
        "$P$F9wyjxuU4yrfjnnHNGSzH9ti9CC0Os1",
        "$P$z9wyjxuU4yrfjnnHNGSzH9ti9CC0Os1",
        f"pbkdf2_sha256$3000001$salt${SHORT}",
        f"pbkdf2_sha256$999999999999999$salt${SHORT}",
        f"pbkdf2:sha256:999999999$salt${'00' * 32}",
        f"$keycloak-pbkdf2-sha256$i=2000000$c2FsdA==${LONG}",
        f"scrypt$1073741824$salt$8$1${LONG}",
        f"scrypt$262144$salt$8$3${LONG}",
        f"scrypt$2$salt$99999999$1${LONG}",
        f"scrypt$2$salt$1$99999999${LONG}",
        f"scrypt$1000$salt$8$1${LONG}",
        f"scrypt:1048576:8:1$salt${'00' * 64}",
        f"$scrypt$ln=99,r=8,p=1$c2FsdHNhbHQ${SHORT}",
        f"$firebase-scrypt$ln=40,r=8$c2FsdA==$Bw==${LONG}${LONG}",
        f"$argon2id$v=19$m=4194304,t=1,p=1${SHORT}${SHORT}",
        f"$argon2id$v=19$m=19456,t=999999999,p=1${SHORT}${SHORT}",
        f"$argon2id$v=19$m=128,t=8192,p=16${SHORT}${SHORT}",
        f"argon2$argon2id$v=19$m=65536,t=2,p=255${SHORT}${SHORT}",
    ],
)
def test_a_hash_that_would_take_a_server_down_is_refused(encoded: str) -> None:
    assert not known(encoded)
    assert not verify(b"password", encoded)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "!",
        "*",
        "password",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "pbkdf2_sha256$5000$salt$",
        "pbkdf2_sha256$0$salt$" + SHORT,
        "pbkdf2_sha256$٣٠٠$salt$" + SHORT,
        "pbkdf2_sha256$5000$$" + SHORT,
        "pbkdf2_sha256$5000$salt$AA==",
        "pbkdf2_md5$5000$salt$" + SHORT,
        "pbkdf2:sha256$salt$" + "00" * 32,
        "pbkdf2:sha256:5000$salt$ " + "00" * 32,
        "scrypt:32768:8:1$salt$0",
        "{SSHA}X7Thg2ZK5gj8Km4sxenYIph/SGg=",
        "{SHA}zOvDGOI/JIdaaacW4rjGPOJgdx/Qem8N",
        "{SSHA}",
        "{SSHA}AAAA",
        "{CRYPT}" + "$2b$06$" + BCRYPT_END,
        "$2b$06$" + BCRYPT_END + "\n",
        "$2b$06$CCCCCCCCCCCCCCCCCCCCCCE5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$AAAA$" + LONG,
        "$argon2id$v=19$m=4096,t=3,p=2$AAAA$" + SHORT,
        "$argon2id$v=19$m=8,t=3,p=2$" + f"{SHORT}${SHORT}",
        "pepper=00000000$argon2id$v=19$m=19456,t=2,p=1$" + f"{SHORT}${SHORT}",
        "{SSHA}" + "A" * 2000,
    ],
)
def test_an_importer_is_told_which_hashes_nobody_can_log_in_with(encoded: str) -> None:
    assert not known(encoded)
    assert not verify(b"", encoded)


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=80),
    prefix=st.sampled_from(["", *(each[: each.find("$", 1) + 1] for each in MADE), "{SSHA}", "{SHA512}", "$wp$2y$"]),
)
def test_no_text_makes_reading_fail(text: str, prefix: str) -> None:
    assert not verify(b"password", prefix + text)


@settings(max_examples=150, deadline=None)
@given(encoded=st.sampled_from(CHEAP), data=st.data(), password=st.binary(max_size=100))
def test_a_damaged_hash_matches_nothing_and_raises_nothing(encoded: str, data: st.DataObject, password: bytes) -> None:
    place = data.draw(st.integers(0, len(encoded) - 1))
    damaged = encoded[:place] + data.draw(st.text(max_size=2)) + encoded[place + 1 :]
    assert not verify(password, damaged)


@settings(max_examples=60, deadline=None)
@given(password=st.binary(max_size=4096), encoded=st.sampled_from(CHEAP))
def test_no_password_makes_checking_fail(password: bytes, encoded: str) -> None:
    assert verify(password, encoded) is (password == MARU.encode())


def test_a_password_with_a_nul_is_not_the_one_it_goes_round_to() -> None:
    """The key of bcrypt is repeated with a NUL between: "a\\0a" would have the hash of "a"."""
    encoded = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    assert verify(b"U*U", encoded)
    assert not verify(b"U*U\0U*U", encoded)


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha384", "sha512"])
def test_every_digest_of_a_directory_is_read(name: str) -> None:
    digest, title = hashlib.new(name, b"password").digest(), name.upper().removesuffix("1")
    assert verify(b"password", f"{{{title}}}" + base64.b64encode(digest).decode())
    salted = hashlib.new(name, b"passwordsalt").digest() + b"salt"
    assert verify(b"password", f"{{S{title}}}" + base64.b64encode(salted).decode())


@pytest.mark.parametrize(
    ("credential", "secret"),
    [
        ("", ""),
        ("[]", "{}"),
        ("{}", '{"salt": "", "value": ""}'),
        ('{"algorithm": "HmacSHA1", "hashIterations": 1}', '{"salt": "AAAA", "value": "AAAA"}'),
        ('{"algorithm": "argon2", "hashIterations": 1}', '{"salt": "AAAA", "value": "AAAA"}'),
        (json.dumps({"algorithm": "argon2", "hashIterations": 5, "additionalParameters": {"version": "9"}}), '{"salt": 1, "value": 2}'),
    ],
)
def test_a_credential_that_is_no_password_has_no_encoding(credential: str, secret: str) -> None:
    assert from_keycloak(credential, secret) is None
