"""Somebody who slept has come to their mailbox."""

from __future__ import annotations

from daemun.core.errors import Refusal
from daemun.features.identity import Account
from daemun.features.people.desk import Desk
from daemun.features.people.standing import move
from daemun.ports.database import Work


def woken(desk: Desk, work: Work, account: Account) -> Account:
    """Awake, and told so; of who is not asleep, nothing changes."""
    if account.status != "SLEEP":
        return account
    moved = move(desk, work, account.id, "wake", by=account.actor)
    if isinstance(moved, Refusal):
        raise moved
    return moved.account
