"""scrypt as Django (`scrypt$N$salt$r$p$digest`), Werkzeug (`scrypt:N:r:p$salt$digest`) and passlib (`$scrypt$ln=…`) write it."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Final

from daemun.adapters.foreign.fields import NUMBER, SALT, Check, Form, base64, hexadecimal

FORMS: Final = (
    Form(
        re.compile(rf"scrypt\$(?P<n>{NUMBER})\$(?P<salt>{SALT})\$(?P<r>{NUMBER})\$(?P<p>{NUMBER})\$(?P<digest>[^$]+)"), str.encode, base64
    ),
    Form(re.compile(rf"scrypt:(?P<n>{NUMBER}):(?P<r>{NUMBER}):(?P<p>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>.+)"), str.encode, hexadecimal),
    Form(
        re.compile(rf"\$scrypt\$ln=(?P<log_n>[0-9]{{1,2}}),r=(?P<r>{NUMBER}),p=(?P<p>{NUMBER})\$(?P<salt>{SALT})\$(?P<digest>[^$]+)"),
        base64,
        base64,
    ),
)
MOST_MEMORY: Final = 256 * 2**20
MOST_WORK: Final = 2**22
"""N times r times p: about a second of one core. ASVS asks for a quarter of it."""
MOST_R: Final = 64
"""What p costs in memory is bounded with it."""


def read(encoded: str) -> Check | None:
    return next((check for form in FORMS if (check := _read(form, encoded))), None)


def affordable(*, n: int, r: int, p: int) -> bool:
    is_power = n > 1 and n & (n - 1) == 0
    return is_power and r <= MOST_R and p <= MOST_R and 128 * n * r <= MOST_MEMORY and n * r * p <= MOST_WORK


def stretched(password: bytes, salt: bytes, *, n: int, r: int, p: int, length: int) -> bytes:
    # OpenSSL refuses what needs more than 32 MiB unless it is told: the big table, a block a lane, and two to work with.
    return hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 4), dklen=length)


def _read(form: Form, encoded: str) -> Check | None:
    if (parts := form.parts(encoded)) is None:
        return None
    found, salt, digest = parts
    cost = found.groupdict()
    n, r, p = int(cost["n"]) if "n" in cost else 1 << int(cost["log_n"]), int(cost["r"]), int(cost["p"])
    if not affordable(n=n, r=r, p=p):
        return None
    return lambda password: hmac.compare_digest(stretched(password, salt, n=n, r=r, p=p, length=len(digest)), digest)
