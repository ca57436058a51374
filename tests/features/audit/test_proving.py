"""Proofs out of a tree of three levels of tiles: the same from what is remembered as from what is read."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from daemun.adapters import migrations
from daemun.adapters.database import open_database
from daemun.adapters.ledger import open_ledger
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Missing
from daemun.features.audit import Proving, check_inclusion, feature, leaf_hash, parse_proof
from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.growing import Edge
from daemun.features.audit.signing import Signer
from daemun.ports.database import Work
from daemun.ports.ledger import Growth, Ledger, Standing, Waiting

SIZE = 70_000
MIGRATIONS = Path(sys.modules[feature.__module__].__file__ or "").parent / "migrations"
FILLED = text(
    "INSERT INTO daemun_audit_outbox (entry, parts, mac) "
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size) SELECT :data, :data, :data FROM n"
)


async def tall(url: str) -> tuple[Ledger, bytes]:
    """A log with its root: each entry is its own number."""
    migrations.upgrade(url, {"audit": MIGRATIONS})
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy(), pool=1)
    await database.start(lambda work, happening: None)
    await database.work(filled, Circumstance())
    await database.stop()
    ledger, edge = open_ledger(url), Edge.of(0, b"", lambda level, index: None)
    ledger.found("gate.example/audit/default")
    assert ledger.lead()

    def grown(standing: Standing, rows: Sequence[Waiting]) -> Growth:
        nonlocal edge
        entries = [(b"%d" % number, b"") for number in range(len(rows))]
        edge, tiles = edge.grown([each[0] for each in entries])
        return Growth(standing.size, entries, tiles, b"".join(edge.range.hashes))

    assert ledger.grow(SIZE, grown) == SIZE
    return ledger, edge.range.root


def filled(work: Work) -> None:
    work.run(FILLED.bindparams(size=SIZE, data=b"."))


async def test_each_proof_holds_however_it_was_put_together(database_url: str) -> None:
    ledger, root = await tall(database_url)
    try:
        ledger.sign(SIZE, Signer(bytes(32)).signed(Checkpoint("gate.example/audit/default", SIZE, root)))
        proving = Proving(ledger)
        for idx in (0, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1, 0, 65_535):
            data = proving.proof(idx)
            check_inclusion(idx, SIZE, leaf_hash(b"%d" % idx), parse_proof(data).hashes, root)
            assert data == Proving(ledger).proof(idx), "what is remembered says what is read"
        with pytest.raises(Missing):
            proving.proof(SIZE)
        assert ledger.tiles([(0, 1), (2, 0), (0, 9_999)]).keys() == {(0, 1), (2, 0)}
    finally:
        ledger.close()
