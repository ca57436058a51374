"""Argon2 with any parameters, by itself or as Django writes it (`argon2$argon2id$…`)."""

from __future__ import annotations

import re
from typing import Final

from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, verify_secret

from daemun.adapters.argon2id import Cost
from daemun.adapters.foreign.fields import NUMBER, Check, Form, base64

FORM: Final = Form(
    re.compile(
        rf"(?:argon2)?\$argon2(?P<type>id|i|d)\$(?:v=(?:16|19)\$)?m=(?P<memory>{NUMBER}),t=(?P<passes>{NUMBER}),p=(?P<lanes>{NUMBER})"
        r"\$(?P<salt>[^$=]+)\$(?P<digest>[^$=]+)"
    ),
    base64,
    base64,
)
TODAYS: Final = "$argon2id$v=19$"
TYPES: Final = {"id": Type.ID, "i": Type.I, "d": Type.D}
MOST_MEMORY: Final = 256 * 1024
"""In KiB. The "moderate" of libsodium fits; its "sensitive" (1 GiB) and the 2 GiB of RFC 9106 would exhaust a small server."""
MOST_WORK: Final = 4 * MOST_MEMORY
"""Memory times passes: about a second of one core."""
SHORTEST_SALT: Final = 8
MOST_PASSES: Final = 64
MOST_LANES: Final = 16
"""Each starts four threads a pass: 8192 passes over 128 KiB took half a minute."""


def read(encoded: str) -> Check | None:
    parts = FORM.parts(encoded)
    if parts is None or not _affordable(parts[0], len(parts[1])):
        return None
    form, salt, digest = parts
    hashed, kind = encoded.removeprefix("argon2"), TYPES[form["type"]]
    if hashed.startswith(TODAYS):
        cost = Cost(int(form["passes"]), int(form["memory"]), int(form["lanes"]))
        return lambda password: cost.matches(password, salt, digest)
    return lambda password: _matches(password, hashed.encode(), kind)


def _affordable(form: re.Match[str], salt: int) -> bool:
    memory, passes, lanes = int(form["memory"]), int(form["passes"]), int(form["lanes"])
    is_bounded = memory <= MOST_MEMORY and memory * passes <= MOST_WORK and passes <= MOST_PASSES and lanes <= MOST_LANES
    return is_bounded and memory >= 8 * lanes and salt >= SHORTEST_SALT


def _matches(password: bytes, hashed: bytes, kind: Type) -> bool:
    try:
        return verify_secret(hashed, password, kind)
    except VerifyMismatchError:
        return False
