"""Letters: written down with their cause, sent after it, at least once."""

from daemun.features.mail.feature import feature
from daemun.features.mail.letterbook import LetterBook, Unwritable
from daemun.features.mail.models import Opened, Written
from daemun.features.mail.service import Mail
from daemun.features.mail.settings import MailSettings
from daemun.features.mail.words import BadWords

__all__ = ["BadWords", "LetterBook", "Mail", "MailSettings", "Opened", "Unwritable", "Written", "feature"]
