"""`daemun audit export` as typed, with no server beside it."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

from tests.cli.typed import Shell


def test_the_shell_writes_the_same_files_and_that_it_did_is_recorded(database_url: str, tmp_path: Path) -> None:
    shell, target = Shell(tmp_path, database_url), tmp_path / "새 파일.csv"
    shell.type(
        "admin",
        "create",
        "--password-stdin",
        "--handle",
        "boss_2026",
        "--email",
        "boss@example.com",
        "--name",
        "강하늘",
        answer="Maru-Bada-72!",
    )
    wanted = ("audit", "export", str(target), "--format", "csv", "--query", "action:user.create OR action:role.grant")
    told = shell.told(*wanted)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert told == {"events": len(rows), "file": str(target)}
    assert rows
    assert stat.S_IMODE(target.stat().st_mode) == 0o600

    assert "이미 있습니다" in shell.refused(*wanted, code=2)
    assert len(target.read_text("utf-8-sig").splitlines()) == len(rows) + 1  # and it is as it was
    wrong = tmp_path / "wrong.csv"
    shell.refused("audit", "export", str(wrong), "--format", "csv", "--query", "nonsense:1")
    shell.refused("audit", "export", str(wrong), "--format", "csv", "--personal")
    assert not wrong.exists()

    again = tmp_path / "again.jsonl"
    assert shell.told("audit", "export", str(again), "--format", "jsonl", "--query", "action:audit.export")["events"] == 1
    assert '"actor":"system:shell"' in again.read_text("utf-8")
