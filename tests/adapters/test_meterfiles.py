"""Numbers that several processes share."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daemun.adapters.meterfiles import Ledger, merged
from daemun.core.measures import HASHING, REQUESTS
from daemun.core.meter import Meter

GAUGES = frozenset({"daemun_hashing_jobs", "daemun_processes"})
ASKED = ("daemun_http_requests_total", "GET", "/me", "200")
AT_WORK = """
import sys, pathlib
from daemun.adapters.meterfiles import Ledger
from daemun.core.measures import HASHING, REQUESTS
from daemun.core.meter import Meter

meter = Meter()
meter.keep_in(Ledger(pathlib.Path(sys.argv[1]), sys.argv[2]))
for _ in range(1000):
    meter.add(REQUESTS, "GET", "/me", "200")
meter.add(HASHING)
print("counted", flush=True)
sys.stdin.read()
"""


def counting(folder: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", AT_WORK, str(folder), name]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "counted\n"
    return process


@pytest.mark.processes
def test_whoever_is_asked_tells_what_all_processes_counted_also_those_that_were_killed(tmp_path: Path) -> None:
    processes = [counting(tmp_path, f"p{number}") for number in range(3)]
    try:
        found = merged(tmp_path, GAUGES)
        assert (found[ASKED], found["daemun_hashing_jobs",], found["daemun_processes",]) == ([3000], [3], [3])
        processes[0].send_signal(signal.SIGKILL)
        processes[0].wait()
        for _ in range(2):  # what the dead one counted is taken over once
            found = merged(tmp_path, GAUGES)
            assert (found[ASKED], found["daemun_hashing_jobs",], found["daemun_processes",]) == ([3000], [2], [2])
        processes.append(counting(tmp_path, "p3"))
        assert merged(tmp_path, GAUGES)[ASKED] == [4000]
        assert len(list(tmp_path.glob("*.cells"))) == 3
    finally:
        for each in processes:
            each.kill()
            each.communicate()
    alone = counting(tmp_path, "first")
    try:
        # Whoever finds nobody alive begins anew, as after any restart.
        assert merged(tmp_path, GAUGES)[ASKED] == [1000]
    finally:
        alone.kill()
        alone.communicate()


def test_what_was_counted_before_there_was_a_file_is_taken_along(tmp_path: Path) -> None:
    meter = Meter()
    meter.add(REQUESTS, "GET", "/me", "200")
    ledger = Ledger(tmp_path, "here")
    meter.keep_in(ledger)
    meter.add(REQUESTS, "GET", "/me", "200")
    assert merged(tmp_path, GAUGES)[ASKED] == [2]
    ledger.close()


def test_the_files_are_the_owners_alone(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "metrics", "here")
    assert {each.stat().st_mode & 0o077 for each in [tmp_path / "metrics", *(tmp_path / "metrics").iterdir()]} == {0}
    ledger.close()


def test_half_a_line_at_the_end_is_nobodys_number(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "here")
    meter = Meter()
    meter.keep_in(ledger)
    meter.add(REQUESTS, "GET", "/me", "200")
    with (tmp_path / "here.keys").open("a") as keys:
        keys.write(json.dumps([1, HASHING.name])[:-3])
    assert merged(tmp_path, GAUGES)[ASKED] == [1]
    ledger.close()


def test_a_disk_that_takes_no_more_keys_breaks_nothing(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "here")
    meter = Meter()
    meter.keep_in(ledger)
    meter.add(REQUESTS, "GET", "/me", "200")
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, ledger._keys_file)
    os.close(full)
    meter.add(REQUESTS, "GET", "/other", "200")
    meter.add(REQUESTS, "GET", "/me", "200")
    found = merged(tmp_path, GAUGES)
    assert found[ASKED] == [2]
    assert found["daemun_metrics_lost_total",] == [1]
    ledger.close()
