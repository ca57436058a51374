"""A tool whose check does not come to its end."""

from __future__ import annotations

from daemun.plugin import Check, Feature, Findings, Kit, Patient


def down(patient: Patient) -> Findings:
    raise RuntimeError(patient.profile)


def plug(_kit: Kit) -> Feature:
    return Feature("fall", checks=(Check("fall.down", "넘어지지 않습니다", "It does not fall", down),))
