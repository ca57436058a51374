"""Refresh tokens: how they are written, recognised, and judged. Pure.

`dr1.<family>.<number>.<key id>.<mac>`: nothing in it is secret but the mac, and nothing of it is stored. Each successor follows from
family, number and key, so an answer that was lost can be given again without having been kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from daemun.core.secret import Secret
from daemun.features.sessions.macs import mac
from daemun.features.sessions.models import Family

FORM: Final = re.compile(r"dr1\.([0-7][0-9A-HJKMNP-TV-Z]{25})\.([1-9][0-9]{0,9})\.([A-Za-z0-9_-]{1,40})\.([A-Za-z0-9_-]{43})")
LONGEST: Final = 160
JTI_LENGTH: Final = 22  # 132 bits

Judgement = Literal["next", "again", "ended", "expired", "idle", "replayed"]


@dataclass(frozen=True, slots=True)
class Presented:
    """What a token says of itself: worth nothing until `is_genuine`."""

    family: str
    number: int
    key_id: str
    text: Secret


def refresh_text(family: str, number: int, key_id: str, key: bytes) -> str:
    said = f"dr1.{family}.{number}.{key_id}"
    return f"{said}.{mac(key, 'refresh token', said)}"


def parse_refresh(text: str) -> Presented | None:
    """None unless it is written in the one way we write it."""
    form = FORM.fullmatch(text) if len(text) <= LONGEST else None
    return Presented(form[1], int(form[2]), form[3], Secret(text)) if form else None


def is_genuine(presented: Presented, key: bytes) -> bool:
    return presented.text.matches(Secret(refresh_text(presented.family, presented.number, presented.key_id, key)))


def jti_of(family: Family, key: bytes) -> str:
    """The same pair has the same id; the next pair has another."""
    return mac(key, "access id", family.id, str(family.number), family.used_at.astimezone(UTC).isoformat())[:JTI_LENGTH]


def client_mark(family_id: str, key: bytes, *parts: str) -> str:
    """Tells whether two clients of a family are the same, and nothing else to whoever reads the table."""
    return mac(key, "client mark", family_id, *parts)


def judge(family: Family, presented: Presented, *, same_client: bool, now: datetime, grace: timedelta) -> Judgement:
    """What becomes of a family when a genuine token of it is presented."""
    if family.ended_at is not None:
        return "ended"
    if now >= family.expires_at:
        return "expired"
    if now >= family.idle_until:
        return "idle"
    if presented.number == family.number:
        # Another key under the same number is a second history of this family, as after a restored backup.
        return "next" if presented.key_id == family.mac_key_id else "replayed"
    # The number before the current one, and the current one not used yet: its answer may have been lost, or two tabs asked at once.
    # The clock is taken before a lock is waited for, so the second of two may be "earlier" than the first.
    if presented.number == family.number - 1 and same_client and abs(now - family.rotated_at) <= grace:
        return "again"
    return "replayed"
