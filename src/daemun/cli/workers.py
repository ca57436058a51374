"""Several processes behind one port: kept alive, and replaced one by one at SIGHUP without refusing anybody."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from time import monotonic
from types import FrameType
from typing import Final

import uvicorn
from uvicorn.supervisors.multiprocess import Process

from daemun.cli.draining import TOLD_TO_LEAVE, Draining, notify

log = logging.getLogger("daemun.workers")
LOOK: Final = 0.5
STARTING: Final = 90.0
"""Seconds a process may take to be ready: a large migration is done before that, but a slow machine is not."""
SILENT: Final = 30.0
PAUSE_AFTER_A_DEATH: Final = 1.0
SLACK: Final = 15.0
"""Beyond the grace for running requests: then a process that should be gone is killed."""


class Worker(Process):
    """Reads settings and code anew when it starts."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = Draining(self.config)
        return self._server

    def tell(self, sig: int) -> None:
        if self.process.is_alive() and self.pid is not None:
            os.kill(self.pid, sig)


class Workers:
    """The socket stays open all the while, so what arrives between two processes waits instead of being refused."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], *, delay: float) -> None:
        self._config, self._sockets, self._delay = config, sockets, delay
        self._serving: list[Worker] = []
        self._retired: list[tuple[Worker, float]] = []
        self._woken = threading.Event()
        self._is_leaving = self._is_hurried = self._wants_new = False

    def run(self) -> int:
        """The exit code: 0 when it was told to stop."""
        for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sig, self._hear)
        self._serving = [self._started() for _ in range(self._config.workers)]
        fine = self._came_up() or self._is_leaving
        if fine and not self._is_leaving:
            notify("READY=1")
        while fine and not self._is_leaving:
            self._woken.wait(LOOK)
            self._woken.clear()
            if self._wants_new:
                self._wants_new = False
                self._renew()
            self._keep_up()
            self._reap()
        self._leave()
        return 0 if fine else 1

    def _came_up(self) -> bool:
        """Whether it is worth going on. Who was killed is started again; who gave up would give up again."""
        ready = [self._is_ready(each) for each in self._serving]
        if gave_up := [each for each in self._serving if (each.exitcode or 0) > 0]:
            log.error("process %s gave up at its start (%s): stopping", gave_up[0].pid, gave_up[0].exitcode)
        return any(ready) and not gave_up

    def _hear(self, sig: int, _frame: FrameType | None) -> None:
        if sig == signal.SIGHUP:
            self._wants_new = True
        else:
            self._is_hurried = self._is_leaving or sig == signal.SIGINT
            self._is_leaving = True
        self._woken.set()

    def _started(self) -> Worker:
        worker = Worker(self._config, self._sockets)
        worker.start()
        return worker

    def _is_ready(self, worker: Worker) -> bool:
        until = monotonic() + STARTING
        while monotonic() < until and not self._is_leaving and worker.process.is_alive():
            if worker.is_ready(timeout=1):
                return True
            self._woken.wait(0.05)
        return False

    def _renew(self) -> None:
        """A new process serves before an old one goes. The first that does not come up ends it, and those that are left serve on."""
        notify(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic() * 1_000_000)}")
        log.info("replacing %d processes", len(self._serving))
        for number, old in enumerate(self._serving):
            new = self._started()
            if not self._is_ready(new):
                new.kill()
                if not self._is_leaving:
                    log.error("a new process did not come up: the former ones go on serving")
                break
            self._serving[number] = new
            self._retire(old)
        else:
            log.info("all processes are new")
        notify("READY=1")

    def _retire(self, worker: Worker) -> None:
        worker.tell(signal.SIGTERM)
        self._retired.append((worker, monotonic() + (self._config.timeout_graceful_shutdown or 0) + SLACK))

    def _keep_up(self) -> None:
        for number, worker in enumerate(self._serving):
            if self._is_leaving or worker.is_alive(timeout=SILENT):
                continue
            log.error("process %s is gone (%s) and is started again", worker.pid, worker.exitcode)
            worker.kill()
            self._woken.wait(PAUSE_AFTER_A_DEATH)
            self._serving[number] = self._started()

    def _reap(self) -> None:
        for worker, until in self._retired:
            if monotonic() > until:
                worker.kill()
        self._retired = [each for each in self._retired if each[0].process.is_alive()]

    def _leave(self) -> None:
        """Readiness first, while they go on serving; then each drains."""
        notify("STOPPING=1")
        for worker in self._serving:
            worker.tell(TOLD_TO_LEAVE)
        until = monotonic() + self._delay
        while not self._is_hurried and monotonic() < until and any(each.process.is_alive() for each in self._serving):
            self._woken.wait(LOOK)
            self._woken.clear()
        for worker in self._serving:
            self._retire(worker)
        for worker, latest in self._retired:
            worker.process.join(max(0.0, latest - monotonic()))
            if worker.process.is_alive():
                worker.kill()
