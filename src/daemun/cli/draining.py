"""A server that turns nobody away when it goes: first its readiness, then new connections, then those that are open."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import Final

import uvicorn

from daemun.web.health import LEAVING

TOLD_TO_LEAVE: Final = signal.SIGUSR1
"""From the parent to its workers: go on serving, and be ready for nobody new."""
LINGER: Final = 1.0
"""Seconds for which a connection that is open, and asks nothing, may still ask: what was under way to us is answered."""
STEP: Final = 0.02


class Draining(uvicorn.Server):
    """`delay`: for how many seconds it goes on after SIGTERM. Whoever tells it twice means it."""

    def __init__(self, config: uvicorn.Config, *, delay: float = 0.0, started: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._delay, self._told = delay, started
        self._leaves_at: float | None = None
        self._is_leaving = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        signal.signal(TOLD_TO_LEAVE, self._leave)
        await super().startup(sockets)
        self._told()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and self._delay and self._leaves_at is None:
            self._captured_signals.append(sig)
            self._leave(sig, frame)
            self._leaves_at = monotonic() + self._delay
            return
        super().handle_exit(sig, frame)

    def _leave(self, _sig: int, _frame: FrameType | None) -> None:
        self._is_leaving = True

    async def on_tick(self, counter: int) -> bool:
        if self._is_leaving:
            self.lifespan.state[LEAVING] = True
        if self._leaves_at is not None and monotonic() >= self._leaves_at:
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        # From now on every answer is the last one of its connection, and says so: whoever asks next asks another process.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        until = monotonic() + LINGER
        while self.server_state.connections and not self.force_exit and monotonic() < until:
            await asyncio.sleep(STEP)
        await super().shutdown(sockets)


def notify(state: str) -> None:
    """Tells systemd, where it is listening (sd_notify)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as door:
            door.connect("\0" + address[1:] if address.startswith("@") else address)
            door.sendall(state.encode())
