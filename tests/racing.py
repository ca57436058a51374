"""Several processes that are told what to do at the same moment: a line of JSON in, a line of JSON out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Runner = subprocess.Popen[str]


def line(runner: Runner) -> str:
    assert runner.stdout is not None
    return runner.stdout.readline()


def run(runners: list[Runner], *orders: dict[str, Any]) -> list[dict[str, Any]]:
    """What each process was answered; all were told before any was heard."""
    for runner, order in zip(runners, orders, strict=True):
        assert runner.stdin is not None
        runner.stdin.write(json.dumps(order) + "\n")
    for runner in runners:
        assert runner.stdin is not None
        runner.stdin.flush()
    return [json.loads(line(each)) for each in runners]


@contextmanager
def processes(count: int, module: str, *args: str) -> Iterator[list[Runner]]:
    """`python -m module args`, which says `ready` and then does what each line says."""
    command = [sys.executable, "-m", module, *args]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    try:
        assert [line(each) for each in started] == ["ready\n"] * count
        yield started
    finally:
        for each in started:
            each.kill()
            each.communicate()
