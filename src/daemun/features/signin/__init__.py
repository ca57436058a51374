"""Getting in: a joiner of identity, sessions and access."""

from daemun.features.signin.feature import feature
from daemun.features.signin.flows.login import LogIn
from daemun.features.signin.flows.logout import LogOut
from daemun.features.signin.flows.refresh import Refresh
from daemun.features.signin.flows.signup import SignUp
from daemun.features.signin.recognise import Recognise
from daemun.features.signin.routes import Flows

__all__ = ["Flows", "LogIn", "LogOut", "Recognise", "Refresh", "SignUp", "feature"]
