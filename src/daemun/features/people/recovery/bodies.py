"""What is sent to the ways back in."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from daemun.plugin import Body, Secret

LONGEST_PASSWORD = 1024
Token = Annotated[str, Field(max_length=512, description="편지의 링크에 있는 값 · from the link in the letter")]
# Of any length and any characters: what cannot be a name is answered like a name nobody has.
Login = Annotated[str, Field(examples=["hong@example.com"])]


class SendBody(Body):
    """Without an address: to whoever is signed in."""

    email: Login | None = None


class VerifyBody(Body):
    """The token of the link, or the code beside it."""

    token: Token | None = None
    code: Annotated[str, Field(max_length=64, examples=["4820 1937"])] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.token is None) == (self.code is None):
            raise PydanticCustomError("daemun_token_or_code", "either a token or a code")
        return self


class ForgotBody(Body):
    email: Login | None = None
    user_id: Login | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.email is None and self.user_id is None:
            raise PydanticCustomError("daemun_email_or_handle", "an e-mail address or a handle")
        return self

    @property
    def login(self) -> str:
        return self.email if self.email is not None else self.user_id or ""


class ResetBody(Body):
    token: Token
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]
    password_confirm: Annotated[str, Field(max_length=LONGEST_PASSWORD, examples=["Maru-Bada-72!"])]

    @model_validator(mode="after")
    def _same(self) -> Self:
        if self.password != self.password_confirm:
            raise PydanticCustomError("daemun_passwords_differ", "the passwords differ")
        return self


class TokenBody(Body):
    token: Token

    @property
    def secret(self) -> Secret:
        return Secret(self.token)


class RestoreBody(Body):
    """An address, to be sent a letter; or the token of the link in it."""

    email: Login | None = None
    token: Token | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.token is None) == (self.email is None):
            raise PydanticCustomError("daemun_email_or_token", "either an e-mail address or a token")
        return self


class Told(Body):
    message: str


class Standing(Told):
    status: str
