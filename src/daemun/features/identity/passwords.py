"""What a password must be. No clock, no dice, no files: the list of common passwords is asked through a function that is handed in.

NIST SP 800-63B-4 3.1.1.2 (length, code points, NFC, the whole value against a blocklist and the names at hand) and ASVS 5.0 6.2.4.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from string import digits, punctuation
from typing import Literal

from daemun.core.errors import Flaw
from daemun.features.identity.dubeolsik import typed

PolicyName = Literal["krx", "nist"]

SERVICE = ("daemun", "대문")
# People write words with signs that look like letters; 1 and ! are read both as i and as l.
READINGS = tuple(str.maketrans("@4310!|$57+89", f"aae{one}o{one}lssttbg") for one in "il")
DECORATION = digits + punctuation
LONGEST_DECORATION = 10
"""A whole birth date and two signs. More than that is no longer an afterthought to a word but work for whoever guesses."""
SHORTEST_WORD = 4
"""Most strings of three letters are words to somebody: finding one in a password says nothing."""
SHORTEST_NAME = 2
MOST_PIECES = 12
"""Names have fewer; of what has more, the first ones are looked for."""
LONGEST_RESPELLED = 100
"""Nobody's name is longer. What is longer is compared in its own width: NFKC makes up to 18 characters of one, on the event loop."""
LONGEST_SPELLING = 256
"""What NFKC makes longer than this is compared in its own width, too."""
APART_FROM_NAME = 8
"""What must be left of a password when the name in it is taken out."""
LONGEST_PATTERN = 4
"""Repeating so little, however often, adds nothing."""


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Which passwords may be set. `max_length` refuses what is longer; nothing is ever cut."""

    name: PolicyName
    min_length: int
    max_length: int = 256
    upper: bool = False
    lower: bool = False
    digit: bool = False
    special: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.min_length <= 64 <= self.max_length:
            raise ValueError("a policy accepts 64 characters, whatever else it asks (NIST 800-63B-4 3.1.1.2)")


KRX = PasswordPolicy("krx", 8, upper=True, lower=True, digit=True, special=True)
NIST = PasswordPolicy("nist", 15)
POLICIES = {policy.name: policy for policy in (KRX, NIST)}


def normalise(password: str) -> str:
    """NFC: the same password from every keyboard and system."""
    return unicodedata.normalize("NFC", password)


def judge(password: str, policy: PasswordPolicy, *, names: Sequence[str], listed: Callable[[str], bool]) -> tuple[Flaw, ...]:
    """Everything that speaks against it, so that one answer is enough to choose a better one."""
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in password):
        return (_flaw("password_unreadable"),)
    # Before NFC, whose time grows with the square of a run of combining marks. No character is composed of more than four.
    if len(password) > 4 * policy.max_length or len(password := normalise(password)) > policy.max_length:
        return (_flaw("password_too_long", max=policy.max_length),)
    return (*_length(password, policy), *_composition(password, policy), *_guesses(password, names, listed))


def _length(password: str, policy: PasswordPolicy) -> Iterator[Flaw]:
    if len(password) < policy.min_length:
        yield _flaw("password_too_short", min=policy.min_length)


def _composition(password: str, policy: PasswordPolicy) -> Iterator[Flaw]:
    if policy.upper and not any(character.isupper() for character in password):
        yield _flaw("password_needs_upper")
    if policy.lower and not any(character.islower() for character in password):
        yield _flaw("password_needs_lower")
    if policy.digit and not any(character.isdecimal() for character in password):
        yield _flaw("password_needs_digit")
    if policy.special and not any(character in punctuation for character in password):
        yield _flaw("password_needs_special")


def _guesses(password: str, names: Sequence[str], listed: Callable[[str], bool]) -> Iterator[Flaw]:
    if _derives_from(password, (*SERVICE, *names)):
        yield _flaw("password_contains_name")
    folded = password.casefold()
    unit = _unit(folded)
    if password and (_is_pattern(folded, unit) or listed(password) or (len(unit) < len(folded) and listed(unit))):
        yield _flaw("password_common")


def _flaw(code: str, **data: int) -> Flaw:
    return Flaw("password", code, tuple(data.items()))


def spellings(text: str) -> Iterator[str]:
    """The same text without regard to case and width, as it stands and with its signs read as letters."""
    folded = _folded(text)
    yield folded
    for reading in READINGS:
        yield folded.translate(reading)


def _folded(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", text) if len(text) <= LONGEST_RESPELLED else text
    return (narrow if len(narrow) <= LONGEST_SPELLING else text).casefold()


def words_in(password: str, decoration: str = DECORATION) -> set[str]:
    """The words it may have been made of, when all the rest is a few digits and signs before or after: Admin123! was made of Admin.

    Composition rules produce exactly these, so a list of plain words would miss the commonest passwords that satisfy them (ASVS 5.0 6.2.4).
    It is still the whole value that is compared: a word somewhere inside a longer password is nobody's business (NIST 800-63B-4 3.1.1.2).
    """
    words = {password.rstrip(decoration), password.strip(decoration)}
    return {word for word in words if word and len(password) - len(word) <= LONGEST_DECORATION}


def _is_pattern(folded: str, unit: str) -> bool:
    """aaaaaaaa, Abababab, 1234567890, zyxwvuts: expected by everyone who guesses, at any length."""
    steps = {_step(before, after) for before, after in pairwise(folded)}
    return len(unit) <= min(LONGEST_PATTERN, len(folded) // 2) or steps in ({1}, {-1})


def _step(before: str, after: str) -> int:
    if {before, after} == {"0", "9"}:  # as they stand beside each other on the keyboard
        return 1 if after == "0" else -1
    return ord(after) - ord(before)


def _unit(text: str) -> str:
    """The shortest text of which this is a repetition; itself when it is none."""
    return text[: (text + text).find(text, 1)]


def _derives_from(password: str, names: Sequence[str]) -> bool:
    known = {each for name in names for part in _parts(name) for each in (part, part[::-1])}
    # Short names are in everything, so they count only as the whole.
    words = [each for each in known if _is_word(each)]
    whole = {spelling: _bare(spelling) for text in {password, *words_in(password)} for spelling in spellings(text)}
    return any(bare in known or any(_is_mostly(text, bare, word) for word in words) for text, bare in whole.items())


def _parts(name: str) -> Iterator[str]:
    """A name as a whole, in its pieces, and as typed; of an address also the part that is the person's."""
    own = name.partition("@")[0]
    pieces = filter(_is_word, "".join(each if each.isalnum() else " " for each in own).split())
    for text in {name, own, *islice(pieces, MOST_PIECES)}:
        for spelling in {spelling for written in {text, typed(text)} for spelling in spellings(written)}:
            if len(bare := _bare(spelling)) >= SHORTEST_NAME:
                yield bare


def _is_word(text: str) -> bool:
    """By the keys to strike: three syllables of Hangul are a long name."""
    return len(text) >= SHORTEST_WORD or len(typed(text)) >= SHORTEST_WORD


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _is_mostly(text: str, bare: str, name: str) -> bool:
    """Whether too little is left without the name."""
    # Nor can more than that stand before it. Looked at first, because a password of 256 characters is compared with hundreds of names.
    if bare.find(name, 0, len(name) + APART_FROM_NAME - 1) < 0:
        return False
    return len(text) - bare.count(name) * len(name) < APART_FROM_NAME
