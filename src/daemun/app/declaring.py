"""The log says of itself what was made weaker about it, in an entry `config`: at the start of a server, when that has changed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from daemun.adapters.database import FileLock
from daemun.app.house import House
from daemun.core.actor import SHELL
from daemun.features.audit import Declared
from daemun.ports.database import Work


async def declare(house: House) -> None:
    """Nothing is said as long as all is as it was delivered. Of several workers the first says it."""
    path = house.settings.core.data / "audit" / "declared.json"
    now = Declared.of(house.sections.audit, house.sections.sinks, house.bus.kinds.values())
    lock = FileLock(path.with_suffix(".lock"))
    try:
        if lock.try_hold() and await asyncio.to_thread(_read, path) != now.facts:
            await house.visit("start").work(_said, house, now)
            await asyncio.to_thread(_write, path, now)  # only now: what could not be told is told at the next start
    finally:
        lock.close()


def _said(work: Work, house: House, now: Declared) -> None:
    house.audit.control(work, "config", by=SHELL, **now.facts)


def _read(path: Path) -> object:
    """What was said last; all as it was delivered where nothing was."""
    try:
        return json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return Declared().facts


def _write(path: Path, now: Declared) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(now.facts))
    draft.chmod(0o600)
    draft.replace(path)
