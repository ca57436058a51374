"""One file is one figure: `measure(options)` yields its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.figures import audit, cache, importing, letters, logins, me, memory, people, ready, refresh, scale, storm, timing
from bench.line import Line
from bench.options import Options

Figure = Callable[[Options], Iterator[Line]]
FIGURES: dict[str, Figure] = {
    "ready": ready.measure,
    "memory": memory.measure,
    "logins": logins.measure,
    "refresh": refresh.measure,
    "me": me.measure,
    "cache": cache.measure,
    "storm": storm.measure,
    "letters": letters.measure,
    "timing": timing.measure,
    "people": people.measure,
    "import": importing.measure,
    "audit": audit.measure,
    "scale": scale.measure,
}
