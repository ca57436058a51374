"""What an examination comes to. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from daemun.core.sentence import Sentence

Verdict = Literal["pass", "unseen", "deviation", "fail"]
"""unseen: could not be looked at. deviation: it works, and is weaker than what is asked. fail: it is not so, or does not work."""
RISING: Final[tuple[Verdict, ...]] = ("pass", "unseen", "deviation", "fail")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen. It goes to terminals and logs: nothing secret stands in it."""

    verdict: Verdict
    what: Sentence
    fix: Sentence | None = None
    settings: tuple[str, ...] = ()
    """Those that cause it, such as `identity.password_policy`."""


def well(ko: str, en: str) -> Finding:
    return Finding("pass", Sentence(ko, en))


def unseen(ko: str, en: str) -> Finding:
    return Finding("unseen", Sentence(ko, en))


def deviates(ko: str, en: str, *, fix: Sentence, of: tuple[str, ...] = ()) -> Finding:
    return Finding("deviation", Sentence(ko, en), fix, of)


def fails(ko: str, en: str, *, fix: Sentence, of: tuple[str, ...] = ()) -> Finding:
    return Finding("fail", Sentence(ko, en), fix, of)


def put(*settings: str) -> Sentence:
    """`DAEMUN_PROFILE=prod`, to be set."""
    listed = ", ".join(settings)
    return Sentence(f"이렇게 정하십시오: {listed}", f"Set {listed}")


def command(line: str) -> Sentence:
    return Sentence(f"실행하십시오: {line}", f"Run: {line}")


def worst(verdicts: list[Verdict]) -> Verdict:
    return max(verdicts, key=RISING.index, default="pass")
