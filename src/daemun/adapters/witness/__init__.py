"""The ports of witnesses: what one has seen, in SQLite; and the way to another, over HTTP."""

from daemun.adapters.witness.line import HttpLine
from daemun.adapters.witness.seen import SeenFile

__all__ = ["HttpLine", "SeenFile"]
