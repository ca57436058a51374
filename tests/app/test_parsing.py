"""Settings as people write them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.app.parsing import Unreadable, parse, render
from daemun.core.secret import Secret

Colour = Literal["red", "dark blue"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (str, "  gate ", "gate"),
        (int, "8000", 8000),
        (int, "-1", -1),
        (float, "0.25", 0.25),
        (float, "1e3", 1000.0),
        (bool, "True", True),
        (bool, "1", True),
        (bool, "on", True),
        (bool, "no", False),
        (bool, "0", False),
        (Path, "/srv/daemun", Path("/srv/daemun")),
        (Colour, "Red", "red"),
        (Colour, "dark blue", "dark blue"),
        (timedelta, "10s", timedelta(seconds=10)),
        (timedelta, "30m", timedelta(minutes=30)),
        (timedelta, "24h", timedelta(hours=24)),
        (timedelta, "14d", timedelta(days=14)),
        (timedelta, "1h 30m", timedelta(minutes=90)),
        (timedelta, "250ms", timedelta(milliseconds=250)),
        (tuple[str, ...], "a, b ,c", ("a", "b", "c")),
        (tuple[str, ...], "", ()),
        (tuple[str, ...], '["http://localhost:8501", "a,b"]', ("http://localhost:8501", "a,b")),
        (tuple[int, ...], "1,2", (1, 2)),
        (tuple[int, ...], "[1, 2]", (1, 2)),
        (int | None, "5", 5),
        (tuple[str, ...] | None, "a", ("a",)),
    ],
)
def test_what_people_write_is_understood(kind: Any, text: str, value: Any) -> None:
    assert parse(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (int, "eight", "a whole number"),
        (int, "8.5", "a whole number"),
        (int, "1_000", "a whole number"),
        (int, "８０", "a whole number"),
        (int, "9" * 5000, "a whole number"),
        (float, "nan", "a number"),
        (float, "1e999", "a number"),
        (bool, "maybe", "true or false"),
        (bool, "", "true or false"),
        (timedelta, "30", "a time with its unit"),
        (timedelta, "30 minutes", "a time with its unit"),
        (timedelta, "-5m", "a time with its unit"),
        (timedelta, "999999999999d", "a time with its unit"),
        (Colour, "green", "one of red, dark blue"),
        (tuple[str, ...], "[1", "a JSON list"),
        (tuple[str, ...], '[{"a": 1}]', "a JSON list"),
        (tuple[int, ...], "1,b", "a whole number"),
        (str, "a\nb", "without line breaks"),
        (Path, "a\0b", "without line breaks"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_would_be(kind: Any, text: str, expected: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(kind, text)
    assert expected in refused.value.expected.en
    assert refused.value.expected.ko


def test_a_bare_number_is_a_time_only_where_a_unit_is_known() -> None:
    assert parse(timedelta, "60", "minutes") == timedelta(hours=1)
    assert parse(timedelta, "30", "days") == timedelta(days=30)
    assert parse(timedelta, "90s", "minutes") == timedelta(seconds=90)
    with pytest.raises(Unreadable):
        parse(timedelta, "60")


def test_a_secret_is_taken_as_it_is_and_wrapped() -> None:
    secret = parse(Secret | None, " s p a c e ")
    assert isinstance(secret, Secret)
    assert secret.reveal() == " s p a c e "
    assert render(secret) == "***"


def test_a_type_that_no_setting_has_is_the_programmers_error() -> None:
    for kind in (dict, int | str, list[str]):
        with pytest.raises(TypeError):
            parse(kind, "x")


VALUES = st.one_of(
    st.tuples(st.just(int), st.integers(-(10**17), 10**17)),
    st.tuples(st.just(bool), st.booleans()),
    st.tuples(
        st.just(timedelta), st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda each: each - each % timedelta(milliseconds=1))
    ),
    st.tuples(st.just(tuple[str, ...]), st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1)).map(tuple)),
)


@given(VALUES)
def test_what_is_shown_can_be_written_back(case: tuple[Any, Any]) -> None:
    kind, value = case
    assert parse(kind, render(value)) == value
