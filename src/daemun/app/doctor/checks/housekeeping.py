"""Whether somebody keeps house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.app.doctor.examined import Examined
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, command, deviates

LATE: Final = 3
"""Times its span: a server that was restarted, or a cron job that comes once an hour, is no finding."""
AT_LEAST: Final = timedelta(hours=3)
STARTED: Final = Sentence(
    "서버를 켜 두거나, cron에서 부르십시오: daemun housekeeping", "Leave the server on, or call by cron: daemun housekeeping"
)


def kept(patient: Examined) -> Iterator[Finding]:
    if patient.house is None:
        return
    standing = patient.house.chores.standing_in(patient.database)
    late = [each.name for each in standing if each.done_at is None or patient.now - each.done_at > max(LATE * each.every, AT_LEAST)]
    for each in standing:
        if each.failed:
            yield deviates(
                f"정리 작업 {each.name}이(가) 실패했습니다: {each.failed}",
                f"The chore {each.name} failed: {each.failed}",
                fix=command(f"daemun housekeeping {each.name}"),
            )
    if late:
        yield deviates(
            f"오래 하지 않은 정리 작업이 있습니다: {', '.join(late)}. 지워야 할 것이 남아 있습니다.",
            f"Chores have not been done for long: {', '.join(late)}. What should be erased is still there.",
            fix=STARTED,
            of=("housekeeping",),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("housekeeping.done", "정리 작업이 제때 됩니다", "Housekeeping is done in time", kept, needs="database"),
)
