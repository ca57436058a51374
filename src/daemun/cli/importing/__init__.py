"""`daemun import`: people of another system, with their passwords."""

from daemun.cli.importing.command import import_

__all__ = ["import_"]
