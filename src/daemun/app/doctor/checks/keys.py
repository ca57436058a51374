"""The keys that sign: readable, and not older than they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from daemun.app.doctor.examined import Examined
from daemun.core.errors import Unavailable
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, command, deviates, fails, unseen, well

OLDEST: Final = timedelta(days=365)
"""NIST SP 800-57 part 1 gives a private key that signs one to three years."""


def age(patient: Examined) -> Iterator[Finding]:
    if patient.house is None or not patient.house.keyring.is_made():
        yield unseen("아직 열쇠가 없습니다. 처음 쓸 때 만듭니다.", "There are no keys yet: the first use makes them.")
        return
    try:
        entries = [each for each in patient.house.keyring.listing() if each.state == "active"]
    except Unavailable:
        where = patient.settings.secrets_dir / "keys.json"
        yield fails(
            f"{where}을(를) 읽을 수 없습니다. 아무것도 서명하지 못하고 아무 토큰도 받지 못합니다.",
            f"{where} cannot be read: nothing is signed, and no token is accepted.",
            fix=Sentence("백업에서 되돌리십시오.", "Bring it back from the backup."),
        )
        return
    for each in entries:
        old = patient.now - each.created_at
        if old > OLDEST:
            yield deviates(
                f"{each.kind} 열쇠가 {old.days}일 되었습니다.",
                f"The {each.kind} key is {old.days} days old.",
                fix=command(f"daemun keys rotate {each.kind}"),
            )
        else:
            yield well(f"{each.kind} 열쇠는 {old.days}일 되었습니다.", f"The {each.kind} key is {old.days} days old.")


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("keys.age", "서명 열쇠는 한 해가 되기 전에 바뀝니다", "Keys that sign are changed within a year", age, needs="house"),
)
