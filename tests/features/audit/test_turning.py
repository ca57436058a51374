"""The key that signs the log is replaced: both sign that, and the old one, stolen later, signs nothing new."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.features.audit.logged import audit_of, house_of, settled
from tests.features.audit.test_tampering import Exported, filled
from tests.house import House, a_house, a_member

from daemun.core.actor import SHELL
from daemun.features.audit import (
    Audit,
    Policy,
    check_proof,
    export_log,
    leaf_hash,
    parse_entry,
    parse_proof,
    reading,
    verify_bundle,
    writing,
)
from daemun.features.audit.checkpoint import Checkpoint, parse_checkpoint
from daemun.features.audit.errors import KeyRetired, KeyTurning
from daemun.features.audit.notes import split_note
from daemun.features.audit.proving import Proving
from daemun.features.audit.receipts import Receipts
from daemun.features.audit.signing import Signer
from daemun.features.audit.watching.checkup import CheckUp
from daemun.ports.database import Work


async def rotated(house: House) -> None:
    await house_of(house).visit("test").work(audit_of(house).rotate_key, reason="every year", by=SHELL)
    await settled(house)


async def written(house: House, folder: Path) -> Exported:
    audit = await settled(house)
    note = (await audit.standing()).checkpoint
    keys = audit.signing.keys(note)
    with writing(folder) as write:
        export_log(audit.ledger, keys, write)
    return Exported(folder, str(keys[0]), note)


def findings(bundle: Exported, *keys: str, since: bytes | None = None) -> list[tuple[str, int | None, int | None]]:
    with reading(bundle.folder) as read:
        return [(each.what, each.first, each.end) for each in verify_bundle(read, keys, since=since).findings]


def signed_by(bundle: Exported, signer: Signer) -> None:
    """The same state, in the name of the same log, under another key."""
    said = parse_checkpoint(split_note(bundle.earlier)[0])
    (bundle.folder / "checkpoint").write_bytes(signer.signed(Checkpoint(said.origin, said.size, said.root)))


async def test_the_key_is_replaced_and_the_old_one_counts_for_what_was_before_alone(database_url: str, tmp_path: Path) -> None:
    async with a_house(database_url, tmp_path) as house:
        await a_member(house.client())
        audit, visit = await settled(house), house_of(house).visit("test")
        receipt = await asyncio.to_thread(Proving(audit.ledger).proof, 1)
        before = (await audit.standing()).checkpoint
        assert await CheckUp(audit).run(visit) == 3
        promised = audit.next_key()
        await rotated(house)
        at = (await audit.standing()).size - 1
        await filled(house, 300)
        bundle = await written(house, tmp_path / "bundle")
        old, new = audit.signing.signers(0).key(audit.origin), audit.signing.signers(1).key(audit.origin)
        assert (bundle.key, promised) == (str(new), new)
        assert (bundle.folder / "keys.txt").read_text().splitlines() == [str(new), f"{old} until {at}"]
        for keys in ((str(new),), (str(old),), (str(old), str(new))):
            assert findings(bundle, *keys) == []
            assert findings(bundle, *keys, since=before) == []
        report = bundle.verified()
        assert report.turns == [f"{at}: {old} > {new}"]
        assert await CheckUp(audit).run(visit) > 0, "the house's own check goes on across it"

        entry = (await audit.entries(1, 1))[0].entry
        both = Policy((new, old), retired={old: at})
        check_proof(receipt, leaf_hash(entry), both)
        check_proof(await Receipts(Proving(audit.ledger)).of(parse_entry(entry)["i"]), leaf_hash(entry), both)

        signed_by(bundle, audit.signing.signers(0))
        for given in ((str(old),), (str(old), str(new))):
            assert findings(bundle, *given) == [("key_retired", at, at + 1)]
        late = parse_proof(await asyncio.to_thread(Proving(audit.ledger).proof, 1))
        stolen = type(late)(late.index, late.hashes, (bundle.folder / "checkpoint").read_bytes())
        with pytest.raises(KeyRetired):
            check_proof(stolen, leaf_hash(entry), both)
        assert findings(bundle, str(old), str(new), since=bundle.earlier) == [("key_retired", None, None)], "what was before is not read"
    async with a_house(database_url, tmp_path) as house:
        await rotated(house)
        again = await written(house, tmp_path / "again")
        assert findings(again, str(old)) == [], "from the first key by way of the second to the third"
        assert len(again.verified().turns) == 2


async def test_a_turn_that_the_key_of_the_log_did_not_sign_is_named(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await filled(house, 1)
        audit, thief, next_ = audit_of(house), Signer(b"t" * 32), Signer(b"n" * 32)
        ours = audit.signing.signer
        alone = json.loads(json.dumps(ours.hands_over(audit.origin, thief))).rsplit("\u2014", 1)[0]
        for note in (thief.hands_over(audit.origin, next_), alone, "nonsense"):
            await house_of(house).visit("test").work(_said, audit, note)
        bundle = await written(house, tmp_path / "bundle")
        assert bundle.key == str(ours.key(audit.origin)), "and nothing is signed with it"
        assert findings(bundle, bundle.key) == [("key_refused", 2, 5)]


async def test_the_key_is_not_replaced_twice_at_once(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await filled(house, 1)

        def twice(work: Work) -> None:
            for _ in range(2):
                audit_of(house).rotate_key(work, reason="", by=SHELL)

        with pytest.raises(KeyTurning):
            await house_of(house).visit("test").work(twice)


def _said(work: Work, audit: Audit, note: str) -> None:
    audit.control(work, "key", key="whatever", note=note)


async def test_the_key_is_replaced_from_a_shell_with_no_server_running(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        await filled(house, 1)
        data = str(house.settings.core.data)
    command = [str(Path(sys.executable).with_name("daemun")), "audit", "rotate-key", "--json", "--data", data]
    said = [subprocess.run([*command, *more], capture_output=True, check=True).stdout for more in (["--next"], ["--reason", "test"])]
    promised, done = map(json.loads, said)
    assert (promised["rotated"], done["rotated"]) == (False, True)
    assert promised["key"] == done["key"]
    async with a_house(sqlite_url, tmp_path) as house:
        assert (await written(house, tmp_path / "bundle")).key == done["key"]
