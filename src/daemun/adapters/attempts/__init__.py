"""The attempts port, answered by the database or by Valkey."""

from pathlib import Path
from typing import Final

from daemun.adapters.attempts.counted import CountedAttempts
from daemun.adapters.attempts.database import DatabaseAttempts
from daemun.adapters.attempts.valkey import ValkeyAttempts, evicts

__all__ = ["MIGRATIONS", "CountedAttempts", "DatabaseAttempts", "ValkeyAttempts", "evicts"]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
