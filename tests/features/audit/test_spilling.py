"""On a full disk administrators still see what they need to mend it: that they look is kept aside, sealed, and in the log later, once."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.features.audit.disks import a_small_disk, filled
from tests.features.audit.logged import audit_of, house_of, revealed, settled
from tests.features.audit.test_health import an_auditor
from tests.features.audit.test_tampering import exported
from tests.house import House, Member, a_house, a_member

from daemun.adapters.ledger import SpillFile
from daemun.features.audit import Spilling
from daemun.features.audit.upkeep import Upkeep

HEALTH = "/api/v1/audit/health"
ADDRESS, AGENT = "203.0.113.77", "Planted-Agent/7"


def spilling_of(house: House) -> Spilling:
    return house_of(house).rooms.spilling


@asynccontextmanager
async def a_house_on_a_small_disk(tmp_path: Path) -> AsyncIterator[tuple[House, Callable[[], Awaitable[None]], Callable[[], None]]]:
    """The whole house on it: database, log, data folder. With how to fill it and how to make room."""
    with a_small_disk(tmp_path / "small", "10m") as disk:
        async with a_house(f"sqlite:///{disk / 'data' / 'daemun.db'}", disk) as house:
            await an_auditor(house)

            async def full() -> None:
                filled(disk / "filler")

            yield house, full, (disk / "filler").unlink


async def test_on_a_full_disk_an_auditor_still_sees_and_it_is_recorded_later_once(tmp_path: Path) -> None:
    async with a_house_on_a_small_disk(tmp_path) as (house, fill, make_room):
        await _acted_out(house, fill, make_room, tmp_path / "log.zip")
        house.clock.advance(seconds=61)
        await Upkeep(audit_of(house)).account(house_of(house).visit("test"))  # of numbers that the undone stories had
        assert (await exported(house, tmp_path / "bundle")).verified().ok


async def test_the_same_where_the_disk_of_postgresql_is_full(postgres_url: str, tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="daemun-small-"))
    with a_small_disk(folder / "disk", "1m") as disk, psycopg.connect(postgres_url, autocommit=True) as raw:
        (disk / "space").mkdir()
        folder.chmod(0o711)
        for each in (disk, disk / "space"):
            shutil.chown(each, "nobody")  # who runs the server where the tests are run by root
        space = sql.Identifier(f"small_{folder.name[-8:]}".lower())
        raw.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(space, sql.Literal(str(disk / "space"))))
        async with a_house(postgres_url, tmp_path) as house:
            await an_auditor(house)

            async def full() -> None:
                raw.execute(sql.SQL("ALTER TABLE daemun.daemun_audit_outbox SET TABLESPACE {}").format(space))
                raw.execute("VACUUM FULL daemun.daemun_audit_outbox")  # not a page of it is left
                filled(disk / "filler")

            await _acted_out(house, full, (disk / "filler").unlink)
            await settled(house)
            assert (await exported(house, tmp_path / "bundle")).verified().ok
        raw.execute("ALTER TABLE daemun.daemun_audit_outbox SET TABLESPACE pg_default")
        raw.execute(sql.SQL("DROP TABLESPACE {}").format(space))
    shutil.rmtree(folder)


def test_a_file_that_is_full_or_was_changed_says_so(tmp_path: Path) -> None:
    file = SpillFile(tmp_path / "spill", 2)
    assert file.room == 0 and file.held() == []
    file.prepare()
    assert (file.room, (tmp_path / "spill").stat().st_mode & 0o777) == (2, 0o600)
    with pytest.raises(OSError, match="takes up to"):
        file.put(b"x" * 4095)
    file.put(b"one")
    file.put(b"two")
    with pytest.raises(OSError, match="full"):
        file.put(b"three")
    file.drop(0)
    file.put(b"three")
    again = SpillFile(tmp_path / "spill", 2)
    again.prepare()
    assert again.held() == [(0, b"three"), (1, b"two")]
    assert file.take_turn()
    assert not again.take_turn(), "one process empties it at a time"
    file.close()
    again.close()


async def test_a_record_that_somebody_else_wrote_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await a_member(house.client())
        spilling, visit = spilling_of(house), house_of(house).visit("test")
        spilling.spill.put(b"n" * 12 + b'{"kind":"access.sensitive.success"}')
        await spilling.take_in(visit)
        assert spilling.spill.held() == []
        report = (await exported(house, tmp_path / "bundle")).verified()
        assert [each.what for each in report.findings] == ["outbox_altered"]


async def _acted_out(house: House, fill: Callable[[], Awaitable[None]], make_room: Callable[[], None], export: Path | None = None) -> None:
    client = house.client(ADDRESS, agent=AGENT)
    token = (await client.log_in(Member())).json()["access_token"]
    await settled(house)
    await fill()
    unwritten = await client.sign_up(Member(handle="bob_2026", email="bob@example.com"))
    assert unwritten.status_code == 503, "it cannot be written, so it is not done"
    seen = await client.get(HEALTH, token=token)
    assert seen.status_code == 200, seen.text
    told = seen.json()
    assert (told["spilled"], told["health"]) == (1, "late")
    if export is not None:
        assert await asyncio.to_thread(_exports, house, export) == 0, "out of a full disk"
    kept = (house.settings.core.data / "audit" / "spill").read_bytes()
    for planted in (ADDRESS, AGENT, "ann_2026", "access.sensitive", HEALTH):
        assert planted.encode() not in kept
    make_room()
    visit, spilling = house_of(house).visit("test"), spilling_of(house)
    (_, record), *others = spilling.spill.held()
    assert len(others) == (export is not None)
    assert await spilling.take_in(visit) == 1 + len(others)
    assert (await spilling.take_in(visit), spilling.spill.held()) == (0, [])
    await settled(house)
    spilling.spill.put(record)  # whoever took it in died before the record was dropped
    assert (await spilling.take_in(visit), spilling.spill.held()) == (0, [])
    entries = await revealed(house)
    found = [each for each in entries if each.entry.get("a") == "access.sensitive"]
    assert len(found) == 1
    assert (found[0].parts["actor"] or {})["address"] == ADDRESS
    assert sum(each.entry.get("a") == "audit.export" for each in entries) == len(others)
    assert [each.entry["count"] for each in entries if each.entry.get("why") == "spilled"] == [1 + len(others)]


def _exports(house: House, to: Path) -> int:
    """From a shell, as it is typed."""
    command = [str(Path(sys.executable).with_name("daemun")), "audit", "export", str(to), "--data", str(house.settings.core.data)]
    return subprocess.run(command, check=False).returncode
