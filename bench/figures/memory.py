"""What it weighs after one person has gone through the whole story."""

from __future__ import annotations

from collections.abc import Iterator

from bench.caller import told
from bench.line import Goal, Line
from bench.options import Options
from bench.people import at_peer, handles, log_in, sign_up
from bench.process import resident
from bench.servers import Server, daemun, databases, peer, peers_python, peers_version
from bench.wire import request


def measure(options: Options) -> Iterator[Line]:
    folder = options.folder / "memory"
    with daemun(folder / "ours") as server:
        story(server)
        ours = resident(server.pid)
    theirs = peers(options) if peers_python() else None
    yield Line(
        "memory: ready, and one story told",
        "MB (PSS)",
        ours,
        f"{peers_version()}, the same story" if theirs else "peer not installed: make bench",
        theirs,
        theirs and ours / theirs,
        Goal("ours", most=150.0),
    )


def story(server: Server) -> None:
    """Sign up, log in, be known, renew, leave."""
    sign_up(server, handles(1))
    [tokens] = log_in(server, handles(1))
    told(server.port, request("GET", "/me", token=tokens.access))
    renewed = told(server.port, request("POST", "/auth/refresh", {"refresh_token": tokens.refresh})).data
    told(server.port, request("POST", "/auth/logout", {"refresh_token": renewed["refresh_token"]}))


def peers(options: Options) -> float:
    folder = options.folder / "memory" / "peer"
    folder.mkdir(parents=True)
    with databases("SQLite", folder) as urls, peer(folder, urls.peers) as server:
        [tokens] = at_peer(server, handles(1))
        told(server.port, request("GET", "/users/me", token=tokens.access))
        return resident(server.pid)
