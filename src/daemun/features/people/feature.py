"""What people hands over."""

from __future__ import annotations

from daemun.features.people.me import router
from daemun.plugin import Feature


def feature() -> Feature:
    return Feature("people", routers=(router(),))
