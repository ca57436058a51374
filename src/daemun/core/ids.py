"""Identifiers that sort by the time they were made."""

from __future__ import annotations

from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
PAIRS = [one + two for one in ALPHABET for two in ALPHABET]
RANDOM_BYTES = 10
TIME_LETTERS = 10


def ulid(now: datetime, random: bytes) -> str:
    """26 characters: 48 bits of milliseconds, then 80 bits of chance."""
    if len(random) != RANDOM_BYTES:
        raise ValueError("a ULID takes 10 random bytes")
    number = int(now.timestamp() * 1000) << 80 | int.from_bytes(random, "big")
    return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])  # by twos: half the steps


def dated(id_: str, at: datetime) -> str:
    """The same chance at another moment: for whoever joined long before they came here, and is sorted by it."""
    return ulid(at, bytes(RANDOM_BYTES))[:TIME_LETTERS] + id_[TIME_LETTERS:]
