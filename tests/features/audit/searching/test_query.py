"""The language the log is searched in: what it means, what it refuses and where, and that what is printed is the same question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.features.audit import Query, QueryMalformed
from daemun.features.audit.searching.parsing import parse
from daemun.features.audit.searching.query import CHOICES, All, Begins, Created, Either, Is, Not, Places, Text, Within, all_of, either_of
from daemun.features.audit.searching.values import FIELDS, LATEST

DAY = 86_400_000_000
JANUARY = 1_767_225_600_000_000


def test_the_example_of_the_explorer_means_what_it_says() -> None:
    asked = (
        "actor:ana action:auth.2fa.* -outcome:success ip:203.0.113.0/24 country:de created:2026-01-01..2026-02-01 has:amend "
        '"free words" (class:login OR NOT class:admin AND word)'
    )
    assert parse(asked) == All(
        (
            Is("actor", "ana"),
            Begins("action", "auth.2fa."),
            Not(Is("outcome", "success")),
            Within("203.0.113.0/24"),
            Is("country", "DE"),
            Created(JANUARY, JANUARY + 32 * DAY),
            Is("has", "amend"),
            Text("free words"),
            Either((Is("class", "login"), All((Not(Is("class", "admin")), Text("word"))))),
        )
    )
    assert parse("") == All()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-01-01", JANUARY, JANUARY + DAY),
        ("2026-01-01T09:00+09:00", JANUARY, JANUARY + 60_000_000),
        ("2026-01-01T00:00:00Z..*", JANUARY, None),
        (">2026-01-01", JANUARY + DAY, None),
        ("<=2025-12-31", None, JANUARY),
        ("2026-01-01..2026-01-01", JANUARY, JANUARY + DAY),
    ],
)
def test_dates_mean_all_of_the_day_or_minute_they_name(text: str, start: int | None, end: int | None) -> None:
    assert parse(f"created:{text}") == Created(start, end)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("actor:ana (a OR b", "audit_query_open", 10),
        ("a)", "audit_query_close", 1),
        ("OR a", "audit_query_operand", 0),
        ("a OR", "audit_query_operand", 4),
        ("()", "audit_query_operand", 1),
        ("a colour:red", "audit_query_field", 2),
        ("http://x", "audit_query_field", 0),
        ("action:", "audit_query_value", 7),
        ('a "bc', "audit_query_quote", 2),
        ('a " "', "audit_query_empty", 2),
        ("ip:1.2.3", "audit_query_ip", 3),
        ("ip:fe80::1%eth0", "audit_query_ip", 3),
        ("ip:10.0.0.0/8", "audit_query_network", 3),
        ("created:2026-02-30", "audit_query_date", 8),
        ("created:9999-12-31", "audit_query_date", 8),
        ("created:*..*", "audit_query_date", 8),
        ("created:2026-02-02..2026-02-01", "audit_query_backwards", 8),
        ("index:9..5", "audit_query_backwards", 6),
        ("index:-1", "audit_query_index", 6),
        ("actor:an*", "audit_query_wildcard", 6),
        ("action:AB#", "audit_query_action", 7),
        ("outcome:maybe", "audit_query_choice", 8),
        ("country:kor", "audit_query_country", 8),
        ("request:a/b", "audit_query_id", 8),
        ("a\x00b", "audit_query_character", 1),
        ("-" * 30 + "a", "audit_query_deep", 20),
        ("a " * 51, "audit_query_too_many", 102),
        ("a" * 2001, "audit_query_too_long", 2000),
    ],
)
def test_what_is_wrong_is_said_with_the_character_where_it_is(text: str, code: str, at: int) -> None:
    with pytest.raises(QueryMalformed) as refused:
        parse(text)
    assert ([each.code for each in refused.value.flaws], refused.value.at) == ([code], at)


printable = st.text(st.characters(exclude_categories=("C", "Zl", "Zp", "Zs")), min_size=1, max_size=12)
moments = st.integers(0, LATEST)
networks = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.integers(16, 32)), st.tuples(st.ip_addresses(v=6), st.sampled_from([24, 32, 48, 60, 64, 128]))
).map(lambda each: parse(f"ip:{each[0]}/{each[1]}"))
leaves = st.one_of(
    st.sampled_from([Is(field, value) for field, values in CHOICES.items() for value in values]),  # type: ignore[arg-type]  # its keys are fields
    printable.map(lambda text: Is("actor", text)),
    printable.map(lambda text: Is("resource", text)),
    st.from_regex(r"[a-z0-9_.-]{1,20}", fullmatch=True).map(lambda text: Begins("action", text)),
    printable.map(Text),
    networks,
    st.tuples(moments, moments).map(lambda both: Created(min(both), max(both) + 1)),
    moments.map(lambda at: Created(at, None)),
    moments.map(lambda at: Created(None, at)),
    st.tuples(st.integers(0, 10**6), st.integers(1, 1000)).map(lambda each: Places(each[0], each[0] + each[1])),
)
queries: st.SearchStrategy[Query] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(Not), st.lists(inner, min_size=1, max_size=4).map(all_of), st.lists(inner, min_size=1, max_size=4).map(either_of)
    ),
    max_leaves=12,
)


@given(queries)
def test_what_is_printed_is_the_same_question(query: Query) -> None:
    assert parse(str(query)) == query
    assert str(parse(str(query))) == str(query)


@given(st.text(max_size=60) | st.lists(st.sampled_from([*FIELDS, ":", "(", ")", " ", "-", '"', "*", "..", "OR", "a", "1"])).map("".join))
def test_whatever_is_typed_is_understood_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryMalformed as refused:
        assert 0 <= refused.at <= len(text)
    else:
        assert parse(str(query)) == query
