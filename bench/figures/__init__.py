"""One file is one figure: `measure(options)` yields its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.figures import logins, me, memory, ready, refresh, scale, storm
from bench.line import Line
from bench.options import Options

Figure = Callable[[Options], Iterator[Line]]
FIGURES: dict[str, Figure] = {
    "ready": ready.measure,
    "memory": memory.measure,
    "logins": logins.measure,
    "refresh": refresh.measure,
    "me": me.measure,
    "storm": storm.measure,
    "scale": scale.measure,
}
