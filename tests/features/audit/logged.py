"""A house whose audit log can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.house import House, built

from daemun.app.house import House as Built
from daemun.features.audit import Audit, CompactRange, leaf_hash, open_checkpoint, parse_entry
from daemun.features.audit.service import Revealed


def audit_of(house: House) -> Audit:
    return built(house.app).audit


async def settled(house: House) -> Audit:
    """The log once nothing waits any more and all of it is signed."""
    audit = audit_of(house)
    while await asyncio.to_thread(audit.ledger.waiting) or signed_size(audit) != (await audit.standing()).size:
        await asyncio.sleep(0.02)
    return audit


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


def house_of(house: House) -> Built:
    return built(house.app)
