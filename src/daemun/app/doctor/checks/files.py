"""The folder on the disk, and what the system lets a process have."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from daemun.app.doctor.examined import Examined
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, command, deviates, fails, put, unseen, well

MEGABYTE: Final = 1024 * 1024
SCARCE: Final = 1024 * MEGABYTE
GONE: Final = 100 * MEGABYTE
FEWEST_FILES: Final = 4096
MORE_ROOM: Final = Sentence("자리를 늘리거나 비우십시오.", "Make room, or add some.")


def judged(path: Path, free: int) -> Finding:
    """Of a disk with so many bytes left."""
    said = f"{free // MEGABYTE:,} MB"
    if free < GONE:
        return fails(
            f"{path}의 디스크에 {said}만 남았습니다. 곧 아무것도 쓰지 못합니다.",
            f"{path}: {said} left, and soon nothing is written.",
            fix=MORE_ROOM,
        )
    if free < SCARCE:
        return deviates(f"{path}의 디스크에 {said}만 남았습니다.", f"{path}: only {said} left.", fix=MORE_ROOM)
    return well(f"{path}의 디스크에 {said}가 남았습니다.", f"{path}: {said} left.")


def space(patient: Examined) -> Iterator[Finding]:
    if not patient.data.exists():
        yield unseen("데이터 폴더가 아직 없습니다. 처음 켤 때 만듭니다.", "There is no data folder yet: the first start makes it.")
        return
    yield judged(patient.data, shutil.disk_usage(patient.data).free)


def private(patient: Examined) -> Iterator[Finding]:
    """Hashes, addresses and log lines are for the house alone."""
    if os.name == "nt":
        return
    found = [patient.data, patient.data / "logs", *sorted((patient.data / "logs").glob("*.jsonl"))]
    found += [file.with_name(file.name + end) for end in ("", "-wal")] if (file := patient.database_file) else []
    open_ = [each for each in found if each.exists() and each.stat().st_mode & 0o077]
    inside = [each for each in open_ if not any(each != other and each.is_relative_to(other) for other in open_ if other.is_dir())]
    for each in inside:
        mode = each.stat().st_mode & 0o777
        yield deviates(
            f"{each}: 다른 사용자에게 열려 있습니다({mode:o}). 개인 정보와 해시가 들어 있습니다.",
            f"{each} is open to others ({mode:o}): personal data and hashes are in it.",
            fix=command(f"chmod go= {each}"),
        )


def descriptors(_patient: Examined) -> Iterator[Finding]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FEWEST_FILES:
        yield deviates(
            f"한 프로세스가 파일을 {most:,}개까지만 엽니다. 느린 손님 몇이 모두 차지합니다.",
            f"A process may open {most:,} files: some slow strangers hold them all.",
            fix=Sentence("LimitNOFILE=65536(systemd) 또는 ulimit -n 65536", "LimitNOFILE=65536 (systemd), or ulimit -n 65536"),
        )


def workers(patient: Examined) -> Iterator[Finding]:
    cores = os.cpu_count() or 1
    if patient.core.workers > 4 * cores:
        yield deviates(
            f"코어 {cores}개에 워커가 {patient.core.workers}개입니다. 서로 기다리기만 합니다.",
            f"{patient.core.workers} workers for {cores} cores only wait for one another.",
            fix=put(f"DAEMUN_WORKERS={cores}"),
            of=("workers",),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("files.space", "디스크에 자리가 있습니다", "There is room on the disk", space),
    Check("files.private", "데이터는 주인만 읽습니다", "Only their owner reads the data", private, (62,)),
    Check("files.descriptors", "파일을 넉넉히 열 수 있습니다", "Enough files can be open", descriptors),
    Check("files.workers", "워커 수가 코어에 맞습니다", "There are no more workers than cores can serve", workers),
)
