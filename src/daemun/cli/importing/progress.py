"""How far it is: a bar on a terminal, a line now and then where nobody watches. Always beside the answer, never in it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from typing import Final, TextIO

from daemun.cli.speaking import language
from daemun.features.people import Tally
from daemun.ports.arrivals import Source

WIDE: Final = 30
OFTEN: Final = 0.2
SELDOM: Final = 10.0
"""Seconds between two tellings: on a terminal, and in a log."""


class Progress:
    def __init__(self, source: Source, to: TextIO = sys.stderr, clock: Callable[[], float] = monotonic) -> None:
        self._source, self._to, self._clock = source, to, clock
        self._is_terminal = to.isatty()
        self._began = self._told = clock()

    @property
    def seconds(self) -> float:
        return self._clock() - self._began

    def tell(self, tally: Tally) -> None:
        if self._clock() - self._told >= (OFTEN if self._is_terminal else SELDOM):
            self._told = self._clock()
            self._say(tally)

    def end(self, tally: Tally) -> None:
        """The bar stands full; a log has the summary instead."""
        if self._is_terminal:
            self._say(tally)
            self._to.write("\n")
            self._to.flush()

    def _say(self, tally: Tally) -> None:
        line = self._line(tally)
        self._to.write(f"\r\x1b[K{line}" if self._is_terminal else f"{line}\n")
        self._to.flush()

    def _line(self, tally: Tally) -> str:
        done = min(1.0, self._source.passed / self._source.size) if self._source.size else 1.0
        rate = tally.rows / self.seconds if self.seconds > 0 else 0.0
        left = self.seconds * (1 - done) / done if done else 0.0
        bar = "█" * round(done * WIDE) + "░" * (WIDE - round(done * WIDE))
        told = (
            f"{tally.rows:,} rows · {rate:,.0f}/s · {left:,.0f} s left · {tally.came['rejected']:,} rejected"
            if language() == "en"
            else f"{tally.rows:,}행 · 초당 {rate:,.0f}행 · {left:,.0f}초 남음 · 거절 {tally.came['rejected']:,}"
        )
        return f"{bar + ' ' if self._is_terminal else ''}{done:4.0%} · {told}"
