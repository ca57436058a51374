"""Whether the time of an answer tells who exists: an existing account's against that of a name nobody has."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.caller import Caller, caller
from bench.filling import fill, handle_of
from bench.line import Goal, Line
from bench.options import Options
from bench.pairing import LEVEL, MILLISECONDS, MOST, Times, compared
from bench.people import PASSWORD, handles, sign_up
from bench.servers import KINDS, Kind, Server, daemun, database_of, databases
from bench.sink import sink
from bench.wire import Answer, request

WRONG = f"{PASSWORD}x"
REST = 0.012
"""Seconds in which a letter is gone: the next name is asked for in a quiet house."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`body` of a name: an existing one's, or of one that differs in its first letters and in nothing else."""

    path: str
    how: str
    body: Callable[[str], dict[str, Any]]
    status: int
    writes: bool = False
    """A letter, which a worker in the same process makes and sends after the answer: that must not tell either."""
    of_those_who_left: bool = False


def address(handle: str) -> str:
    return f"{handle}@example.com"


def joining(handle: str) -> dict[str, Any]:
    """The address is somebody's, or nobody's; the handle is free in both cases."""
    free = {"user_id": f"new_{handle}", "email": address(handle), "name": "안은주"}
    return free | {"password": PASSWORD, "password_confirm": PASSWORD, "agree": True}


ENDPOINTS = (
    Endpoint("/auth/login", "wrong password", lambda handle: {"user_id": handle, "password": WRONG}, 401),
    Endpoint("/auth/login", "wrong password, by e-mail", lambda handle: {"user_id": address(handle), "password": WRONG}, 401),
    Endpoint("/auth/signup", "private", joining, 202, writes=True),
    Endpoint("/auth/password/forgot", "", lambda handle: {"email": address(handle)}, 202, writes=True),
    Endpoint("/auth/verify/send", "", lambda handle: {"email": address(handle)}, 202, writes=True),
    Endpoint(
        "/user/restore", "of an account that was left", lambda handle: {"email": address(handle)}, 202, writes=True, of_those_who_left=True
    ),
)


def measure(options: Options) -> Iterator[Line]:
    for kind in KINDS:
        folder = options.folder / f"timing-{kind}"
        folder.mkdir()
        # Letters are really sent: what that takes from the next answer belongs to the comparison.
        with sink(folder) as port, databases(kind, folder) as urls:
            url = urls.ours or database_of(folder / "ours")
            crowd(folder / "ours", url, options.pairs or MOST)
            with daemun(folder / "ours", url, **posture(port)) as server:
                for endpoint in ENDPOINTS:
                    yield from _lines(kind, endpoint, server, options)


def posture(port: int) -> dict[str, str]:
    """Every request comes from an address of its own, as a patient attacker's would: the client's word for it is taken."""
    return {
        "DAEMUN_SIGNUP": "private",
        "DAEMUN_TRUSTED_PROXIES": "127.0.0.1",
        "DAEMUN_MAIL__HOST": "127.0.0.1",
        "DAEMUN_MAIL__PORT": str(port),
        "DAEMUN_MAIL__TLS": "none",
        "DAEMUN_MAIL__FROM_ADDRESS": "gate@example.com",
    }


def crowd(folder: Path, url: str, each: int) -> None:
    """So many people, and as many who have left a moment ago: nobody is asked for twice at one endpoint."""
    with daemun(folder, url) as server:
        sign_up(server, handles(1))
    now = time.time_ns() // 1000

    def theirs(value: str, others: str) -> str:
        return f"CASE WHEN n < {each} THEN {others} ELSE {value} END"

    left = {"status": theirs("'DELETED'", "'NORMAL'"), "before_deletion": theirs("'NORMAL'", "NULL"), "left_at": theirs(f"{now}", "NULL")}
    fill(url, 2 * each, left)


def _lines(kind: Kind, endpoint: Endpoint, server: Server, options: Options) -> Iterator[Line]:
    what = f"POST {endpoint.path}{endpoint.how and ', '}{endpoint.how} on {kind}: known and unknown apart"
    first = (options.pairs or MOST) if endpoint.of_those_who_left else 0
    requests = partial(_request, endpoint, first)
    with caller(server.port) as connection:
        if odd := _odd(endpoint, [connection.ask(requests(0, known=known)) for known in (True, False)]):
            yield Line(what, "ms", None, goal=Goal("ours", most=MILLISECONDS), broken=odd)
            return
        found = _compared(connection, endpoint, requests, options)
    for which, times in zip((what, f"{what}, in the answer to the next request"), found, strict=False):
        yield _line(which, times)


def _line(what: str, times: Times) -> Line:
    ours, theirs, (low, high) = median(times.ours), median(times.theirs), times.interval()
    doubt = "" if times.is_sure else ": in doubt, for too few pairs or too busy a machine"
    return Line(
        what,
        "ms",
        abs(times.difference),
        "a name nobody has",
        theirs,
        ours / theirs,
        Goal("ours", most=round(times.bound, 2)),
        f"{len(times.ours)} pairs, medians {ours:.3f} and {theirs:.3f} ms, apart by {times.difference:+.3f}, "
        f"surely between {low:+.3f} and {high:+.3f} ({LEVEL:.0%}){doubt}",
        {"known": times.ours, "unknown": times.theirs},
    )


def _request(endpoint: Endpoint, first: int, pair: int, *, known: bool) -> bytes:
    name = handle_of(first + pair)
    body = endpoint.body(name if known else name.replace("user", "none"))
    high, low = divmod(2 * pair + known, 250)
    return request("POST", endpoint.path, body, client=f"10.{ENDPOINTS.index(endpoint)}.{high}.{low + 1}")


def _next(pair: int, *, known: bool) -> bytes:
    """Asked at once, for a name that nobody has in either case: as much as a stranger can feel of the house being busy."""
    high, low = divmod(2 * pair + known, 250)
    return request("POST", "/auth/password/forgot", {"email": address(f"next_{2 * pair + known:09}")}, client=f"10.99.{high}.{low + 1}")


def _odd(endpoint: Endpoint, answers: list[Answer]) -> str:
    """What is wrong with two answers that should be the same."""
    found = [each.status for each in answers]
    if found == [404, 404]:
        return "not served"
    if found != [endpoint.status] * 2:
        return f"answered {found[0]} to a known and {found[1]} to an unknown name, and not {endpoint.status}"
    said = [{name: value for name, value in each.data.items() if name != "request_id"} for each in answers]
    return "" if said[0] == said[1] else "the answers differ in their words"


def _compared(connection: Caller, endpoint: Endpoint, requests: Callable[..., bytes], options: Options) -> list[Times]:
    def ask(pair: int, known: bool) -> list[float]:
        found, seconds = connection.timed(requests(pair, known=known))
        if found.status != endpoint.status:
            raise RuntimeError(f"{endpoint.path}: {found.status} {found.body[:300].decode(errors='replace')}")
        if not endpoint.writes:
            return [seconds]
        _, next_one = connection.timed(_next(pair, known=known))
        time.sleep(REST)
        return [seconds, next_one]

    gc.disable()  # a collection in the middle of a question would be on nobody's account
    try:
        return compared(ask, options.pairs, options.patience)
    finally:
        gc.enable()
