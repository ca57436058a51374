"""KRX's bodies and answers, exactly."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from daemun.features.identity import EMAIL, HANDLE, Attempt, Newcomer, User
from daemun.features.sessions import TokenPair
from daemun.features.signin.flows.finish import Finishing, Key
from daemun.plugin import Body, Line, Secret

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]
LONGEST_PASSWORD = 4096
"""Far beyond any policy's limit: a longer one is told so by the policy, this only bounds the work of reading it."""


def _agreed(agree: bool) -> bool:
    if not agree:
        raise PydanticCustomError("daemun_not_agreed", "the terms must be agreed to")
    return agree


def _named(name: str) -> str:
    if len(name.strip()) < 2 or not any(each.isalnum() for each in name):
        raise PydanticCustomError("string_too_short", "too short", {"min_length": 2})
    return name.strip()


def _address(email: str) -> str:
    if not re.fullmatch(EMAIL, email):
        raise PydanticCustomError("daemun_email_form", "no e-mail address")
    return email


class SignUpBody(Body):
    user_id: Annotated[str, Field(pattern=HANDLE, min_length=4, max_length=20, examples=["hong_gildong"])]
    email: Annotated[
        str, Field(max_length=254, examples=["hong@example.com"], json_schema_extra={"pattern": EMAIL}), AfterValidator(_address)
    ]
    name: Annotated[Line, Field(min_length=2, max_length=100, examples=["홍길동"]), AfterValidator(_named)]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]
    password_confirm: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]
    agree: Annotated[bool, AfterValidator(_agreed), Field(description="이용약관 동의 · the terms are agreed to")]

    @model_validator(mode="after")
    def _same(self) -> Self:
        if self.password != self.password_confirm:
            raise PydanticCustomError("daemun_passwords_differ", "the passwords differ")
        return self

    @property
    def newcomer(self) -> Newcomer:
        return Newcomer(self.user_id, self.email, self.name, Secret(self.password))


class LoginBody(Body):
    user_id: Annotated[Line, Field(max_length=254, description="아이디 또는 이메일 · handle or e-mail", examples=["hong_gildong"])]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]
    remember_me: bool = False

    @property
    def attempt(self) -> Attempt:
        return Attempt(self.user_id, Secret(self.password))


class FinishBody(Body):
    """`token` from the letter's link, or `code` in the browser that asked. `user_id`: another one, when the first is taken by now.

    `password`: instead of the one that was asked with. Due where no browser asked: there only who reads the letter chooses it.
    """

    token: Annotated[str, Field(max_length=200)] | None = None
    code: Annotated[str, Field(max_length=20)] | None = None
    user_id: Annotated[str, Field(pattern=HANDLE, min_length=4, max_length=20)] | None = None
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])] | None = None
    password_confirm: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.token is None) == (self.code is None) or (self.code is not None and self.password is not None):
            raise PydanticCustomError("daemun_signup_token_or_code", "a token or a code")
        if self.password != self.password_confirm:
            raise PydanticCustomError("daemun_passwords_differ", "the passwords differ")
        return self

    @property
    def finishing(self) -> Finishing:
        token, code, password = (Secret(each) if each is not None else None for each in (self.token, self.code, self.password))
        return Finishing(Key(token, code), self.user_id or "", password)


class PasswordBody(Body):
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)]


class RefreshBody(Body):
    refresh_token: Annotated[str, Field(max_length=512)]


class UserAnswer(Body):
    id: str
    user_id: str
    email: str
    name: str
    is_active: bool
    is_verified: bool
    created_at: Moment
    last_login_at: Moment | None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            user_id=user.handle,
            email=user.email,
            name=user.name,
            is_active=user.is_active,
            is_verified=user.email_verified,
            created_at=user.created_at,
            last_login_at=user.last_login_at,
        )


class TokenAnswer(Body):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: Annotated[int, Field(description="초 · seconds")]

    @classmethod
    def of(cls, pair: TokenPair) -> Self:
        return cls(access_token=pair.access.reveal(), refresh_token=pair.refresh.reveal(), expires_in=pair.expires_in)


class Message(Body):
    message: str
