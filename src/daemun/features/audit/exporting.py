"""The log written out for whoever is to verify it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from daemun.features.audit.bundle import CHECKPOINT, KEYS, README, Progress, Write, blobs_path, entries_paths, made_blobs, quiet
from daemun.features.audit.checkpoint import parse_checkpoint
from daemun.features.audit.errors import NotConsistent
from daemun.features.audit.notes import VerifierKey, split_note
from daemun.features.audit.tiles import ENTRIES, FULL, made_bundle, tile_path, tiles_of
from daemun.features.audit.turning import Turn, valid_turn
from daemun.ports.ledger import Kept, Ledger

HASH: Final = 32
AT_ONCE: Final = 500
TOLD: Final = """\
This folder is an audit log, written out by Daemun. 감사 기록을 내보낸 것입니다.

  checkpoint      the signed state: name, number of entries, root of the tree (c2sp.org/tlog-checkpoint)
  tile/0..        the tree: hashes, 256 a file (c2sp.org/tlog-tiles, RFC 6962 section 2.1: leaf = SHA-256(0x00 entry))
  tile/entries/   the entries: for each, two bytes of length, then JSON; length 0: pruned, its hash stays in the tree
  blobs/          the sealed parts of the entries: four bytes of length for each entry, then for each part four bytes of length,
                  16 bytes of salt, 12 of nonce, and the AES-256-GCM ciphertext. Nobody reads them without the key of whose they are.
  keys.txt        the verifier key of the log; below it those it followed, each with the number of entries up to which it counts.
                  COMPARE IT with the key you were given by another way before you believe anything.

Verify:  pip install daemun;  daemun audit verify --bundle THIS_FOLDER --key 'THE_KEY'
No database, no secret and no network is needed. 데이터베이스도 비밀 값도 네트워크도 필요하지 않습니다.
"""


def export_log(ledger: Ledger, keys: Sequence[VerifierKey], write: Write, progress: Progress = quiet, *, cosigned: bytes = b"") -> int:
    """Everything up to `cosigned`, else to the last checkpoint. Returns how many entries that is. `keys`: the one that signs, then those
    it followed."""
    standing = ledger.standing()
    if standing is None or not standing.checkpoint:
        raise NotConsistent
    note = cosigned or standing.checkpoint
    size = parse_checkpoint(split_note(note)[0]).size
    for index, width in entries_paths(size):
        kept = {each.idx: each for each in ledger.entries(index * FULL, width)}
        rows = [kept.get(idx, Kept(idx, b"", b"")) for idx in range(index * FULL, index * FULL + width)]
        write(tile_path(ENTRIES, index, width), made_bundle([row.entry for row in rows]))
        write(blobs_path(index, width), made_blobs([row.parts for row in rows]))
        progress(index * FULL + width, size)
    for level, full, partial in tiles_of(size):
        for index in range(full + (partial > 0)):
            width = FULL if index < full else partial
            write(tile_path(level, index, width), (ledger.tile(level, index) or b"")[: width * HASH])
    write(KEYS, "".join(f"{each}\n" for each in _named(ledger, keys, size)).encode())
    write(README, TOLD.encode())
    write(CHECKPOINT, note)
    return size


def _named(ledger: Ledger, keys: Sequence[VerifierKey], size: int) -> Iterator[str]:
    """Former keys count for states up to the entry that says who followed them."""
    ends = {turn.old: turn.idx for turn in _turns(ledger, size)} if len(keys) > 1 else {}
    for each in keys:
        yield f"{each} until {ends[each]}" if each in ends else str(each)


def _turns(ledger: Ledger, size: int) -> Iterator[Turn]:
    at = 0
    while kept := ledger.controls(at, AT_ONCE):
        for each in kept:
            if each.idx < size and (turn := valid_turn(each.idx, each.entry)):
                yield turn
        at = kept[-1].idx + 1
