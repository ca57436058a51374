"""Getting in: a joiner of identity, sessions and access."""

from daemun.features.signin.door import Door
from daemun.features.signin.feature import LOCALE, feature
from daemun.features.signin.recognise import Recognise

__all__ = ["LOCALE", "Door", "Recognise", "feature"]
