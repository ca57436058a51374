"""What every reader shares: the form of an encoding, base64 in the alphabets that are about, digests long enough to mean something."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Check = Callable[[bytes], bool]
"""Whether these bytes are the password."""

SHORTEST_DIGEST: Final = 16
"""An empty digest would match everything, and one of a byte every 256th guess."""
LONGEST_DIGEST: Final = 128
HEX: Final = re.compile("(?:[0-9a-f]{2})+")
# Passlib writes a dot for the plus, what is safe in a URL has a minus and an underscore.
ALPHABETS: Final = str.maketrans(".-_", "++/")
NUMBER: Final = "[1-9][0-9]{0,8}"
SALT: Final = "[^$]{1,256}"


@dataclass(frozen=True, slots=True)
class Form:
    """How one system writes a scheme: a pattern with the groups `salt` and `digest`, and what these two are written in."""

    pattern: re.Pattern[str]
    salt: Callable[[str], bytes | None]
    digest: Callable[[str], bytes | None]

    def parts(self, encoded: str) -> tuple[re.Match[str], bytes, bytes] | None:
        """The match, the salt and a digest of a length that can be trusted."""
        form = self.pattern.fullmatch(encoded)
        if form is None or (salt := self.salt(form["salt"])) is None or (digest := self.digest(form["digest"])) is None:
            return None
        return (form, salt, digest) if SHORTEST_DIGEST <= len(digest) <= LONGEST_DIGEST else None


def base64(text: str) -> bytes | None:
    """Padded or not, in any of the alphabets; None when it is not base64."""
    plain = text.rstrip("=").translate(ALPHABETS)
    try:
        raw = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None
    return raw if b64encode(raw).decode().rstrip("=") == plain else None


def hexadecimal(text: str) -> bytes | None:
    return bytes.fromhex(text) if HEX.fullmatch(text) else None
