"""Keys on disk: sealed, rotated without a restart, made once by however many processes."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tests.house import FrozenClock

from daemun.adapters.keyfile import Keyfile, KeysUnreadable
from daemun.adapters.keyring import FileKeyring, SharedKeyring, SharedKeyStays
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.errors import Unavailable
from daemun.core.secret import Secret
from daemun.ports.keyring import KeyEntry, KeyKind, Keyring, KeyState

WRAPPING = bytes(range(32))
KINDS: list[KeyKind] = ["signing", "refresh"]


@dataclass(frozen=True, slots=True)
class Desk:
    """A folder for keys, and rings upon it as several processes would have them."""

    folder: Path
    clock: FrozenClock

    def ring(self, wrapping: bytes = WRAPPING) -> FileKeyring:
        return FileKeyring(self.folder, wrapping, self.clock, SystemEntropy())

    @property
    def path(self) -> Path:
        return self.folder / "keys.json"

    def edit(self, name: str, value: object, *, kind: str = "signing", state: str = "active") -> None:
        """As somebody would who can write the file and does not hold the wrapping key."""
        document = json.loads(self.path.read_text())
        entry = next(each for each in document["keys"] if (each["kind"], each["state"]) == (kind, state))
        entry[name] = value
        self.path.write_text(json.dumps(document))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "secrets", FrozenClock())


def kids(ring: Keyring, kind: KeyKind, state: KeyState) -> list[str]:
    return [each.kid for each in ring.listing() if (each.kind, each.state) == (kind, state)]


def mac_id(ring: Keyring) -> str:
    found = ring.mac_key()
    assert found is not None
    return found[0]


def test_the_first_use_makes_an_active_and_a_next_key_of_each_kind(desk: Desk) -> None:
    ring = desk.ring()
    for kind in KINDS:
        assert len(kids(ring, kind, "active")) == len(kids(ring, kind, "next")) == 1
    assert {each.kid for each in ring.published()} == {*kids(ring, "signing", "active"), *kids(ring, "signing", "next")}
    assert ring.signing().kid == kids(ring, "signing", "active")[0]


def test_a_second_process_finds_the_same_keys(desk: Desk) -> None:
    first, second = desk.ring(), desk.ring()
    assert first.signing().kid == second.signing().kid
    assert first.mac_key() == second.mac_key()


def test_nobody_else_on_the_machine_reads_the_keys(desk: Desk) -> None:
    desk.folder.mkdir(mode=0o755)
    desk.ring().rotate("signing")
    assert stat.S_IMODE(desk.folder.stat().st_mode) == 0o700
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in desk.folder.iterdir())
    assert sorted(each.name for each in desk.folder.iterdir()) == ["keys.json", "keys.lock"]


def test_the_file_holds_no_secret_in_clear(desk: Desk) -> None:
    ring = desk.ring()
    private = str(ring.signing().key.as_dict(private=True)["d"])
    found = ring.mac_key()
    assert found is not None
    text = desk.path.read_text()
    assert private not in text
    assert found[1].hex() not in text
    assert "next" in text  # states and times are there for people to read


def test_another_wrapping_key_opens_nothing(desk: Desk) -> None:
    desk.ring().signing()
    with pytest.raises(KeysUnreadable):
        desk.ring(bytes(32)).signing()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kid", "01K0000000000000000000EVIL"),
        ("kind", "refresh"),
        ("state", "retired"),
        ("drops_at", "2099-01-01T00:00:00+00:00"),
        ("created_at", "2099-01-01T00:00:00+00:00"),
        ("sealed", "AAAA"),
        ("nonce", "AAAAAAAAAAAAAAAA"),
        ("sealed", None),
        ("nonce", 1),
    ],
)
def test_an_edited_entry_is_refused(desk: Desk, name: str, value: object) -> None:
    ring = desk.ring()
    ring.signing()
    desk.edit(name, value)
    for each in (ring, desk.ring()):
        with pytest.raises(Unavailable):
            each.signing()
        with pytest.raises(Unavailable):
            each.signing_by_id("01K0000000000000000000EVIL")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"keys": []}', '{"keys": [{}]}', '{"keys": 5}', "\0\0\0"])
def test_a_broken_file_stops_everything(desk: Desk, text: str) -> None:
    desk.ring().signing()
    desk.path.write_text(text)
    with pytest.raises(KeysUnreadable):
        desk.ring().signing()


def test_keys_that_vanish_under_a_running_server_are_not_replaced_in_silence(desk: Desk) -> None:
    ring = desk.ring()
    ring.signing()
    desk.path.unlink()
    with pytest.raises(KeysUnreadable):
        ring.signing()
    assert not desk.path.exists()


def test_a_rotation_promotes_the_key_that_was_published_before(desk: Desk) -> None:
    """Other services have it in their copy of the JWKS before it signs anything."""
    ring = desk.ring()
    old, announced = ring.signing().kid, kids(ring, "signing", "next")[0]
    assert ring.rotate("signing") == KeyEntry("signing", announced, "active", desk.clock.now())
    assert ring.signing().kid == announced
    assert kids(ring, "signing", "retired") == [old]
    assert kids(ring, "signing", "next")[0] not in (old, announced)


def test_other_processes_see_a_rotation_at_their_next_use(desk: Desk) -> None:
    one, other = desk.ring(), desk.ring()
    before = other.signing().kid, mac_id(other)
    one.rotate("signing")
    one.rotate("refresh")
    assert other.signing().kid == one.signing().kid != before[0]
    assert mac_id(other) == mac_id(one) != before[1]


def test_one_kind_rotates_without_the_other(desk: Desk) -> None:
    ring = desk.ring()
    mac = ring.mac_key()
    ring.rotate("signing")
    assert ring.mac_key() == mac


def test_a_retired_signing_key_verifies_until_its_last_token_is_over(desk: Desk) -> None:
    ring = desk.ring()
    old = ring.signing().kid
    ring.rotate("signing")
    desk.clock.advance(minutes=15)
    assert ring.signing_by_id(old) is not None
    desk.clock.advance(minutes=5)
    assert ring.signing_by_id(old) is None
    assert old not in {each.kid for each in ring.published()} | {each.kid for each in ring.listing()}


def test_a_retired_refresh_key_outlives_every_family(desk: Desk) -> None:
    ring = desk.ring()
    old = mac_id(ring)
    ring.rotate("refresh")
    desk.clock.advance(days=30, hours=23)
    assert ring.mac_key(old) is not None
    desk.clock.advance(hours=1)
    assert ring.mac_key(old) is None


def test_dropped_keys_leave_the_file_at_the_next_rotation(desk: Desk) -> None:
    ring = desk.ring()
    old = ring.signing().kid
    ring.rotate("signing")
    desk.clock.advance(hours=1)
    ring.rotate("refresh")
    assert old not in desk.path.read_text()


@pytest.mark.parametrize("kid", ["", "nobody", "../keys.json", "' OR 1=1 --", "\0", "\ud800", "A" * 10_000])
def test_an_unknown_key_id_finds_nothing(desk: Desk, kid: str) -> None:
    """RFC 8725 3.10. Clause 73."""
    ring = desk.ring()
    assert ring.signing_by_id(kid) is None
    assert ring.mac_key(kid) is None


def test_a_key_of_one_kind_is_none_of_the_other(desk: Desk) -> None:
    """RFC 8725 3.1: one key, one use."""
    ring = desk.ring()
    assert ring.signing_by_id(mac_id(ring)) is None
    assert ring.mac_key(ring.signing().kid) is None


def test_a_write_that_fails_leaves_the_old_keys(desk: Desk) -> None:
    ring = desk.ring()
    kid = ring.signing().kid
    failing = FileKeyring(desk.folder, WRAPPING, desk.clock, Faltering(after=4))
    with pytest.raises(OSError, match="no more chance"):
        failing.rotate("signing")
    assert desk.ring().signing().kid == kid
    assert sorted(each.name for each in desk.folder.iterdir()) == ["keys.json", "keys.lock"]


class Faltering:
    """A source of chance that fails in the middle of a write."""

    def __init__(self, *, after: int) -> None:
        self._left = count(after, -1)

    def bytes(self, number: int) -> bytes:
        if next(self._left) <= 0:
            raise OSError("no more chance")
        return os.urandom(number)


def test_no_repr_shows_a_key(desk: Desk) -> None:
    ring = desk.ring()
    found = ring.mac_key()
    assert found is not None
    _, stored = Keyfile(desk.folder, WRAPPING, SystemEntropy()).read()
    shown = repr((ring, ring.listing(), stored, ring.signing()))
    assert repr(found[1]) not in shown
    assert str(ring.signing().key.as_dict(private=True)["d"]) not in shown


def test_a_wrapping_key_has_32_bytes(desk: Desk) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        desk.ring(b"short")


SECRET = Secret("f4b0c1d2e3a49586f7081929304a5b6c7d8e9fa0b1c2d3e4f5061728394a5b6c")


def test_a_shared_secret_signs_with_hs256_and_is_never_published(desk: Desk) -> None:
    ring = SharedKeyring(SECRET, desk.ring())
    key = ring.signing()
    assert key.algorithm == "HS256"
    assert ring.published() == ()
    assert ring.signing_by_id(key.kid) is key
    assert ring.signing_by_id(desk.ring().signing().kid) is None


def test_services_with_one_secret_agree_on_its_id(desk: Desk) -> None:
    one, other = SharedKeyring(SECRET, desk.ring()), SharedKeyring(Secret(SECRET.reveal()), desk.ring())
    assert one.signing().kid == other.signing().kid
    assert SECRET.reveal()[:8] not in one.signing().kid


@pytest.mark.parametrize("text", ["", "short", "x" * 31])
def test_a_short_shared_secret_is_refused(desk: Desk, text: str) -> None:
    """RFC 7518 3.2. Clause 71."""
    with pytest.raises(ValueError, match="32 bytes"):
        SharedKeyring(Secret(text), desk.ring())


def test_a_shared_secret_is_changed_where_it_is_given(desk: Desk) -> None:
    ring = SharedKeyring(SECRET, desk.ring())
    with pytest.raises(SharedKeyStays):
        ring.rotate("signing")
    before = mac_id(ring)
    assert ring.rotate("refresh").kid == mac_id(ring) != before
    assert {each.kind for each in ring.listing()} == {"refresh"}


def together(folder: Path, *, processes: int, rotations: int) -> list[dict[str, Any]]:
    """What each of several processes saw that began at the same moment."""
    command = [sys.executable, "-m", "tests.adapters.keyring_worker", str(folder), str(rotations)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    try:
        for each in started:
            assert each.stdout is not None
            assert each.stdout.readline() == "ready\n"
        for each in started:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        return [json.loads(each.communicate(timeout=60)[0]) for each in started]
    finally:
        for each in started:
            each.kill()


@pytest.mark.processes
def test_processes_that_start_at_once_make_one_set_of_keys(desk: Desk) -> None:
    seen = together(desk.folder, processes=4, rotations=0)
    ring = desk.ring()
    assert {each["first"] for each in seen} == {ring.signing().kid}
    assert {each["mac"] for each in seen} == {mac_id(ring)}
    assert len(ring.listing()) == 4


@pytest.mark.processes
def test_processes_that_rotate_at_once_lose_no_rotation(desk: Desk) -> None:
    seen = together(desk.folder, processes=4, rotations=10)
    ring = FileKeyring(desk.folder, WRAPPING, SystemClock(), SystemEntropy())
    turned = [kid for each in seen for kid in each["turned"]]
    assert len(set(turned)) == 40
    assert (len(kids(ring, "signing", "active")), len(kids(ring, "signing", "next"))) == (1, 1)
    assert len(kids(ring, "signing", "retired")) == 40
    assert ring.signing().kid in turned
