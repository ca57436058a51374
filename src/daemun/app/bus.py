"""Who is told of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from daemun.core.event import Happening
from daemun.plugin import EVERY_EVENT, Feature, Listener
from daemun.ports.database import Work


class Bus:
    """Listeners by event name, in their declared order. A subscription to a name nobody publishes stops the start."""

    def __init__(self, features: Iterable[Feature]) -> None:
        features = tuple(features)
        self.kinds = {kind.name: kind for feature in features for kind in feature.events}
        self._listeners = _by_name(features, self.kinds)

    def dispatch(self, work: Work, happening: Happening) -> None:
        """Runs inside the transaction of the event."""
        name = happening.event.kind.name
        if self.kinds.get(name) is not happening.event.kind:
            raise LookupError(f"{name} is published, and no feature declares it")
        for listener in self._listeners[name]:
            listener(work, happening)


def _by_name(features: tuple[Feature, ...], kinds: Mapping[str, object]) -> dict[str, tuple[Listener, ...]]:
    wanted = [each for feature in features for each in feature.subscriptions]
    if unknown := sorted({each.event for each in wanted} - kinds.keys() - {EVERY_EVENT}):
        raise LookupError(f"nobody publishes {', '.join(unknown)}")
    wanted.sort(key=lambda each: each.order)
    return {name: tuple(each.listener for each in wanted if each.event in (name, EVERY_EVENT)) for name in kinds}
