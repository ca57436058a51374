"""The list of common passwords, and corpora of the operator's. ASVS 5.0 6.2.4 and 6.2.12, NIST SP 800-63B-4 3.1.1.2."""

from __future__ import annotations

import hashlib
import random
import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemun.features.identity.blocklist import Blocklist, import_corpus
from daemun.features.identity.corpus import CorpusError
from daemun.features.identity.hashfile import HashFile, digest
from daemun.features.identity.passwords import KRX, NIST, judge

SHIPPED = Blocklist.shipped()
DECORATED = """
Password1! P@ssw0rd P@ssw0rd1! Passw0rd! Qwer1234! Asdf1234! Admin123! Admin!234
Welcome1! Welcome2026! Iloveyou1! Qwerty123! Qwe123!@# !Qaz2wsx 1qaz@WSX Zaq1@wsx
Abcd1234! Abc123!@# Aa123456! A1b2c3d4! Summer2026! Changeme1! Letmein1! Test1234!
Dragon99! Monkey123! Korea2026!! Samsung1! Kakao1234! Qlalfqjsgh1! Dkssud123! Tkfkdgo1!
Tkfkdgo486! Password19900101!
"""
LEAKED = ["gull-Harbour-71?", "비밀 아닌 문장", "tea at four, rain at five"]


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def written(folder: Path, *lines: str | bytes, end: bytes = b"\n") -> Path:
    source = folder / "corpus.txt"
    source.write_bytes(b"".join((line.encode() if isinstance(line, str) else line) + end for line in lines))
    return source


@pytest.mark.parametrize("password", DECORATED.split())
def test_the_commonest_passwords_that_satisfy_krx_are_refused(password: str) -> None:
    """ASVS 5.0 6.2.4: the most common passwords which match the policy; composition rules make decorated words common. Clause 22."""
    assert "password_common" in [flaw.code for flaw in judge(password, KRX, names=(), listed=SHIPPED)]


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "123456789012345",
        "qwertyuiopasdfghjkl",
        "1q2w3e4r5t6y7u8i",
        "qlalfqjsghqlalfqjsgh",
        "iloveyouiloveyou",
        "안녕하세요안녕하세요안녕하세요",
    ],
)
def test_the_commonest_passwords_of_fifteen_characters_are_refused(password: str) -> None:
    """Clause 22."""
    assert "password_common" in [flaw.code for flaw in judge(password, NIST, names=(), listed=SHIPPED)]


@pytest.mark.parametrize(
    "password",
    [
        "Maru-Bada-72!",
        "correct horse battery staple",
        "새벽 문지기의 은빛 열쇠 꾸러미",
        "my password is not your business",
        "Admin of nine quiet lakes",
    ],
)
def test_a_phrase_that_only_contains_a_common_word_is_accepted(password: str) -> None:
    """NIST 800-63B-4 3.1.1.2: the entire password is compared, not words contained in it. Clause 6."""
    assert not SHIPPED(password)


def test_random_passwords_are_accepted() -> None:
    chance = random.Random(20261121)
    alphabet = string.ascii_letters + string.digits + string.punctuation
    assert not [each for each in ("".join(chance.choices(alphabet, k=12)) for _ in range(5000)) if SHIPPED(each)]


@pytest.mark.parametrize("name", ["known", "words"])
def test_the_shipped_files_are_sorted_and_wide_enough(name: str) -> None:
    hashes: HashFile = getattr(SHIPPED, name)
    every = list(hashes)
    assert every == sorted(set(every))
    assert len(every) / 2 ** (8 * hashes.width) < 1e-8


def test_tens_of_thousands_of_passwords_are_shipped() -> None:
    assert len(SHIPPED.known) > 250_000
    assert len(SHIPPED.words) > 20_000


@pytest.mark.parametrize("form", ["counted", "hashes", "lower", "plain"])
def test_a_corpus_is_read_in_each_of_its_forms(tmp_path: Path, form: str) -> None:
    forms = {
        "counted": [f"{sha1(each)}:{rank + 1}" for rank, each in enumerate(LEAKED)],
        "hashes": [sha1(each) for each in LEAKED],
        "lower": [sha1(each).lower() for each in LEAKED],
        "plain": LEAKED,
    }
    assert import_corpus(written(tmp_path, *forms[form]), tmp_path / "passwords" / "mine.sha1") == 3
    listed = Blocklist.shipped(tmp_path / "passwords")
    assert all(listed(each) for each in (*LEAKED, "Password1!"))
    assert not listed("gull-Harbour-72?")


def test_a_corpus_from_another_system_is_read_too(tmp_path: Path) -> None:
    source = written(tmp_path, b"\xef\xbb\xbf" + LEAKED[0].encode(), b"", LEAKED[1], end=b"\r\n")
    assert import_corpus(source, tmp_path / "mine.sha1") == 2
    assert Blocklist.shipped(tmp_path)(LEAKED[0])


def test_a_corpus_is_asked_for_whole_passwords_only(tmp_path: Path) -> None:
    """So large a list holds every short word: what is made of one would all be refused. Clause 22."""
    import_corpus(written(tmp_path, "xqzvk", "gullharbour"), tmp_path / "mine.sha1")
    listed = Blocklist.shipped(tmp_path)
    assert listed("gullharbour")
    assert not listed("Xqzvk-71?")


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff"), min_size=1, max_size=12), min_size=1, max_size=400),
    st.integers(1, 5),
)
def test_no_password_of_a_corpus_is_lost_in_the_sorting(passwords: list[str], chunk: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count = import_corpus(written(folder, *["plain", *passwords]), folder / "mine.sha1", chunk=chunk)
        made = HashFile(folder / "mine.sha1")
        assert list(made) == sorted(set(made))
        assert len(made) == count
        assert all(made.holds(each) for each in passwords if each == each.strip("\r\n"))


def test_more_parts_than_files_that_may_be_open_are_sorted_all_the_same(tmp_path: Path) -> None:
    passwords = [f"number {each}" for each in range(700)]
    assert import_corpus(written(tmp_path, *passwords), tmp_path / "mine.sha1", chunk=2) == 700
    assert list(HashFile(tmp_path / "mine.sha1")) == sorted(digest(each)[:8] for each in passwords)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([sha1("a"), sha1("b")[:-1]], 2),
        ([f"{sha1('a')}:4", f"{sha1('b')}:many"], 2),
        ([sha1("a"), "", "plain"], 3),
        (["plain", b"caf\xe9"], 2),
        (["plain", "x" * 5000], 2),
    ],
)
def test_a_bad_line_is_named_and_the_old_corpus_stays(tmp_path: Path, lines: list[str | bytes], line: int) -> None:
    target = tmp_path / "kept" / "mine.sha1"
    import_corpus(written(tmp_path, *LEAKED), target)
    before = target.read_bytes()
    with pytest.raises(CorpusError, match=f"line {line}:") as caught:
        import_corpus(written(tmp_path, *lines), target)
    assert caught.value.line == line
    assert target.read_bytes() == before
    assert [each.name for each in target.parent.iterdir()] == ["mine.sha1"]


def test_an_empty_corpus_replaces_nothing(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no password"):
        import_corpus(written(tmp_path, "", ""), tmp_path / "mine.sha1")
    assert not (tmp_path / "mine.sha1").exists()


@pytest.mark.parametrize("damage", [b"", b"daemun1\n", b"not a list of passwords at all, but long enough"])
def test_a_corpus_that_is_damaged_stops_the_start(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "mine.sha1").write_bytes(damage)
    with pytest.raises(ValueError, match="not a whole list"):
        Blocklist.shipped(tmp_path)


def test_a_corpus_that_was_cut_off_stops_the_start(tmp_path: Path) -> None:
    import_corpus(written(tmp_path, *LEAKED), tmp_path / "mine.sha1")
    whole = (tmp_path / "mine.sha1").read_bytes()
    (tmp_path / "mine.sha1").write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="whole"):
        Blocklist.shipped(tmp_path)
