"""What may be chosen about jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from daemun.core.setting import Profile, setting

SHORTEST_LEASE: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class JobSettings:
    at_once: int = setting(
        2,
        ko="서버 프로세스 하나가 동시에 하는 작업 수. 0이면 이 프로세스는 작업을 맡지 않습니다.",
        en="Jobs a server process does at once; 0: this one does none",
    )
    most_waiting: int = setting(20, ko="한 사람이 기다리게 둘 수 있는 작업 수.", en="Jobs one person may have waiting")
    keep: timedelta = setting(
        timedelta(days=7),
        ko="끝난 작업과 그 결과 파일을 두는 기간. 감사 기록을 내보낸 파일은 길어도 하루입니다.",
        en="How long a finished job and its file stay. What is exported of the audit log stays a day at most.",
    )
    lease: timedelta = setting(
        timedelta(seconds=30),
        ko="작업하던 프로세스에서 이만큼 소식이 없으면 다른 프로세스가 이어받습니다.",
        en="A process that was not heard of for so long loses its jobs to another",
    )
    folder: Path | None = setting(
        ko="결과 파일을 두는 폴더. 여러 대로 운영할 때는 함께 쓰는 폴더를 주십시오. 비우면 데이터 폴더 안",
        en="Where the files of jobs lie; past one machine, a folder they share; empty: in the data folder",
    )

    def wrong(self, profile: Profile) -> Iterator[tuple[str, str]]:  # noqa: ARG002 - the same in every profile
        if not 0 <= self.at_once <= 64 or self.most_waiting < 1:
            yield "at_once는 0에서 64 사이, most_waiting은 1 이상입니다.", "at_once is between 0 and 64, most_waiting at least 1."
        if self.lease < SHORTEST_LEASE or self.keep <= timedelta(0):
            yield "lease는 2초 이상이고, keep은 0보다 깁니다.", "lease is at least 2s, keep more than nothing."
