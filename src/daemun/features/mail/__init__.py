"""Letters: written down with their cause, sent after it, at least once."""

from daemun.features.mail.feature import PERMISSIONS, feature
from daemun.features.mail.letterbook import LetterBook, Unwritable
from daemun.features.mail.models import Opened, Record, State, Written
from daemun.features.mail.service import Mail
from daemun.features.mail.settings import PORTS, MailSettings
from daemun.features.mail.words import BadWords

__all__ = [
    "PERMISSIONS",
    "PORTS",
    "BadWords",
    "LetterBook",
    "Mail",
    "MailSettings",
    "Opened",
    "Record",
    "State",
    "Unwritable",
    "Written",
    "feature",
]
