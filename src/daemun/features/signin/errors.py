"""What signing in refuses by itself; the rest comes from the rooms it joins."""

from daemun.core.errors import Denied


class SignupClosed(Denied):
    code = "signup_closed"
