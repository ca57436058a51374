"""The table of moves, against one written down by other hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.features.identity.states import By, Illegal, Move, MoveName, Situation, Status, decide

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MONTH = timedelta(days=30)
LEGAL: set[tuple[str, str, str]] = {
    ("NORMAL", "ban", "admin"),
    ("SLEEP", "ban", "admin"),
    ("BANNED", "lift", "admin"),
    ("BANNED", "lift", "system"),
    ("NORMAL", "sleep", "system"),
    ("SLEEP", "wake", "owner"),
    ("NORMAL", "delete", "owner"),
    ("SLEEP", "delete", "owner"),
    ("NORMAL", "delete", "admin"),
    ("SLEEP", "delete", "admin"),
    ("BANNED", "delete", "admin"),
    ("DELETED", "restore", "owner"),
    ("DELETED", "restore", "admin"),
    ("DELETED", "erase", "admin"),
}
EVERY = list(product(get_args(Status), get_args(MoveName), get_args(By)))
ENDS_IN = {"ban": "BANNED", "lift": "NORMAL", "sleep": "SLEEP", "wake": "NORMAL", "delete": "DELETED", "restore": "NORMAL", "erase": None}


def situation(status: Status, **more: object) -> Situation:
    """Where nothing but the status and the hand stands in the way."""
    left = NOW - timedelta(days=1) if status == "DELETED" else None
    usual: dict[str, object] = {"left_at": left, "until": NOW if status == "BANNED" else None, "is_idle": True}
    return Situation(status, **(usual | more))  # type: ignore[arg-type]  # the names are those of the fields


def decided(status: Status, move: MoveName, by: By, *, until: datetime | None = None, **more: object) -> Move | Illegal:
    return decide(situation(status, **more), move, by, now=NOW, erase_after=MONTH, until=until)


@pytest.mark.parametrize(("status", "move", "by"), EVERY)
def test_exactly_the_moves_of_the_table_are_legal(status: Status, move: MoveName, by: By) -> None:
    answer = decided(status, move, by)
    assert isinstance(answer, Move) == ((status, move, by) in LEGAL)
    if isinstance(answer, Move):
        assert (answer.name, answer.to) == (move, ENDS_IN[move])


@pytest.mark.parametrize("move", ["ban", "sleep", "delete"])
def test_the_last_master_stays(move: MoveName) -> None:
    by: By = "system" if move == "sleep" else "admin"
    assert decided("NORMAL", move, by, is_protected=True) == Illegal("protected")


def test_a_suspension_ends_by_itself_at_its_end_and_not_before() -> None:
    assert decided("BANNED", "lift", "system", until=None, left_at=None) == decided("BANNED", "lift", "admin")
    assert decide(situation("BANNED"), "lift", "system", now=NOW - timedelta(seconds=1), erase_after=MONTH) == Illegal("early")
    assert decide(Situation("BANNED"), "lift", "system", now=NOW, erase_after=MONTH) == Illegal("early")


def test_a_suspension_that_is_over_before_it_begins_is_none() -> None:
    assert decided("NORMAL", "ban", "admin", until=NOW) == Illegal("until")


def test_deletion_is_no_way_out_of_a_suspension() -> None:
    answer = decided("DELETED", "restore", "owner", before_deletion="BANNED")
    assert isinstance(answer, Move)
    assert answer.to == "BANNED"


@given(days=st.integers(0, 60))
def test_coming_back_ends_where_erasing_begins(days: int) -> None:
    left = NOW - timedelta(days=days)
    can_return = isinstance(decided("DELETED", "restore", "owner", left_at=left), Move)
    can_be_erased = isinstance(decided("DELETED", "erase", "system", left_at=left), Move)
    assert can_return != can_be_erased
    assert can_return == (days < 30)


@pytest.mark.parametrize("by", ["admin", "system"])
def test_a_legal_hold_stops_erasure_by_anybody(by: By) -> None:
    assert decided("DELETED", "erase", by, left_at=NOW - 2 * MONTH, is_held=True) == Illegal("held")


def test_nobody_falls_asleep_who_came_lately() -> None:
    assert decided("NORMAL", "sleep", "system", is_idle=False) == Illegal("active")
