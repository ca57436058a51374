"""PBKDF2 as Django, Werkzeug and passlib write it, and of Keycloak: `$keycloak-pbkdf2-sha512$i=27500$salt$digest`."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from daemun.adapters.foreign.fields import NUMBER, SALT, Check, Form, base64, hexadecimal

FORMS: Final = (
    Form(
        re.compile(rf"pbkdf2_(?P<name>sha1|sha256|sha512)\$(?P<rounds>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>[^$]+)"), str.encode, base64
    ),
    Form(
        re.compile(rf"pbkdf2:(?P<name>sha1|sha256|sha512):(?P<rounds>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>.+)"), str.encode, hexadecimal
    ),
    Form(re.compile(rf"\$pbkdf2(?:-(?P<name>sha256|sha512))?\$(?P<rounds>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>[^$]+)"), base64, base64),
    Form(
        re.compile(rf"\$keycloak-pbkdf2(?:-(?P<name>sha256|sha512))?\$i=(?P<rounds>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>[^$]+)"),
        base64,
        base64,
    ),
)
MOST_ROUNDS: Final = 3_000_000
"""For all blocks of the digest together: 0.5 s of SHA-256, 1.5 s of SHA-512. Django has 1.2 million, ASVS asks for 600,000."""


def read(encoded: str) -> Check | None:
    return next((check for form in FORMS if (check := _read(form, encoded))), None)


def _read(form: Form, encoded: str) -> Check | None:
    if (parts := form.parts(encoded)) is None:
        return None
    found, salt, digest = parts
    name, rounds, length = found["name"] or "sha1", int(found["rounds"]), len(digest)
    blocks = -(-length // hashlib.new(name, usedforsecurity=False).digest_size)
    if rounds * blocks > MOST_ROUNDS:
        return None
    return lambda password: hmac.compare_digest(hashlib.pbkdf2_hmac(name, password, salt, rounds, length), digest)
