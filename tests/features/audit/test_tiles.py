"""c2sp.org/tlog-tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.features.audit.published import files_of, numbered, raw, raws, refused, somebody, vectors
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.tiles import tile_path as their_path

from daemun.features.audit.checkpoint import Checkpoint
from daemun.features.audit.errors import TilePathMalformed
from daemun.features.audit.merkle import MOST, check_inclusion, consistency_proof, inclusion_proof, leaf_hash, root, subtree_hash
from daemun.features.audit.notes import made_note, sign
from daemun.features.audit.tiles import (
    FULL,
    Tile,
    made_bundle,
    node_of,
    parse_bundle,
    parse_tile,
    parse_tile_path,
    tile_of,
    tile_path,
    tile_reader,
    tiles_of,
    widths,
)

LAYOUT = vectors("tile_layout.json")
LOG = vectors("log_15_entries.json")


@pytest.mark.parametrize("case", LAYOUT["paths"], ids=lambda case: case["path"])
def test_a_path_is_read_or_refused_as_published(case: dict[str, Any]) -> None:
    if case["valid"]:
        tile = parse_tile_path(case["path"])
        assert (tile.level, tile.index, tile.width) == (case["level"], case["index"], case["width"])
        assert tile_path(tile.level, tile.index, tile.width) == case["path"]
    else:
        with refused("_path_malformed"):
            parse_tile_path(case["path"])


def test_entries_and_nodes_lie_in_the_published_tiles() -> None:
    for case in LAYOUT["entry_path_for_index"]:
        assert tile_of("entries", case["index"] // FULL, case["size"]).path == case["path"]
    for case in LAYOUT["node_to_tile"]:
        node = node_of(case["tree_level"], case["tree_index"])
        assert (node.level, node.index) == (case["tile_level"], case["tile_index"])
        assert node.start == case["node_index"] << case["node_level"]
        assert node.end - node.start == 1 << case["node_level"]


def test_a_tree_of_each_size_has_the_published_tiles() -> None:
    for case in LAYOUT["tiles_for_size"]:
        told = [(each["level"], each["full"], each["partial_width"]) for each in case["levels"]]
        assert list(tiles_of(case["size"])) == told


def test_a_bundle_is_read_or_refused_as_published() -> None:
    for case in LAYOUT["entry_bundle_decode"]:
        data = bytes.fromhex(case["hex"])
        if "error" in case:
            with refused("_bundle_malformed"):
                parse_bundle(data)
        else:
            assert [each.hex() for each in parse_bundle(data)] == case["entries_hex"]
            assert made_bundle(parse_bundle(data)) == data


def test_the_tiles_and_bundles_of_a_published_log_are_those_we_would_write() -> None:
    entries = [each.encode() for each in LOG["entries_utf8"]]
    told = {**LOG["tiles_base64"], **LOG["entry_bundles_base64"]}
    ours = {path: data for size in range(1, 16) for path, data in files_of(entries[:size])}
    assert ours == {path: raw(data) for path, data in told.items()}


def test_the_proofs_of_a_published_log_are_made_from_its_tiles() -> None:
    for case in LOG["proofs_computed_here"]["inclusion"]:
        read = tile_reader(case["size"], lambda tile: raw(LOG["tiles_base64"][tile.path]))
        assert inclusion_proof(case["index"], case["size"], read) == raws(case["proof"])
    for case in LOG["proofs_computed_here"]["consistency"]:
        read = tile_reader(case["size2"], lambda tile: raw(LOG["tiles_base64"][tile.path]))
        assert consistency_proof(case["size1"], case["size2"], read) == raws(case["proof"])


def test_somebody_elses_reader_reads_a_log_of_ours_and_finds_every_entry_proven(tmp_path: Path) -> None:
    entries = [f"entry {number}".encode() for number in range(600)]
    for path, data in files_of(entries):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    key, signs = somebody("log.example/audit", 1)
    said = Checkpoint(key.name, 600, root(leaf_hash(each) for each in entries))
    (tmp_path / "checkpoint").write_bytes(made_note(said.text, [sign(said.text, key, signs)]))
    reader = TilesReader(LocalBackend(tmp_path))
    seen = reader.get_checkpoint()
    assert reader.calculate_root_hash() == said.root
    for index in (0, 1, 255, 256, 511, 512, 599):
        assert reader.get_entry(index) == entries[index]
        reader.get_inclusion_proof(index, 600).check(leaf_hash(entries[index]), seen.root_hash)
    read = tile_reader(600, lambda tile: (tmp_path / tile.path).read_bytes())
    assert reader.get_consistency_proof(300, 600).node_hashes == consistency_proof(300, 600, read)
    check_inclusion(599, 600, leaf_hash(entries[599]), inclusion_proof(599, 600, read), said.root)


def test_a_proof_in_a_log_of_a_hundred_million_takes_27_hashes_and_at_most_two_tiles_a_level() -> None:
    asked = list[Tile]()

    def fetch(tile: Tile) -> bytes:
        asked.append(tile)
        return bytes(32 * tile.width)

    assert len(inclusion_proof(54_321_012, 100_000_000, tile_reader(100_000_000, fetch))) <= 27
    assert len(asked) == len(set(asked)) <= 7


@given(st.integers(0, MOST))
def test_the_tiles_of_a_tree_hold_all_its_leaves(size: int) -> None:
    levels = list(tiles_of(size))
    assert sum(full * FULL + partial for level, full, partial in levels if level == 0) == size
    assert all(full * FULL + partial == levels[level][1] for level, full, partial in levels[1:] for level in [level - 1])
    assert len(levels) <= 8


@given(st.integers(0, 63), st.integers(0, MOST), st.integers(1, 256))
def test_paths_are_written_as_somebody_else_writes_them(level: int, index: int, width: int) -> None:
    assert tile_path(level, index, width) == "/".join(their_path(level, index, width % 256))
    assert parse_tile_path(tile_path(level, index, width)) == Tile(level, index, width)


@given(st.text(max_size=80) | st.from_regex(r"tile/(entries|[0-9]{1,3})/(x?[0-9]{2,4}/){0,9}[0-9]{3}(\.p/[0-9]{1,4})?", fullmatch=True))
def test_any_other_path_is_refused_or_is_the_only_one_of_its_tile(path: str) -> None:
    try:
        tile = parse_tile_path(path)
    except TilePathMalformed:
        return
    assert tile.path == path


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_back_its_entries_and_no_shorter_one_does(entries: list[bytes]) -> None:
    data = made_bundle(entries)
    assert parse_bundle(data, len(entries)) == entries
    for cut in {1, len(data) // 2, len(data) - 1} - {0} if data else set():
        with refused("_bundle_malformed"):
            parse_bundle(data[:cut], len(entries))
    with refused("_bundle_malformed"):
        parse_bundle(data + b"\0", len(entries))


def test_bundles_and_tiles_hold_what_their_paths_say() -> None:
    with refused("_bundle_malformed"):
        parse_bundle(b"\0\0" * 257)
    with refused("_bundle_malformed"):
        made_bundle([bytes(65_536)])
    with refused("_bundle_malformed"):
        made_bundle([b""] * 257)
    with refused("_tile_malformed"):
        parse_tile(bytes(31), 1)
    with refused("_tile_malformed"):
        parse_tile(b"", 257)
    assert parse_tile(b"".join(numbered(3)), 3) == tuple(numbered(3))


def test_a_tile_the_tree_does_not_have_is_not_asked_for() -> None:
    with refused("_outside_tree"):
        tile_of(0, 1, 256)
    with refused("_outside_tree"):
        tile_of(1, 0, 255)
    with refused("_outside_tree"):
        widths(64, 1)
    with refused("_outside_tree"):
        subtree_hash(0, 8, tile_reader(7, lambda tile: bytes(32 * tile.width)))
    with refused("_path_malformed"):
        tile_path(64, 0, 1)
    with refused("_path_malformed"):
        tile_path(0, 0, 0)


def test_a_tile_may_go_when_all_below_it_may() -> None:
    assert (Tile(0, 0).end, Tile("entries", 1).end, Tile(1, 0).end) == (256, 512, 65_536)
