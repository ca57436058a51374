"""A house whose audit log can be looked at."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.house import House, built

from daemun.app.build import build
from daemun.app.house import House as Built
from daemun.app.settings import Settings
from daemun.features.audit import Audit, CompactRange, Sequencer, leaf_hash, open_checkpoint, parse_entry
from daemun.features.audit.service import Revealed
from daemun.features.audit.sinks import store as sinks


def audit_of(house: House) -> Audit:
    return built(house.app).audit


async def settled(house: House) -> Audit:
    """The log once nothing waits any more and all of it is signed."""
    audit = audit_of(house)
    while await asyncio.to_thread(audit.ledger.waiting) or signed_size(audit) != (await audit.standing()).size:
        await asyncio.sleep(0.02)
    return audit


async def shipped(house: House, name: str = "files") -> None:
    """Returns when a destination has all there is."""
    await settled(house)
    shipping, visit = house_of(house).rooms.shipping, house_of(house).visit("test")
    outlet = shipping.named(name)
    assert outlet is not None
    while (await visit.read(sinks.cursor, name)).next < (await shipping.audit.standing()).size:
        if not await shipping.once(visit, outlet):
            await asyncio.sleep(0.02)


async def dated_lines(house: House) -> list[str]:
    await shipped(house)
    folder = house.settings.core.data / "logs"
    return [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def signed_size(audit: Audit) -> int:
    pinned, standing = audit.signing.pin.read(), audit.ledger.standing()
    if pinned is None or standing is None or not standing.checkpoint:
        return -1
    key = audit.signing.signer.key(standing.origin)
    return open_checkpoint(standing.checkpoint, [key]).checkpoint.size


async def revealed(house: House) -> Sequence[Revealed]:
    """Everything in the log, read with the keys that are left."""
    audit = await settled(house)
    return await audit.reveal(built(house.app).visit("test"), await audit.entries(0, 10_000))


def require_whole(audit: Audit) -> None:
    """That the signed root is the root of what is kept, and every number of every process is there or accounted for."""
    standing = audit.ledger.standing()
    assert standing is not None
    kept = audit.ledger.entries(0, standing.size + 1)
    assert [each.idx for each in kept] == list(range(standing.size))
    signed = open_checkpoint(standing.checkpoint, [audit.signing.signer.key(standing.origin)]).checkpoint
    assert signed.root == CompactRange().extended(leaf_hash(each.entry) for each in kept).root
    parsed = [parse_entry(each.entry) for each in kept]
    assert len({each["i"] for each in parsed}) == len(parsed)
    missing = {boot: set(range(max(numbers) + 1)) - numbers for boot, numbers in numbers_of(parsed).items()}
    for each in parsed:
        for first, end in each.get("numbers", ()):
            missing.get(each["boot"], set()).difference_update(range(first, end))
    assert not any(missing.values()), missing


def numbers_of(parsed: Sequence[dict[str, Any]]) -> dict[str, set[int]]:
    """Which each process gave out, as the entries say."""
    numbers: dict[str, set[int]] = {}
    for each in parsed:
        boot, number = each["p"]
        numbers.setdefault(boot, set()).add(number)
    return numbers


def raw(folder: Path) -> bytes:
    """Every byte of every file."""
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def recorded(data: Path, database_url: str | None = None) -> list[dict[str, Any]]:
    """What the log of a house says that nobody serves, after its events have got their places."""

    async def read() -> list[dict[str, Any]]:
        flags = {"data": str(data)} | ({"database_url": database_url} if database_url else {})
        opened = build(Settings.load(flags=flags, environ={}, cwd=data.parent))
        await opened.open()
        try:
            audit = opened.audit
            await asyncio.to_thread(Sequencer(audit.ledger, audit.signing, audit.scribe, opened.clock, time.monotonic).once)
            return [parse_entry(each.entry) for each in await audit.entries(0, 10_000)]
        finally:
            await opened.close()

    return asyncio.run(read())


def house_of(house: House) -> Built:
    return built(house.app)
