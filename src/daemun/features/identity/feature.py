"""What identity hands over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from daemun.features.identity.chores import chores_of
from daemun.features.identity.events import ALL
from daemun.features.identity.passwords import POLICIES, PasswordPolicy
from daemun.features.identity.service import Identity
from daemun.features.identity.settings import IdentitySettings
from daemun.plugin import Feature, Permission

HERE = Path(__file__).parent
T = TypeVar("T")


def policy_of(rules: IdentitySettings) -> PasswordPolicy:
    """The named policy, with what the operator set on top."""
    policy = POLICIES[rules.password_policy]
    return replace(
        policy,
        min_length=_or(rules.password_min_length, policy.min_length),
        upper=_or(rules.password_require_uppercase, policy.upper),
        lower=_or(rules.password_require_lowercase, policy.lower),
        digit=_or(rules.password_require_digit, policy.digit),
        special=_or(rules.password_require_special, policy.special),
    )


def _or(asked: T | None, usual: T) -> T:
    return usual if asked is None else asked


def feature(identity: Identity) -> Feature:
    return Feature(
        "identity",
        permissions=(
            Permission("users.read", "회원 보기", "See users"),
            Permission("users.manage", "회원 만들기·바꾸기·정지·삭제", "Create, change, suspend and delete users"),
            Permission("users.recover", "회원 복구 시작", "Start a user's recovery"),
            Permission("users.erase", "회원 즉시 완전 삭제", "Erase users at once"),
            Permission("users.hold", "법적 보존 걸기·풀기", "Put users under legal hold and release them"),
        ),
        events=ALL,
        locale=HERE / "locale",
        migrations=HERE / "migrations",
        chores=chores_of(identity),
        about=identity.directory.about,
    )
