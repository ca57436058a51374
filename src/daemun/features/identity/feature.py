"""What identity hands over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from daemun.features.identity.events import LOGIN_FAILED, LOGIN_LIMITED, SIGNED_UP, UNLOCKED
from daemun.features.identity.passwords import POLICIES, PasswordPolicy
from daemun.features.identity.settings import IdentitySettings
from daemun.plugin import Feature, Permission

HERE = Path(__file__).parent


def policy_of(rules: IdentitySettings) -> PasswordPolicy:
    """The named policy, with what the operator set on top."""
    policy = POLICIES[rules.password_policy]
    asked = {
        "min_length": rules.password_min_length,
        "upper": rules.password_require_uppercase,
        "lower": rules.password_require_lowercase,
        "digit": rules.password_require_digit,
        "special": rules.password_require_special,
    }
    return replace(policy, **{name: value for name, value in asked.items() if value is not None})


def feature() -> Feature:
    return Feature(
        "identity",
        permissions=(
            Permission("users.read", "회원 보기", "See users"),
            Permission("users.manage", "회원 만들기·바꾸기·정지·삭제", "Create, change, suspend and delete users"),
            Permission("users.recover", "회원 복구 시작", "Start a user's recovery"),
        ),
        events=(SIGNED_UP, LOGIN_FAILED, LOGIN_LIMITED, UNLOCKED),
        locale=HERE / "locale",
        migrations=HERE / "migrations",
    )
