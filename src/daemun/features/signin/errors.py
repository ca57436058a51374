"""What signing in refuses by itself; the rest comes from the rooms it joins."""

from __future__ import annotations

from collections.abc import Mapping

from daemun.core.errors import Denied
from daemun.core.secret import Secret


class SignupClosed(Denied):
    code = "signup_closed"


class PasswordChangeDue(Denied):
    """The password was right and only lent: it is good for choosing a new one."""

    code = "password_change_due"

    def __init__(self, token: Secret) -> None:
        super().__init__()
        self.token = token

    def members(self) -> Mapping[str, str | int | None]:
        return {"reset_token": self.token.reveal()}
