"""The command line: help that teaches, exit codes, and `--json` where a program may read."""

from daemun.cli.main import main

__all__ = ["main"]
