"""Counting, and telling it to Prometheus."""

from __future__ import annotations

import math

from prometheus_client.parser import text_string_to_metric_families

from daemun.core import measures
from daemun.core.exposition import exposed
from daemun.core.measures import ALL, DURATION, HASHING, REQUESTS, SERIES_LOST, Measure
from daemun.core.meter import Key, Memory, Meter


class Narrow(Memory):
    """Room for a few cells alone."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def claim(self, key: Key, size: int) -> int | None:  # type: ignore[override]  # a memory has always room, this one not
        return super().claim(key, size) if len(self.cells) + size <= self._room else None


def read(meter: Meter) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """As Prometheus would."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(exposed(meter.readings(), ALL)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def test_what_is_counted_is_read_by_prometheus_own_parser() -> None:
    meter = Meter()
    for status in ("200", "200", "404"):
        meter.add(REQUESTS, "GET", "/me", status)
    meter.add(HASHING)
    meter.add(HASHING, by=-1)
    found = read(meter)
    assert found["daemun_http_requests_total"] == {
        (("method", "GET"), ("route", "/me"), ("status", "200")): 2,
        (("method", "GET"), ("route", "/me"), ("status", "404")): 1,
    }
    assert found["daemun_hashing_jobs"] == {(): 0}


def test_a_histogram_adds_up_and_a_value_on_a_bound_is_within_it() -> None:
    meter = Meter()
    for took in (0.005, 0.006, 99.0):
        meter.observe(DURATION, took, "GET", "/me")
    found = read(meter)
    buckets = {dict(labels)["le"]: value for labels, value in found["daemun_http_request_seconds_bucket"].items()}
    assert (buckets["0.005"], buckets["0.01"], buckets["10"], buckets["+Inf"]) == (1, 2, 2, 3)
    assert next(iter(found["daemun_http_request_seconds_count"].values())) == 3
    assert math.isclose(next(iter(found["daemun_http_request_seconds_sum"].values())), 99.011)


def test_what_a_label_says_breaks_no_line() -> None:
    meter = Meter()
    meter.add(REQUESTS, "GET", '/a"b\\c\nd', "200")
    assert [dict(labels)["route"] for labels in read(meter)["daemun_http_requests_total"]] == ['/a"b\\c\nd']


def test_numbers_without_room_are_counted_as_lost_and_nothing_breaks() -> None:
    meter = Meter()
    meter.keep_in(Narrow(3))
    for number in range(5):
        meter.add(REQUESTS, "GET", f"/{number}", "200")
    meter.observe(DURATION, 1.0, "GET", "/me")
    found = read(meter)
    assert len(found["daemun_http_requests_total"]) == 1
    assert found[SERIES_LOST.name] == {(): 5}


def test_the_catalogue_names_everything_as_prometheus_asks() -> None:
    declared = {each for each in vars(measures).values() if isinstance(each, Measure)}
    assert declared == set(ALL)
    assert len({each.name for each in ALL}) == len(ALL)
    for each in ALL:
        assert each.name.startswith("daemun_")
        assert each.name.endswith("_total") == (each.kind == "counter")
        assert each.ko
        assert each.en
        assert list(each.bounds) == sorted(each.bounds)
