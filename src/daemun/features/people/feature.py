"""What people hands over."""

from __future__ import annotations

from daemun.features.access import Access
from daemun.features.identity import Identity
from daemun.features.people.me import router
from daemun.plugin import Feature


def feature(identity: Identity, access: Access) -> Feature:
    return Feature("people", routers=(router(identity, access),))
