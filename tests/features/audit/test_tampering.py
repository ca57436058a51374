"""Each way to tamper with the log is told, and called by its name, with the exported files and a public key."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.features.audit.logged import audit_of, house_of, settled
from tests.house import House, a_house, a_member

from daemun.features.audit import (
    CompactRange,
    Report,
    export_log,
    leaf_hash,
    parse_bundle,
    reading,
    tile_path,
    verify_bundle,
    writing,
)
from daemun.features.audit.bundle import blobs_path, made_blobs, parse_blobs
from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.forgetting import Forgetting
from daemun.features.audit.tiles import made_bundle
from daemun.features.audit.verifying import examined
from daemun.ports.database import Work

SIZE = 600
ENTRIES = tile_path("entries", 1)
LEAVES = tile_path(0, 1)


@dataclass(frozen=True, slots=True)
class Exported:
    folder: Path
    key: str
    earlier: bytes
    """A checkpoint of before."""

    def verified(self, since: bytes | None = None) -> Report:
        with reading(self.folder) as read:
            return verify_bundle(read, [self.key], since=since)

    def entries(self, change: Callable[[list[bytes]], object]) -> None:
        path = self.folder / ENTRIES
        kept = parse_bundle(path.read_bytes())
        change(kept)
        path.write_bytes(made_bundle(kept[:256]))


async def filled(house: House, count: int) -> None:
    def fill(work: Work) -> None:
        for number in range(count):
            audit_of(house).control(work, "config", reason=f"number {number}", what=number)

    await house_of(house).visit("test").work(fill)
    await settled(house)


async def exported(house: House, folder: Path, earlier: bytes = b"") -> Exported:
    audit = await settled(house)
    key = audit.signing.signer.key(audit.origin)
    with writing(folder) as write:
        export_log(audit.ledger, [key], write)
    return Exported(folder, str(key), earlier)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    return asyncio.run(written(tmp_path_factory.mktemp("log")))


async def written(folder: Path) -> Exported:
    async with a_house(f"sqlite:///{folder / 'data' / 'daemun.db'}", folder) as house:
        await filled(house, 300)
        earlier = (await audit_of(house).standing()).checkpoint
        await filled(house, SIZE - 301)
        return await exported(house, folder / "bundle", earlier)


@pytest.fixture
def bundle(original: Exported, tmp_path: Path) -> Exported:
    shutil.copytree(original.folder, tmp_path / "copy")
    return Exported(tmp_path / "copy", original.key, original.earlier)


def found(report: Report) -> list[tuple[str, int | None]]:
    return [(each.what, each.first) for each in report.findings]


def test_what_was_left_alone_verifies_and_again_from_where_it_was_verified(bundle: Exported) -> None:
    report = bundle.verified()
    assert (report.ok, report.size, report.entries, report.parts) == (True, SIZE, SIZE, SIZE - 1)
    later = bundle.verified(bundle.earlier)
    assert later.ok
    assert later.verified_from == 256


ROWS: dict[str, tuple[Callable[[list[bytes]], object], str, int]] = {
    "modified": (lambda kept: kept.__setitem__(10, kept[10].replace(b'"k"', b'"K"')), "entry_altered", 266),
    "deleted": (lambda kept: kept.__setitem__(10, b""), "entry_missing", 266),
    "taken out": (lambda kept: kept.pop(10), "entry_removed", 266),
    "inserted": (lambda kept: kept.insert(10, kept[3].replace(b"3", b"4")), "entry_inserted", 266),
    "reordered": (lambda kept: kept.__setitem__(slice(10, 12), [kept[11], kept[10]]), "entry_reordered", 266),
}


@pytest.mark.parametrize("row", ROWS)
def test_an_entry_is_(row: str, bundle: Exported) -> None:
    change, what, where = ROWS[row]
    bundle.entries(change)
    report = bundle.verified()
    assert (what, where) in found(report)


def test_an_entry_is_modified_and_the_tiles_are_made_anew(bundle: Exported) -> None:
    bundle.entries(lambda kept: kept.__setitem__(10, kept[10].replace(b"config", b"konfig")))
    kept = parse_bundle((bundle.folder / ENTRIES).read_bytes())
    hashes = [leaf_hash(each) for each in kept]
    (bundle.folder / LEAVES).write_bytes(b"".join(hashes))
    upper = bundle.folder / tile_path(1, 0, 2)
    data = upper.read_bytes()
    upper.write_bytes(data[:32] + CompactRange().extended(hashes).root)
    assert found(bundle.verified()) == [("root_differs", 0)]


def test_what_was_signed_is_no_entry(bundle: Exported) -> None:
    """Whoever could sign it could write it; it is told, and nothing falls over."""
    bundle.entries(lambda kept: kept.__setitem__(10, b'{"k":"event"}'))
    leaves = [leaf_hash(each) for each in parse_bundle((bundle.folder / ENTRIES).read_bytes())]
    (bundle.folder / LEAVES).write_bytes(b"".join(leaves))
    assert ("entry_malformed", 266) in found(bundle.verified())


def test_two_processes_find_what_one_finds(bundle: Exported, tmp_path: Path) -> None:
    bundle.entries(lambda kept: kept.__setitem__(10, b""))
    archive = Path(shutil.make_archive(str(tmp_path / "log"), "zip", bundle.folder))
    for path in (bundle.folder, archive):
        with reading(path) as read:
            alone, shared = (list(examined(read, SIZE, [(0, 1), (1, 2), (2, 3)], processes)) for processes in (1, 2))
        assert alone == shared
        assert [each.absent for _, each in shared] == [[], [266], []]


def test_a_sealed_part_is_modified_or_swapped(bundle: Exported) -> None:
    path = bundle.folder / blobs_path(1, 256)
    parts = parse_blobs(path.read_bytes(), 256)
    parts[5], parts[6], parts[9] = parts[6], parts[5], parts[9][:-1] + bytes([parts[9][-1] ^ 1])
    path.write_bytes(made_blobs(parts))
    assert found(bundle.verified()) == [("part_altered", 261), ("part_altered", 265)]


def test_a_sealed_part_is_taken_away_and_nothing_says_why(bundle: Exported) -> None:
    path = bundle.folder / blobs_path(1, 256)
    parts = parse_blobs(path.read_bytes(), 256)
    path.write_bytes(made_blobs([b"", *parts[1:]]))
    assert found(bundle.verified()) == [("part_missing", 256)]


def test_the_tail_is_cut_off_and_the_checkpoint_kept(bundle: Exported) -> None:
    path = bundle.folder / tile_path("entries", 2, SIZE - 512)
    path.write_bytes(made_bundle(parse_bundle(path.read_bytes())[:-5]))
    assert ("truncated", SIZE - 5) in found(bundle.verified())


async def test_the_log_is_taken_back_with_its_old_and_genuine_checkpoint(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path / 'data' / 'daemun.db'}", tmp_path) as house:
        await filled(house, 5)
        old = await exported(house, tmp_path / "old")
        await filled(house, 5)
        new = await exported(house, tmp_path / "new")
    pinned = (new.folder / "checkpoint").read_bytes()
    assert old.verified().ok
    assert [each.what for each in old.verified(pinned).findings] == ["rolled_back"]


async def test_another_history_is_signed_with_the_right_key(bundle: Exported, tmp_path: Path) -> None:
    """Whoever has the key signs what they like; whoever kept a checkpoint has the proof."""
    async with a_house(f"sqlite:///{tmp_path / 'fork' / 'daemun.db'}", tmp_path) as house:
        await filled(house, SIZE - 1)
        audit = audit_of(house)
        forked = await exported(house, tmp_path / "other")
        with reading(forked.folder) as read:
            other = Checkpoint(audit.origin, 301, CompactRange().extended(leaf_hash(b"x") for _ in range(301)).root)
            pin = audit.signing.signer.signed(other)
            assert [each.what for each in verify_bundle(read, [forked.key], since=pin).findings] == ["forked"]
    assert [each.what for each in Exported(forked.folder, bundle.key, b"").verified().findings] == ["checkpoint_refused"]


async def test_an_event_is_dropped_before_it_has_its_place(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await filled(house, 3)
        audit = audit_of(house)

        def dropped(work: Work) -> None:
            audit.scribe.tally.settle(audit.scribe.tally.claim(work.now))

        await house_of(house).visit("test").work(dropped)
        house.clock.advance(seconds=200)
        await filled(house, 1)
        house.clock.advance(seconds=200)
        await filled(house, 1)
        report = (await exported(house, tmp_path / "bundle")).verified()
    assert [each.what for each in report.findings] == ["event_dropped"]


async def test_a_waiting_row_is_altered(database_url: str, tmp_path: Path) -> None:
    from daemun.features.audit import store

    async with a_house(database_url, tmp_path) as house:
        await filled(house, 3)

        def forged(work: Work) -> None:
            made = audit_of(house).scribe.control(work, "config", audit_of(house).scribe.tally.claim(work.now), what="ours")
            assert store.add(work, made.entry.replace(b"ours", b"hers"), made.parts, made.mac, ())

        await house_of(house).visit("test").work(forged)
        report = (await exported(house, tmp_path / "bundle")).verified()
    assert ("outbox_altered", 4) in found(report)


async def test_somebody_is_erased_and_everything_still_verifies(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client("203.0.113.77", agent="Planted-Agent/7"))
        audit = await settled(house)
        visit = house_of(house).visit("test")
        subject = (await audit.reveal(visit, await audit.entries(1, 1)))[0].subjects["actor"]
        forgetting: Forgetting = house_of(house).rooms.forgetting
        held = await visit.work(forgetting.hold, subject=subject, retention=None, reason="a lawsuit", by=_shell())
        assert not await visit.work(forgetting.erase, subject, reason="asked for it", by=_shell())
        assert (await _first(house)).parts["actor"] is None, "unreadable from now on, though a hold keeps it"
        assert await visit.work(forgetting.release, held.id, reason="settled", by=_shell()) == [subject]
        await settled(house)
        assert (await _first(house)).parts["actor"] is None
        assert (await exported(house, tmp_path / "bundle")).verified().ok


async def test_what_outlived_its_class_is_pruned_and_everything_still_verifies(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path, audit__keep_account="30d", audit__keep_admin="0s") as house:
        await a_member(house.client())
        await settled(house)
        house.clock.advance(days=31)
        visit = house_of(house).visit("test")
        forgetting = house_of(house).rooms.forgetting
        assert await forgetting.retain(visit) == 1
        await settled(house)
        await forgetting.sweep(visit)
        assert (await _first(house, 2)).parts == {"actor": None, "tenant": None}  # after the entry that says how short they are kept
        assert (await _first(house, 3)).parts["tenant"], "its class is kept for ever"
        report = (await exported(house, tmp_path / "bundle")).verified()
        assert (report.ok, report.pruned) == (True, 2)


def test_a_bundle_is_verified_in_another_folder_with_the_public_key_alone(bundle: Exported, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "log"), "zip", bundle.folder)
    command = [str(Path(sys.executable).with_name("daemun")), "audit", "verify", "--bundle", archive, "--key"]

    def run(key: str) -> Any:
        return subprocess.run([*command, key], capture_output=True, text=True, cwd=tmp_path, env={"LANG": "en_US.UTF-8"}, check=False)

    assert run(bundle.key).returncode == 0
    done = run("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert done.returncode == 1
    assert "checkpoint_refused" in done.stdout
    assert subprocess.run([*command[:-2], str(tmp_path / "none.zip")], check=False, capture_output=True).returncode == 2


async def _first(house: House, idx: int = 1) -> Any:
    audit = audit_of(house)
    return (await audit.reveal(house_of(house).visit("test"), await audit.entries(idx, 1)))[0]


def _shell() -> Any:
    from daemun.core.actor import SHELL

    return SHELL


async def test_no_flipped_bit_goes_unnoticed(sqlite_url: str, tmp_path: Path) -> None:
    """One in one of the files that are verified; a thousand times here, and as often as DAEMUN_TEST_FLIPS says."""
    async with a_house(sqlite_url, tmp_path) as house:
        await filled(house, 12)
        bundle = await exported(house, tmp_path / "bundle")
    names = [each for each in bundle.folder.rglob("*") if each.is_file() and each.suffix != ".txt"]
    files = {str(each.relative_to(bundle.folder)): each.read_bytes() for each in names}
    assert verify_bundle(files.get, [bundle.key]).ok
    chance, missed = Random(7), list[tuple[str, int]]()
    for _ in range(int(os.environ.get("DAEMUN_TEST_FLIPS", "1000"))):
        name = chance.choice(sorted(files))
        place = chance.randrange(8 * len(files[name]))
        changed = bytearray(files[name])
        changed[place // 8] ^= 1 << place % 8
        if verify_bundle((files | {name: bytes(changed)}).get, [bundle.key]).ok:
            missed.append((name, place))
    assert missed == []
