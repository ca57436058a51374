"""A person as the server shows one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from daemun_client.errors import Unreachable


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    handle: str
    email: str
    name: str
    is_active: bool
    is_verified: bool
    created_at: datetime
    last_login_at: datetime | None
    roles: tuple[str, ...] = ()
    permissions: frozenset[str] = frozenset()

    @classmethod
    def told_by(cls, answer: Mapping[str, object]) -> Self:
        """Members that are new to this version are left alone."""
        try:
            return cls(
                id=_text(answer["id"]),
                handle=_text(answer["user_id"]),
                email=_text(answer["email"]),
                name=_text(answer["name"]),
                is_active=answer["is_active"] is True,
                is_verified=answer["is_verified"] is True,
                created_at=datetime.fromisoformat(_text(answer["created_at"])),
                last_login_at=datetime.fromisoformat(_text(seen)) if (seen := answer["last_login_at"]) is not None else None,
                roles=_texts(answer.get("roles", [])),
                permissions=frozenset(_texts(answer.get("permissions", []))),
            )
        except (KeyError, ValueError) as error:
            raise Unreachable("the answer is not one of Daemun: no person in it") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - an answer that is not ours, not a mistake in a program
    return value


def _texts(values: object) -> tuple[str, ...]:
    return tuple(_text(each) for each in values) if isinstance(values, list) else ()
