"""What a handle, an e-mail address and a name may look like. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from daemun.core.errors import Flaw

HANDLE = r"^[a-zA-Z0-9_]{4,20}$"
GIVEN_HANDLE = re.compile(r"[a-zA-Z0-9._-]{2,50}")
"""Made by an administrator or an import: TE's `john.doe`."""
RESERVED = frozenset(
    [
        "abuse",
        "admin",
        "administrator",
        "anonymous",
        "api",
        "audit",
        "daemun",
        "everyone",
        "guest",
        "help",
        "hostmaster",
        "info",
        "master",
        "me",
        "moderator",
        "nobody",
        "null",
        "operator",
        "owner",
        "postmaster",
        "root",
        "security",
        "service",
        "staff",
        "superuser",
        "support",
        "sysadmin",
        "system",
        "undefined",
        "user",
        "webmaster",
    ]
)
# No question mark: `=?utf-8?q?a=2Cb?=` is an encoded word to mail programs and libraries, which read other letters in it than we do.
EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"


def flaws_of_given(handle: str, email: str, name: str) -> Iterator[Flaw]:
    """What is wrong with a person whom somebody else writes down."""
    if not GIVEN_HANDLE.fullmatch(handle):
        yield Flaw("user_id", "handle_form")
    if not is_email(email):
        yield Flaw("email", "email_form")
    if not is_name(name):
        yield Flaw("name", "name_form")


def is_email(text: str) -> bool:
    return len(text) <= 254 and re.fullmatch(EMAIL, text) is not None


def is_name(text: str) -> bool:
    return 2 <= len(text.strip()) <= 100 and text.isprintable()


def name_key(name: str) -> str:
    """By which a person is found: case and width do not matter, and no more than a hundred characters are looked at."""
    return unicodedata.normalize("NFKC", name).casefold().strip()[:100]


def is_reserved(key: str) -> bool:
    """Handles that would speak for the house: nobody signs up as one."""
    return key in RESERVED
