"""What is sent and answered about one's own API keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field

from daemun.features.apikeys import PREFIX, ApiKey, Draft, Made
from daemun.features.people.own.bodies import Moment
from daemun.plugin import Body, Line

Scope = Annotated[Line, Field(min_length=1, max_length=100)]
When = Annotated[AwareDatetime | None, Field(strict=False, examples=["2027-02-19T00:00:00Z"])]


class NewKeyBody(Body):
    name: Annotated[Line, Field(min_length=1, max_length=60, examples=["야간 배치"])]
    scopes: list[Scope] = Field(default_factory=list, max_length=200, description="권한의 이름 · names of permissions")
    expires_at: When = None

    @property
    def draft(self) -> Draft:
        return Draft(self.name, tuple(self.scopes), self.expires_at)


class RotationBody(Body):
    expires_at: When = None
    old_until: Annotated[When, Field(description="앞의 키를 쓸 수 있는 마지막 때 · until when the old key works")] = None


class KeyAnswer(Body):
    id: str
    name: str
    hint: Annotated[str, Field(description="키의 처음과 끝 · how the key begins and ends")]
    scopes: list[str]
    state: Literal["live", "expired", "ended"]
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None
    last_used_from: str | None
    ended_at: Moment | None
    ended_why: str | None
    replaced_by: str | None

    @classmethod
    def of(cls, key: ApiKey, now: datetime) -> Self:
        return cls(**told_of(key, now))


class NewKeyAnswer(KeyAnswer):
    key: Annotated[str, Field(description="지금 한 번만 보임 · shown this once")]

    @classmethod
    def made(cls, made: Made, now: datetime) -> Self:
        return cls(**told_of(made.key, now), key=made.text.reveal())


class KeysAnswer(Body):
    api_keys: list[KeyAnswer]


def told_of(key: ApiKey, now: datetime) -> dict[str, Any]:
    """Its members, for every answer that shows one."""
    return {
        "id": key.id,
        "name": key.name,
        "hint": f"{PREFIX}…{key.hint}",
        "scopes": list(key.scopes),
        "state": key.state(now),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.used_at,
        "last_used_from": key.used_from,
        "ended_at": key.ended_at,
        "ended_why": key.ended_why,
        "replaced_by": key.replaced_by,
    }
