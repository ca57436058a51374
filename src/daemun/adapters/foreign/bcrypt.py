"""bcrypt by itself, as Django writes it (`bcrypt$…`, `bcrypt_sha256$…`), and as WordPress does since 6.8 (`$wp$2y$…`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from typing import Final

import bcrypt

from daemun.adapters.foreign import spellings
from daemun.adapters.foreign.fields import Check

FORM: Final = re.compile(r"(bcrypt\$|bcrypt_sha256\$|\$wp)?(\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{21}[.Oeu])([./A-Za-z0-9]{31})")
CHEAPEST: Final = 4
DEAREST: Final = 14
"""0.8 s of one core; each step more doubles it. WordPress has up to three spellings to try, and only for passwords with quotes."""
MOST_BYTES: Final = 72


def read(encoded: str) -> Check | None:
    form = FORM.fullmatch(encoded)
    if form is None or not CHEAPEST <= int(form[3]) <= DEAREST:
        return None
    seen, setting, digest = SEEN[form[1] or ""], form[2].encode(), form[4].encode()
    return lambda password: any(_matches(each, setting, digest) for each in seen(password))


def _matches(secret: bytes, setting: bytes, digest: bytes) -> bool:
    # The C implementations stop at a NUL, and as the key goes round, "a\0a" has the hash of "a": nobody has set such a password.
    return b"\0" not in secret and hmac.compare_digest(bcrypt.hashpw(secret, setting)[len(setting) :], digest)


def _first_bytes(password: bytes) -> Iterable[bytes]:
    # The imported hash saw no more than 72 bytes, so no more can be asked of its owner, once. At that login the *whole* password goes into
    # the new hash, and from then on byte 73 counts (NIST SP 800-63B-4 3.1.1.2). The library raises rather than cut by itself.
    return (password[:MOST_BYTES],)


def _hexdigest(password: bytes) -> Iterable[bytes]:
    return (hashlib.sha256(password).hexdigest().encode(),)


def _wordpress(password: bytes) -> Iterable[bytes]:
    return (base64.b64encode(hmac.digest(b"wp-sha384", each, "sha384")) for each in spellings.wordpress(password))


SEEN: Final[dict[str, Callable[[bytes], Iterable[bytes]]]] = {
    "": _first_bytes,
    "bcrypt$": _first_bytes,
    "bcrypt_sha256$": _hexdigest,
    "$wp": _wordpress,
}
"""What bcrypt got to see of a password."""
