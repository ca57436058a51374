"""Where tokens are kept between calls."""

from __future__ import annotations

from threading import Lock
from typing import Protocol

from daemun_client.tokens import Tokens


class TokenStore(Protocol):
    """Keeps one pair for everybody who shares the store: threads, tasks, processes.

    `reserve` answers at once: True means that until `release` nobody else's `reserve` is True, in whatever process; a reservation dies
    with its process. Whoever changes the pair holds it, from before reading until after writing. What `save` was given is durable when it
    returns, whole or not at all. All methods are quick: the asynchronous client calls them on its loop.
    """

    def reserve(self) -> bool: ...

    def release(self) -> None: ...

    def load(self) -> Tokens | None: ...

    def save(self, tokens: Tokens) -> None: ...

    def clear(self) -> None: ...


class MemoryStore:
    """Lives and dies with the process; several clients may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tokens: Tokens | None = None

    def reserve(self) -> bool:
        return self._lock.acquire(blocking=False)

    def release(self) -> None:
        self._lock.release()

    def load(self) -> Tokens | None:
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def clear(self) -> None:
        self._tokens = None
