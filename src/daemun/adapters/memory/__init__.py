"""The gate's memory, in Valkey."""

from pathlib import Path
from typing import Final

from daemun.adapters.memory.marks import ValkeyMarks
from daemun.adapters.memory.valkey import ValkeyMemory

__all__ = ["MIGRATIONS", "ValkeyMarks", "ValkeyMemory"]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
