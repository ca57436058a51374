"""What the API of administration reads."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from daemun.features.identity import EMAIL, Newcomer, Sought, Status
from daemun.features.people.administration.flows.accept_invitation import Acceptance
from daemun.features.people.administration.flows.bulk import MOST, Action, Chosen, Order
from daemun.features.people.administration.flows.change_somebody import Correction
from daemun.features.people.administration.flows.inviting import FIRST_ROLE
from daemun.plugin import Body, Line, Secret
from daemun.ports.database import EPOCH

ID = r"^[0-9A-HJKMNP-TV-Z]{26}$"
GIVEN = r"^[a-zA-Z0-9._-]{2,50}$"
"""Handles that somebody else writes down: TE's `john.doe`."""
OWN = r"^[a-zA-Z0-9_]{4,20}$"
LONGEST_PASSWORD = 4096
"""Far beyond any policy's limit: this only bounds the work of reading it."""


def _address(email: str) -> str:
    if not re.fullmatch(EMAIL, email):
        raise PydanticCustomError("daemun_email_form", "no e-mail address")
    return email


def _said(text: str) -> str:
    if len(text.strip()) < 1 or not any(each.isalnum() for each in text):
        raise PydanticCustomError("string_too_short", "too short", {"min_length": 1})
    return text.strip()


def _dated(at: object) -> object:
    """A number would be a moment as well, and nobody means 1970."""
    if not isinstance(at, str | datetime) or not re.match(r"\d{4}-\d\d-\d\d", str(at)):
        raise PydanticCustomError("daemun_field_invalid", "a moment is written as a date with a time")
    return at


Email = Annotated[str, Field(max_length=254, examples=["hong@example.com"]), AfterValidator(_address)]
Name = Annotated[Line, Field(min_length=2, max_length=100, examples=["홍길동"]), AfterValidator(_said)]
Reason = Annotated[Line, Field(min_length=1, max_length=500, examples=["약관 위반"]), AfterValidator(_said)]
Role = Annotated[Line, Field(min_length=1, max_length=50)]
Roles = Annotated[list[Role], Field(max_length=50)]
Password = Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]
When = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_dated)]
Since = Annotated[AwareDatetime, Field(ge=EPOCH), BeforeValidator(_dated)]
UserId = Annotated[str, Field(pattern=ID)]


class NewUserBody(Body):
    """Without a password: its owner chooses it."""

    handle: str = Field(pattern=GIVEN, examples=["john.doe"])
    email: Email
    name: Name
    roles: Roles = Field(default_factory=lambda: [FIRST_ROLE])

    @property
    def newcomer(self) -> Newcomer:
        return Newcomer(self.handle, self.email, self.name, Secret(""))


class CorrectionBody(Body):
    name: Name | None = None
    email: Email | None = None
    language: Literal["ko", "en"] | None = None

    @property
    def correction(self) -> Correction:
        return Correction(self.name, self.email, self.language)


class ReasonBody(Body):
    reason: Reason


class SuspendBody(ReasonBody):
    until: When | None = None


class RolesBody(Body):
    roles: Roles


class InvitationBody(Body):
    email: Email
    name: Name | None = None
    roles: Roles = Field(default_factory=lambda: [FIRST_ROLE])
    language: Literal["ko", "en"] | None = None


class FilterBody(Body):
    """At least one of them: everybody is not meant by leaving everything out."""

    q: Annotated[Line, Field(max_length=254)] = ""
    status: Status | None = None
    verified: bool | None = None
    role: Role | None = None
    created_from: When | None = None
    created_to: When | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.q.strip() and all(each is None for each in (self.status, self.verified, self.role, self.created_from, self.created_to)):
            raise PydanticCustomError("daemun_filter_empty", "everybody is not meant")
        return self

    @property
    def sought(self) -> Sought:
        return Sought(self.q, self.status, self.verified, self.created_from, self.created_to)


class BulkBody(Body):
    ids: list[UserId] | None = Field(default=None, min_length=1, max_length=MOST)
    filter: FilterBody | None = None
    action: Action
    reason: Reason
    roles: Roles = Field(default_factory=list)
    until: When | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise PydanticCustomError("daemun_ids_or_filter", "either")
        if self.action.startswith("roles_") != bool(self.roles):
            raise PydanticCustomError("daemun_roles_of_bulk", "roles go with roles_add and roles_remove")
        return self

    @property
    def chosen(self) -> Chosen:
        if self.filter is None:
            return Chosen(ids=self.ids or ())
        return Chosen(sought=self.filter.sought, role=self.filter.role)

    @property
    def order(self) -> Order:
        return Order(self.action, self.reason, tuple(self.roles), self.until)


class PasswordsBody(Body):
    token: Annotated[Line, Field(min_length=1, max_length=200)]
    password: Password
    password_confirm: Password

    @model_validator(mode="after")
    def _same(self) -> Self:
        if self.password != self.password_confirm:
            raise PydanticCustomError("daemun_passwords_differ", "the passwords differ")
        return self


class AcceptBody(PasswordsBody):
    """Handle and name where the invitation is not for an account that is there already."""

    handle: Annotated[str, Field(pattern=OWN)] | None = None
    name: Name | None = None

    @property
    def acceptance(self) -> Acceptance:
        return Acceptance(self.handle or "", self.name or "", Secret(self.password))


class SetUpBody(PasswordsBody):
    handle: str = Field(pattern=GIVEN, examples=["gatekeeper"])
    email: Email
    name: Name

    @property
    def newcomer(self) -> Newcomer:
        return Newcomer(self.handle, self.email, self.name, Secret(self.password))
