"""The settings as a whole: whether the server would start with them, and how far the profile is from production."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from daemun.app.doctor.examined import Examined
from daemun.app.guessable import WHY
from daemun.app.profiles import RULES
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, deviates, fails, put

MEND: Final = Sentence("그 설정을 고치십시오. 값과 출처: daemun settings", "Mend that setting. Values and their sources: daemun settings")


def right(patient: Examined) -> Iterator[Finding]:
    for said in patient.wrong():
        # What could be guessed is told by the check on secrets, with its clause.
        if not any(why.en in said.en for why in WHY.values()):
            yield fails(f"서버가 켜지지 않습니다. {said.ko}", f"The server does not start. {said.en}", fix=MEND)


def names(patient: Examined) -> Iterator[Finding]:
    for said in patient.settings.misspelt():
        yield deviates(said.ko, said.en, fix=MEND)


def profile(patient: Examined) -> Iterator[Finding]:
    if patient.profile == "prod":
        return
    mine, prod = RULES[patient.profile], RULES["prod"]
    loose = [name for name in prod.__slots__ if getattr(mine, name) != getattr(prod, name)]
    yield deviates(
        f"프로필 {patient.profile}은(는) prod가 막는 것을 허용합니다: {', '.join(loose)}",
        f"Profile {patient.profile} allows what prod refuses: {', '.join(loose)}",
        fix=put("DAEMUN_PROFILE=prod"),
        of=("profile",),
    )


def exposed(patient: Examined) -> Iterator[Finding]:
    core = patient.core
    if core.profile == "dev" and core.host not in ("127.0.0.1", "::1", "localhost"):
        yield fails(
            f"프로필 dev가 {core.host}에서 기다립니다. 같은 네트워크의 누구나 /dev/mail에서 남의 편지를 읽습니다.",
            f"Profile dev listens on {core.host}: whoever is on that network reads everybody's letters at /dev/mail.",
            fix=put("DAEMUN_PROFILE=prod", "DAEMUN_HOST=127.0.0.1"),
            of=("profile", "host"),
        )


def logs(patient: Examined) -> Iterator[Finding]:
    if patient.core.log_level == "debug" and patient.profile != "dev":
        yield deviates(
            "로그가 라이브러리의 세부까지 적습니다. 무엇이 들어갈지 우리가 정하지 않은 것들입니다.",
            "The log holds the details of libraries, and what these write is not ours to say.",
            fix=put("DAEMUN_LOG_LEVEL=info"),
            of=("log_level",),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("settings.right", "설정으로 서버가 켜집니다", "The server starts with these settings", right),
    Check("settings.names", "비슷하게 잘못 적은 이름이 없습니다", "No name is nearly one of ours", names),
    Check("settings.profile", "프로필이 prod입니다", "The profile is prod", profile),
    Check("settings.exposed", "dev는 이 컴퓨터에서만 열립니다", "Profile dev is open to this machine alone", exposed),
    Check("settings.logs", "로그가 수다스럽지 않습니다", "The log does not talk too much", logs, (62,)),
)
