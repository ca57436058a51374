"""What is about to be sealed is made short, with words that nearly everything of its kind says. Pure.

Each part is shortened by itself: what belongs to one person never shortens, by being alike, what belongs to another.
"""

from __future__ import annotations

import zlib
from typing import Final

__all__ = ["lengthened", "shortened"]

LONGEST: Final = 2**24
MARK: Final = b"\x01"
"""JSON never begins so."""
WINDOW: Final = -10
"""A kibibyte, without a header: all of the words below, and a compressor that is begun in a few microseconds."""
WORDS: Final = (
    b"KAKAOTALK NAVER(inapp; search; Whale/SamsungBrowser/OPR/Edg/Firefox/Gecko/20100101 rv:Version/ Mobile/15E148 curl/python-httpx/"
    b"(iPhone; CPU iPhone OS 18_0 like Mac OS X) (Macintosh; Intel Mac OS X 10_15_7) (Linux; Android 10; K) (X11; Linux x86_64) "
    b"(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/"
    b'{"reason":""handle":"user:GETPUTDELETEPATCH/api/v1/auth/refresh/me"{"details":{"remember":false,"by":"tokens"}}'
    b'{"address":"192.168.0.127.0.0.1","agent":"Mozilla/5.0 (.0.0.0 Safari/537.36","method":"POST","path":"/auth/login","session":"'
    b'"resource":"session:01'
)
"""For ever: what was shortened with them is read with them. Other words are another mark."""
_begun: Final = zlib.compressobj(6, zlib.DEFLATED, WINDOW, 1, zlib.Z_DEFAULT_STRATEGY, WORDS)


def shortened(data: bytes) -> bytes:
    """As it was, where it gets no shorter."""
    deflate = _begun.copy()
    short = MARK + deflate.compress(data) + deflate.flush()
    return short if len(short) < len(data) else data


def lengthened(data: bytes) -> bytes:
    """What `shortened` was given. Raises `ValueError`."""
    if not data.startswith(MARK):
        return data
    inflate = zlib.decompressobj(WINDOW, WORDS)
    try:
        found = inflate.decompress(data[len(MARK) :], LONGEST)
    except zlib.error as error:
        raise ValueError("no shortened part") from error
    if not inflate.eof or inflate.unused_data:
        raise ValueError("half a part, or more than one")
    return found
