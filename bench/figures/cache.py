"""What the gate's memory in Valkey buys: how much of the database, and at what price, beside the same server without it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
from tests.servers.postgres import DURABLE, postgres_server
from tests.servers.valkey import a_valkey

from bench.driving import LANES, drive
from bench.line import Line
from bench.options import Options
from bench.people import handles, log_in, sign_up
from bench.process import cpu_seconds
from bench.servers import Server, daemun
from bench.wire import request

TIMES = 500
"""Requests of each lane in a round."""
ASKED = TIMES * LANES
COUNTED_AFTER = 12.0
"""PostgreSQL writes an idle connection's statements down after ten seconds."""


@dataclass(frozen=True, slots=True)
class Round:
    """For a thousand requests, but `latency`, which is of one."""

    database: float
    gate: float
    valkey: float
    latency: float


def measure(options: Options) -> Iterator[Line]:
    with ExitStack() as stack:
        postgres, valkey = stack.enter_context(postgres_server(DURABLE)), stack.enter_context(a_valkey())
        assert valkey.process is not None
        urls = {"with": postgres.create(), "without": postgres.create()}
        more = {"with": {"DAEMUN_VALKEY_URL": valkey.url, "DAEMUN_SESSIONS__CACHE": "true"}, "without": {}}
        servers = {name: stack.enter_context(daemun(options.folder / name, urls[name], **more[name])) for name in urls}
        plans = {name: asking(server) for name, server in servers.items()}
        taken: dict[str, list[Round]] = {name: [] for name in urls}
        before = {name: statements(urls[name]) for name in urls}
        for number in range(options.rounds + 1):
            for name in sorted(urls, reverse=number % 2 == 0):
                found = one(servers[name], plans[name], backends(urls[name]), valkey.process.pid)
                taken[name] += [found] if number else []  # the first warms up
        time.sleep(COUNTED_AFTER)
        asked = {name: (statements(urls[name]) - before[name]) / (ASKED * (options.rounds + 1)) * 1000 for name in urls}
        yield from lines(taken, asked)


def asking(server: Server) -> list[dict[str, object]]:
    sign_up(server, handles(LANES))
    found = [request("GET", "/me", token=each.access).decode() for each in log_in(server, handles(LANES))]
    return [{"requests": [each], "times": TIMES} for each in found]


def one(server: Server, plan: list[dict[str, object]], database: list[int], valkey: int) -> Round:
    before, kept = sum(map(cpu_seconds, database)), cpu_seconds(valkey)
    driven = drive(server, plan)
    spent = sum(map(cpu_seconds, database)) - before
    per = 1000 / ASKED * 1000
    return Round(spent * per, driven.cpu * per, (cpu_seconds(valkey) - kept) * per, driven.seconds / TIMES * 1e6)


def backends(url: str) -> list[int]:
    """The server's processes that serve this database."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return [pid for (pid,) in found if Path(f"/proc/{pid}").exists()]


def statements(url: str) -> int:
    """A glance is a transaction of one statement."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").fetchone()
    return int(row[0]) if row else 0


def lines(taken: Mapping[str, list[Round]], asked: Mapping[str, float]) -> Iterator[Line]:
    on, off = taken["with"], taken["without"]
    yield Line(
        "statements of 1,000 GET /me, memory on", "", asked["with"], "memory off", asked["without"], asked["with"] / asked["without"]
    )
    for what, field in (
        ("PostgreSQL's CPU for 1,000 GET /me, memory on", "database"),
        ("the gate's own CPU for 1,000 GET /me, memory on", "gate"),
    ):
        mine, theirs = median(getattr(each, field) for each in on), median(getattr(each, field) for each in off)
        note = f"Valkey's own: {median(each.valkey for each in on):.1f} ms" if field == "database" else ""
        yield Line(what, "ms", mine, "memory off", theirs, mine / theirs, note=note)
    mine, theirs = median(each.latency for each in on), median(each.latency for each in off)
    yield Line(f"one of {LANES} at a time, memory on", "µs", mine, "memory off", theirs, mine / theirs)
