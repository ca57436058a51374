"""Processes that do not outlive the tests that started them."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
PATIENCE_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    ready: Callable[[], bool],
    orphaned: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] | None = None,
    **identity: Any,
) -> subprocess.Popen[bytes]:
    """Starts a server and returns when it answers. It gets `orphaned` when the thread that started it dies, however that happens."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(each) for each in command],
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            preexec_fn=partial(die_with_parent, orphaned) if sys.platform == "linux" else None,  # noqa: PLW1509 - one call, no locks
            **identity,
        )
    until = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise RuntimeError(f"{command[0]} did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
    return process


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGINT) -> None:
    process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def die_with_parent(orphaned: signal.Signals) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, orphaned)
