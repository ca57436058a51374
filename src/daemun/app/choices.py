"""What whoever runs the server chose otherwise than at its last start: names of settings, never their values."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from daemun.adapters.database import FileLock
from daemun.app.settings import Settings
from daemun.core.actor import SHELL
from daemun.core.event import EventKind
from daemun.plugin import Feature, Visit
from daemun.ports.database import Work

CHANGED: Final = EventKind("settings.change", "success", "admin", fields={"names": "public", "count": "public"})
NAMED: Final = 40
Marks = Mapping[str, str]


def feature() -> Feature:
    return Feature("house", events=(CHANGED,), locale=Path(__file__).parent / "locale")


def marks_of(settings: Settings, key: bytes) -> Marks:
    """What tells that a value is another one, and not what it is. A secret is shown as one, so a new secret looks like the old."""
    return {each.name: hmac.digest(key, f"{each.name}={each.value}".encode(), "sha256")[:8].hex() for each in settings.effective()}


def changed(before: Marks, now: Marks) -> list[str]:
    """Settings that came or went with a release are nobody's choice."""
    return sorted(name for name, mark in now.items() if before.get(name, mark) != mark)


async def tell(settings: Settings, key: bytes, visit: Visit) -> None:
    """For the start of a server. Of its workers the first says it; the others find it said."""
    path = settings.core.data / "audit" / "settings.json"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path.with_suffix(".lock"))
    try:
        if lock.try_hold():
            await _told(path, marks_of(settings, key), visit)
    finally:
        lock.close()


async def _told(path: Path, now: Marks, visit: Visit) -> None:
    before = await asyncio.to_thread(_read, path)
    if before == now:
        return
    if before is not None and (names := changed(before, now)):
        await visit.work(_said, names)
    await asyncio.to_thread(_write, path, now)  # only now: what could not be told is told at the next start


def _said(work: Work, names: Sequence[str]) -> None:
    work.publish(CHANGED.by(SHELL, work.now, names=", ".join(names[:NAMED]), count=len(names)))


def _read(path: Path) -> Marks | None:
    """None at the first start, and where somebody has spoilt it: then nothing is known of before."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _write(path: Path, marks: Marks) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(marks, sort_keys=True))
    draft.chmod(0o600)
    draft.replace(path)
