"""The ledger port, answered by SQLite (a file of its own) and by PostgreSQL."""

from __future__ import annotations

from daemun.adapters.ledger.pin import PinFile
from daemun.adapters.ledger.spill import SpillFile
from daemun.adapters.ledger.tally import TallyFile
from daemun.ports.ledger import Ledger

__all__ = ["PinFile", "SpillFile", "TallyFile", "open_ledger"]


def open_ledger(url: str) -> Ledger:
    """The log that belongs to a database; not connected before it is asked."""
    if url.startswith("sqlite:"):
        from daemun.adapters.ledger.sqlite import SqliteLedger  # late: each is loaded only where it is used

        return SqliteLedger(url)
    from daemun.adapters.ledger.postgres import PostgresLedger

    return PostgresLedger(url)
