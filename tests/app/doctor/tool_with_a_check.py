"""A tool that brings a check of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from daemun.plugin import Check, Feature, Finding, Kit, Patient, deviates, put, setting


@dataclass(frozen=True, slots=True)
class Rules:
    loud: bool = setting(False, ko="크게", en="Loudly")


def loud(patient: Patient) -> Iterator[Finding]:
    if patient.section("bell", Rules).loud:
        yield deviates("시끄럽습니다.", "It is loud.", fix=put("DAEMUN_BELL__LOUD=0"), of=("bell.loud",))


def plug(kit: Kit) -> Feature:
    kit.section("bell", Rules)
    return Feature("bell", checks=(Check("bell.loud", "조용합니다", "It is quiet", loud),))
