"""Taking out of text what must not be in a log, whoever wrote it there."""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "***"
QUERY: Final = re.compile(r"(\?)[^\s\"'<>#)\]]+")
"""All of a query: the tokens of links stand there, and addresses of people."""
BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
LOGIN: Final = re.compile(r"(\w+://)[^/\s@]*@")
JWT: Final = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


def scrubbed(text: str) -> str:
    """Without queries, tokens, logins in URLs and mail addresses."""
    for pattern, instead in (
        (LOGIN, rf"\1{MASK}@"),
        (QUERY, rf"\1{MASK}"),
        (BEARER, rf"\1 {MASK}"),
        (JWT, MASK),
        (MAIL, MASK),
    ):
        text = pattern.sub(instead, text)
    return text
