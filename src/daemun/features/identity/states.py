"""The one table of what may become of an account, and by whose hand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Status = Literal["NORMAL", "SLEEP", "DELETED", "BANNED"]
MoveName = Literal["ban", "lift", "sleep", "wake", "delete", "restore", "erase"]
By = Literal["admin", "owner", "system", "nobody"]
Why = Literal["status", "actor", "protected", "active", "until", "early", "late", "held"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision rests on, read from the locked row."""

    status: Status
    before_deletion: Status | None = None
    until: datetime | None = None
    left_at: datetime | None = None
    is_held: bool = False
    is_idle: bool = False
    is_protected: bool = False
    """Whether the house needs this very person: the last master."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change that is allowed, and all that goes with it."""

    name: MoveName
    to: Status | None
    """None: the person is gone."""
    event: str
    letter: str
    ends_sessions: bool


@dataclass(frozen=True, slots=True)
class Illegal:
    why: Why


@dataclass(frozen=True, slots=True)
class Row:
    hands: Mapping[Status, frozenset[By]]
    """Who may do it, by the status it starts from."""
    to: Status | None
    event: str
    letter: str
    ends_sessions: bool


def _by(*hands: By) -> frozenset[By]:
    return frozenset(hands)


TABLE: Final[Mapping[MoveName, Row]] = {
    "ban": Row({"NORMAL": _by("admin"), "SLEEP": _by("admin")}, "BANNED", "account.suspend", "account_suspended", ends_sessions=True),
    "lift": Row({"BANNED": _by("admin", "system")}, "NORMAL", "account.lift", "account_lifted", ends_sessions=False),
    "sleep": Row({"NORMAL": _by("system")}, "SLEEP", "account.sleep", "account_asleep", ends_sessions=True),
    "wake": Row({"SLEEP": _by("owner")}, "NORMAL", "account.wake", "account_awake", ends_sessions=False),
    "delete": Row(
        {"NORMAL": _by("owner", "admin"), "SLEEP": _by("owner", "admin"), "BANNED": _by("admin")},
        "DELETED",
        "account.delete",
        "account_deleted",
        ends_sessions=True,
    ),
    "restore": Row({"DELETED": _by("owner", "admin")}, "NORMAL", "account.restore", "account_restored", ends_sessions=False),
    "erase": Row({"DELETED": _by("system", "admin")}, None, "account.erase", "account_erased", ends_sessions=True),
}


def decide(
    situation: Situation, name: MoveName, by: By, *, now: datetime, erase_after: timedelta, until: datetime | None = None
) -> Move | Illegal:
    """The move, or the first reason against it. `until` is the end that is asked for a ban."""
    row = TABLE[name]
    hands = row.hands.get(situation.status)
    if hands is None:
        return Illegal("status")
    if by not in hands:
        return Illegal("actor")
    if why := _against(situation, name, by, now, erase_after, until):
        return Illegal(why)
    # Deletion is no way out of a ban.
    to = "BANNED" if name == "restore" and situation.before_deletion == "BANNED" else row.to
    return Move(name, to, row.event, row.letter, row.ends_sessions)


def _against(situation: Situation, name: MoveName, by: By, now: datetime, erase_after: timedelta, until: datetime | None) -> Why | None:
    is_due = _is_due(situation, now, erase_after)
    reasons: Mapping[Why, bool] = {
        "protected": situation.is_protected and name in ("ban", "sleep", "delete"),
        "until": name == "ban" and until is not None and until <= now,
        "active": name == "sleep" and not situation.is_idle,
        "held": name == "erase" and situation.is_held,
        "late": name == "restore" and is_due,
        "early": by == "system" and ((name == "lift" and not is_served(situation.until, now)) or (name == "erase" and not is_due)),
    }
    return next((why for why, holds in reasons.items() if holds), None)


def is_served(until: datetime | None, now: datetime) -> bool:
    """Whether a suspension with an end has come to it."""
    return until is not None and until <= now


def _is_due(situation: Situation, now: datetime, erase_after: timedelta) -> bool:
    """Whether the time to come back is over."""
    return situation.left_at is not None and situation.left_at + erase_after <= now
