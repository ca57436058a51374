"""Whoever read the mailbox is no stranger where they read it."""

from __future__ import annotations

from dataclasses import dataclass

from daemun.features.identity import Account
from daemun.features.people.desk import Desk
from daemun.features.sessions import DeviceCookie
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True, eq=False)
class Back:
    """Whose way back it was, and the mark by which the browser that came this way is known from now on."""

    account: Account
    device: DeviceCookie


def known_here(desk: Desk, work: Work, account: Account, device: DeviceCookie) -> Back:
    """Its tries are its own from now on: else whoever knows the name keeps an owner without a known device out for as long as they like."""
    desk.sessions.devices.remember(work, account.id, device.id, by=account.actor)
    return Back(account, device)
