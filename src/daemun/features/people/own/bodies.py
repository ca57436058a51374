"""What is sent and answered at one's own account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from daemun.features.identity import Account
from daemun.features.people.own.flows.logins import Logins, ShownLogin
from daemun.features.people.own.flows.sessions import ShownDevice, ShownSession
from daemun.features.people.own.words import Words
from daemun.plugin import Body, Line

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]
LONGEST: Final = 4096
"""Far beyond any policy's limit: a longer one is told so by the policy, this only bounds the work of reading it."""
Password = Annotated[str, Field(max_length=LONGEST)]


class ProfileBody(Body):
    name: Annotated[Line, Field(min_length=2, max_length=100)] | None = None
    language: Annotated[Literal["ko", "en"], Field(description="편지의 언어 · the language of letters")] | None = None


class PasswordBody(Body):
    current_password: Password
    password: Password
    password_confirm: Password

    @model_validator(mode="after")
    def _same(self) -> Self:
        if self.password != self.password_confirm:
            raise PydanticCustomError("daemun_passwords_differ", "the passwords differ")
        return self


class EmailBody(Body):
    email: Annotated[Line, Field(max_length=254, examples=["hong@example.com"])]
    password: Password


class NameBody(Body):
    name: Annotated[Line, Field(max_length=60, description="비우면 기기의 이름으로 돌아갑니다 · empty: called as its device again")]


class LeaveBody(Body):
    password: Password


class OwnAccount(Body):
    id: str
    user_id: str
    email: str
    is_verified: bool
    name: str
    language: Literal["ko", "en"]
    created_at: Moment
    last_login_at: Moment | None
    password_changed_at: Moment | None

    @classmethod
    def of(cls, account: Account) -> Self:
        return cls(
            id=account.id,
            user_id=account.handle,
            email=account.email,
            is_verified=account.email_verified,
            name=account.name,
            language=account.language,
            created_at=account.created_at,
            last_login_at=account.last_login_at,
            password_changed_at=account.password_changed_at,
        )


class Ended(Body):
    ended: Annotated[int, Field(description="끝난 다른 세션의 수 · how many other sessions have ended")]


class Said(Body):
    message: str


class Gone(Body):
    message: str
    restorable_until: Moment


class OwnSession(Body):
    id: str
    kind: Literal["browser", "tokens"]
    name: str | None
    device: str
    place: str | None
    country: str | None
    address: str
    started_at: Moment
    last_seen_at: Moment
    expires_at: Moment
    remembered: bool
    aal: int
    is_current: bool

    @classmethod
    def of(cls, shown: ShownSession, words: Words) -> Self:
        session = shown.session
        return cls(
            id=session.id,
            kind=session.kind,
            name=session.name,
            device=words.device(session.device),
            place=words.place(shown.country, session.address),
            country=shown.country,
            address=session.address,
            started_at=session.started_at,
            last_seen_at=session.used_at,
            expires_at=session.expires_at,
            remembered=session.remember,
            aal=session.aal,
            is_current=shown.is_current,
        )


class OwnDevice(Body):
    id: str
    name: str
    place: str | None
    country: str | None
    address: str
    first_seen_at: Moment
    last_seen_at: Moment
    is_current: bool

    @classmethod
    def of(cls, shown: ShownDevice, words: Words) -> Self:
        device = shown.device
        return cls(
            id=device.id,
            name=words.device(device.name),
            place=words.place(shown.country, device.address),
            country=shown.country,
            address=device.address,
            first_seen_at=device.first_seen,
            last_seen_at=device.last_seen,
            is_current=shown.is_current,
        )


class OwnLogin(Body):
    id: str
    at: Moment
    success: bool
    reason: str | None
    told: Annotated[str, Field(description="그 까닭을 말로 · the reason in words")]
    device: str
    place: str | None
    country: str | None
    address: str

    @classmethod
    def of(cls, shown: ShownLogin, words: Words) -> Self:
        return cls(
            id=shown.entry.id,
            at=shown.entry.at,
            success=shown.entry.success,
            reason=shown.entry.reason,
            told=words.reason(shown.entry.reason),
            device=words.device(shown.device),
            place=words.place(shown.country, shown.address),
            country=shown.country,
            address=shown.address,
        )


class OwnLogins(Body):
    logins: list[OwnLogin]
    next: str | None

    @classmethod
    def of(cls, found: Logins, words: Words) -> Self:
        return cls(logins=[OwnLogin.of(each, words) for each in found.shown], next=found.next)


class OwnSessions(Body):
    sessions: list[OwnSession]


class OwnDevices(Body):
    devices: list[OwnDevice]
