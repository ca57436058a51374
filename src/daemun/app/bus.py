"""Who is told of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daemun.core.event import EventKind, Happening
from daemun.plugin import EVERY_EVENT, Feature, Listener, Subscription
from daemun.ports.database import Work


class Bus:
    """Listeners by event name, in their declared order. A subscription to a name nobody publishes stops the start."""

    def __init__(self, features: Iterable[Feature]) -> None:
        features = tuple(features)
        self.kinds = {kind.name: kind for feature in features for kind in feature.events}
        self._wanted = [each for feature in features for each in feature.subscriptions]
        self._listeners = _by_name(self._wanted, self.kinds)

    def subscribe(self, subscription: Subscription) -> None:
        """For whoever comes after the features, and before the first event."""
        self._listeners = _by_name([*self._wanted, subscription], self.kinds)
        self._wanted.append(subscription)

    def dispatch(self, work: Work, happening: Happening) -> None:
        """Runs inside the transaction of the event."""
        name = happening.event.kind.name
        if self.kinds.get(name) is not happening.event.kind:
            raise LookupError(f"{name} is published, and no feature declares it")
        for listener in self._listeners[name]:
            listener(work, happening)


def _by_name(wanted: Iterable[Subscription], kinds: Mapping[str, EventKind]) -> dict[str, tuple[Listener, ...]]:
    ordered = sorted(wanted, key=lambda each: each.order)
    if unknown := sorted({each.event for each in ordered} - {name for kind in kinds.values() for name in _names(kind)}):
        raise LookupError(f"nobody publishes {', '.join(unknown)}")
    return {name: tuple(each.listener for each in ordered if each.event in _names(kind)) for name, kind in kinds.items()}


def _names(kind: EventKind) -> tuple[str, str, str]:
    """What one may subscribe to in order to be told: the very event, whatever comes of it, everything."""
    return kind.name, kind.code, EVERY_EVENT
