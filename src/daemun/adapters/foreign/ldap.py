"""What directories keep: `{SSHA}`, `{SSHA256}`, `{SSHA384}`, `{SSHA512}`, and `{SHA}` and its sisters without a salt."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from daemun.adapters.foreign.fields import Check, base64

# Names of schemes are written in either case.
FORM: Final = re.compile(r"\{(S?)SHA(|256|384|512)\}(.+)", re.IGNORECASE)
LONGEST_SALT: Final = 64


def read(encoded: str) -> Check | None:
    form = FORM.fullmatch(encoded)
    if form is None or (raw := base64(form[3])) is None:
        return None
    name = f"sha{form[2] or 1}"
    length = hashlib.new(name, usedforsecurity=False).digest_size
    digest, salt = raw[:length], raw[length:]
    if len(digest) < length or bool(salt) != bool(form[1]) or len(salt) > LONGEST_SALT:
        return None
    return lambda password: hmac.compare_digest(hashlib.new(name, password + salt, usedforsecurity=False).digest(), digest)
