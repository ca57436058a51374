"""NIST SP 800-63B-4 3.1.1.2 and ASVS 5.0 6.2.4, as far as no list is needed."""

from __future__ import annotations

import string
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemun.core.errors import Flaw
from daemun.features.identity.dubeolsik import typed
from daemun.features.identity.passwords import KRX, NIST, PasswordPolicy, judge, normalise, spellings

ANYTHING = st.text(st.characters(), max_size=300)  # lone surrogates and control characters included
PRINTING_ASCII = "".join(chr(code) for code in range(0x20, 0x7F))


def nothing_listed(password: str) -> bool:
    return False


def codes(password: str, policy: PasswordPolicy = KRX, *, names: Sequence[str] = (), listed: Sequence[str] = ()) -> list[str]:
    return [flaw.code for flaw in judge(password, policy, names=names, listed=lambda each: each in listed)]


def test_a_password_with_all_that_krx_asks_is_accepted() -> None:
    assert codes("Maru-Bada-72!") == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("Ab1!xyz", "password_too_short"),
        ("maru-bada-72!", "password_needs_upper"),
        ("MARU-BADA-72!", "password_needs_lower"),
        ("Maru-Bada-xy!", "password_needs_digit"),
        ("MaruBada72xy", "password_needs_special"),
    ],
)
def test_each_thing_that_krx_asks_for_is_missed_by_its_name(password: str, code: str) -> None:
    assert codes(password) == [code]


def test_all_reasons_are_told_at_once_and_with_their_figures() -> None:
    flaws = judge("maru", KRX, names=(), listed=nothing_listed)
    assert flaws[0] == Flaw("password", "password_too_short", (("min", 8),))
    assert [flaw.code for flaw in flaws[1:]] == ["password_needs_upper", "password_needs_digit", "password_needs_special"]


@pytest.mark.parametrize("special", string.punctuation)
def test_any_ascii_punctuation_is_a_special_character(special: str) -> None:
    assert codes(f"MaruBada72{special}xy") == []


def test_nist_asks_for_fifteen_characters_and_for_no_composition() -> None:
    """NIST 800-63B-4 3.1.1.2: 15 as the only factor; no composition rules. Clauses 1, 3."""
    assert codes("marubadahanulk", NIST) == ["password_too_short"]
    assert codes("marubadahanulko", NIST) == []


def test_characters_are_counted_and_not_bytes() -> None:
    """NIST 800-63B-4 3.1.1.2: each code point is one character. Clause 2."""
    assert codes("문지기가새벽에문을열고있었습니다", replace(NIST, min_length=16)) == []
    assert codes("🦊🐢🦉🐧🦔🦦🐙", replace(NIST, min_length=8)) == ["password_too_short"]


def test_composed_and_decomposed_hangul_count_the_same() -> None:
    """Clause 2."""
    composed = "다람쥐헌쳇바퀴에타고파" + "은하수강물고기"
    assert judge(unicodedata.normalize("NFD", composed), NIST, names=(), listed=nothing_listed) == ()
    assert normalise(unicodedata.normalize("NFD", composed)) == composed


def test_every_printing_ascii_character_and_the_space_are_accepted() -> None:
    """NIST 800-63B-4 3.1.1.2. Clause 2."""
    assert codes(PRINTING_ASCII[::2] + PRINTING_ASCII[1::2], NIST) == []


def test_what_is_too_long_is_refused_and_not_cut() -> None:
    """NIST 800-63B-4 3.1.1.2: at least 64 characters; the whole password counts. Clauses 2, 5."""
    long = "Aa1!" + "".join(chr(0xAC00 + 7 * each) for each in range(252))
    assert codes(long) == []
    assert judge(long + "가", KRX, names=(), listed=nothing_listed) == (Flaw("password", "password_too_long", (("max", 256),)),)


def test_a_policy_that_would_refuse_64_characters_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="64"):
        replace(KRX, max_length=63)


@pytest.mark.parametrize("password", ["Maru\0Bada-72!", "Maru\ud800Bada-72!", "\udfff"])
def test_what_no_keyboard_can_send_is_refused_and_does_no_harm(password: str) -> None:
    assert codes(password) == ["password_unreadable"]


@given(ANYTHING, st.lists(ANYTHING, max_size=3), st.sampled_from([KRX, NIST]))
def test_no_password_and_no_name_makes_it_stumble(password: str, names: list[str], policy: PasswordPolicy) -> None:
    for flaw in judge(password, policy, names=names, listed=nothing_listed):
        assert flaw.where == "password"


@given(ANYTHING)
def test_the_answer_is_the_same_in_every_form_of_the_same_text(password: str) -> None:
    assert codes(password, NIST) == codes(normalise(password), NIST)


@given(st.text(string.ascii_letters + string.digits, min_size=1, max_size=40))
def test_what_is_listed_is_always_refused(password: str) -> None:
    assert "password_common" in codes(password, listed=[password])


NAMES = ("ann_2026", "ann.lee@example.com", "홍길동", "Gildong Hong")


@pytest.mark.parametrize(
    "password",
    [
        "ann.lee@example.com",
        "Ann.Lee2026!",
        "@nn.1ee!!",
        "Eelnna99!",
        "Ann_2026!",
        "Gildong1!",
        "G1ld0ng!77",
        "HongGildong!1",
        "홍길동Aa1!",
        "Ghdrlfehd1!",
        "Daemun123!",
        "D@emun2026!",
        "Numead-99!",
        "Eoans!234A",
        "Ｄａｅｍｕｎ１２３!a",
    ],
)
def test_a_password_made_of_a_name_at_hand_is_refused(password: str) -> None:
    """NIST 800-63B-4 3.1.1.2: names of the service and of the user, and what derives from them. Clause 6."""
    assert "password_contains_name" in codes(password, names=NAMES)


@pytest.mark.parametrize("password", ["Anniversary-Lamp-4!", "Maru-Bada-72!", "Manner-Annual-5?", "Kim-tree-Window-9!"])
def test_a_short_name_does_not_refuse_every_password_that_has_its_letters(password: str) -> None:
    assert codes(password, names=("ann", "kim", "a")) == []


def test_a_long_name_within_a_longer_password_is_the_owners_business() -> None:
    """NIST 800-63B-4 3.1.1.2: the whole password is compared, not what it contains. Clause 6."""
    assert codes("gildong feeds nine geese", NIST, names=NAMES) == []


@given(st.text(string.ascii_lowercase, min_size=4, max_size=20), st.text(string.digits, max_size=6))
def test_a_name_with_digits_behind_it_is_refused_whatever_the_name(name: str, digits: str) -> None:
    for spelled in (name, name.upper(), name[::-1], name.replace("a", "@").replace("o", "0")):
        assert "password_contains_name" in codes(spelled + digits + "!", names=[name])


@pytest.mark.parametrize(
    "password", ["aaaaaaaaaaaaaaaa", "abABabABabABabab", "1234567890123456", "zyxwvutsrqponmlk", "가나가나가나가나가나가나가나가나"]
)
def test_a_pattern_is_common_at_any_length(password: str) -> None:
    assert codes(password, NIST) == ["password_common"]


def test_a_common_password_said_twice_is_common() -> None:
    assert codes("sunshine1sunshine1", NIST, listed=["sunshine1"]) == ["password_common"]


def calls_in(story: Callable[[], object]) -> int:
    """How much work it is, on any machine and however busy."""
    count = 0

    def counted(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        story()
    finally:
        sys.setprofile(None)
    return count


ADDRESS = "ab1.cd0a.4efg.o33o.1i4d.b0ac.d1l3.4abo.ld41.a3co.o1l4.bb3a.c0de@" + "a1.b0." * 25 + "example.com"


@pytest.mark.parametrize("password", ["ﷺ", "뷁꽹", "ΐ", "a013", "\u0344", "㌖"])
@pytest.mark.parametrize("name", ["뷁", "뷁꽹 ", "a0뷁1 ", "ﷺ", "ﷺﷻ ", "ab01 "])
def test_no_password_and_no_name_make_the_others_wait(password: str, name: str) -> None:
    """Judged on the event loop. It was up to 142,000 calls, and 100 ms."""
    long = "11111" + "".join(islice(cycle(password), 246)) + "Aa1!!"
    names = ("ab01_cd4a_e0f1_gh13", ADDRESS, "".join(islice(cycle(name), 100)))
    assert calls_in(lambda: judge(long, KRX, names=names, listed=nothing_listed)) < 12_000


@given(st.text(st.characters(), max_size=256) | st.integers(1, 256).map("ﷺ".__mul__))
def test_no_spelling_grows_beyond_three_characters_for_one(text: str) -> None:
    """NFKC alone makes eighteen of one; case makes three."""
    assert all(len(each) <= 3 * 256 for each in spellings(text))


def test_a_name_in_another_width_is_refused_at_the_length_of_any_name() -> None:
    name = "Ｇｉｌｄｏｎｇ" + "나무" * 46
    assert codes(unicodedata.normalize("NFKC", name), NIST, names=(name,)) == ["password_contains_name"]
    assert codes(name, NIST, names=(unicodedata.normalize("NFKC", name),)) == ["password_contains_name"]


@pytest.mark.parametrize("name", ["ﷺﷺﷺ", "ﷺ" * 50])
def test_a_name_that_grows_beyond_measure_is_refused_as_it_stands(name: str) -> None:
    assert "password_contains_name" in codes(f"{name}1!", names=(name,))


@pytest.mark.parametrize(
    ("hangul", "keys"),
    [("비밀번호", "qlalfqjsgh"), ("안녕하세요", "dkssudgktpdy"), ("사랑해", "tkfkdgo"), ("뷁", "qnpfr"), ("꽃값 OK", "Rhcrkqt OK")],
)
def test_hangul_is_read_as_the_keys_that_type_it(hangul: str, keys: str) -> None:
    assert typed(hangul) == keys
