"""What mail refuses."""

from __future__ import annotations

from daemun.core.errors import Conflict


class LetterNotFailed(Conflict):
    code = "letter_not_failed"
