"""Whether a secret could be guessed: too short, a pattern, words, or an example that everybody has read. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from itertools import pairwise
from math import log2
from string import digits
from typing import Final, Literal

from daemun.app.parsing import Sentence
from daemun.core.secret import Secret

Weakness = Literal["example", "short", "repeats", "words"]
ENOUGH_BYTES: Final = 32
MAKE_ONE: Final = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'

# Printed in the documents that our users started from: copied more often than read.
EXAMPLES: Final = frozenset(
    {
        "your-super-secret-key-change-this-in-production-min-32-chars",
        "your-super-secret-key-here",
        "change-this-to-a-secure-random-value",
        "my-secret-key",
        "sk-your-key-here",
        "secure_password",
        "password",
        "pass",
    }
)
# Six characters and more: by chance one of these turns up in less than one of 100,000 random keys (measured: 1 of 240,000).
WORDS: Final = (
    *(
        "secret",
        "passwd",
        "password",
        "passphrase",
        "change",
        "replace",
        "example",
        "default",
        "insecure",
        "testing",
        "development",
        "production",
    ),
    *(
        "placeholder",
        "random",
        "daemun",
        "qwerty",
        "asdfgh",
        "zxcvbn",
        "letmein",
        "welcome",
        "dragon",
        "monkey",
        "iloveyou",
        "football",
        "baseball",
    ),
    *(
        "sunshine",
        "princess",
        "superman",
        "master",
        "administrator",
        "private",
        "security",
        "token_",
        "your_key",
        "your-key",
        "123456789",
        "987654321",
    ),
)
LEET: Final = str.maketrans("013457@$!", "oieastasi")

# How people write, as chances that sum to one: vowels between consonants, capitals at the beginning of words, digits together.
Kind = Literal["vowel", "consonant", "digit", "sign"]
FOLLOWS: Final[Mapping[Kind, Mapping[Kind, float]]] = {
    "vowel": {"vowel": 0.18, "consonant": 0.70, "digit": 0.07, "sign": 0.05},
    "consonant": {"vowel": 0.58, "consonant": 0.29, "digit": 0.08, "sign": 0.05},
    "digit": {"vowel": 0.06, "consonant": 0.22, "digit": 0.65, "sign": 0.07},
    "sign": {"vowel": 0.17, "consonant": 0.50, "digit": 0.28, "sign": 0.05},
}
CONSONANTS: Final = "nnnnnntttttssssrrrrrlllldddhhhcccmmmgggkkkppbbbyywwffjvzxq"
SHARES: Final[Mapping[str, float]] = {
    **dict.fromkeys("aeiou", 1 / 5),
    **{letter: CONSONANTS.count(letter) / len(CONSONANTS) for letter in CONSONANTS},
    **dict.fromkeys(digits, 1 / 10),
}
A_SIGN: Final = 1 / 33
WALK: Final = 0.15
"""How often it is simply the next key to the right."""
NEIGHBOURS: Final = frozenset(left + right for row in ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm") for left, right in pairwise(row))
TELLING_BITS: Final = 14
"""A text that people are 2^14 times as likely to write as chance is to draw it was written by people. Whatever the figures above say,
chance draws one less than once in 2^14 (Markov's inequality). Signs read as letters are beyond the proof: none of 200,000 keys."""

WHY: Final[Mapping[Weakness, Sentence]] = {
    "example": Sentence("누구나 읽은 예시 값입니다", "is an example that everybody has read"),
    "short": Sentence("너무 짧습니다(무작위 32바이트가 필요합니다)", "is too short: it takes 32 random bytes"),
    "repeats": Sentence("같은 글자나 규칙이 되풀이됩니다", "repeats itself"),
    "words": Sentence("추측할 수 있는 낱말로 되어 있습니다", "is made of words that can be guessed"),
}


def weakness(secret: Secret) -> Weakness | None:
    """Why the secret would be guessed; None for what a generator of 32 random bytes gives in hex, base 32 or base 64."""
    text = secret.reveal().strip()
    if text.lower() in EXAMPLES:
        return "example"
    if _reads_as_words(text):
        return "words"
    if _most_bits(text) < ENOUGH_BYTES * 8:
        return "short"
    if _compresses(text.encode()) or _compresses(_steps(text)):
        return "repeats"
    return None


def flaw(name: str, secret: Secret) -> Sentence | None:
    """What to tell the operator of a guessable secret, and what to do; never the secret."""
    why = weakness(secret)
    if why is None:
        return None
    said = WHY[why]
    return Sentence(f"{name}: {said.ko}. 새로 만드십시오: {MAKE_ONE}", f"{name} {said.en}. Make one: {MAKE_ONE}")


def is_example(secret: Secret) -> bool:
    """For passwords of other systems, which may be shorter than our keys: only what is printed in a manual is refused."""
    return secret.reveal().lower() in EXAMPLES


def _most_bits(text: str) -> float:
    """The most chance a text of this alphabet and length can hold."""
    if text.isascii() and text.isdigit():
        return len(text) * log2(10)
    if re.fullmatch(r"[0-9a-fA-F]*", text):
        return len(text) * 4
    return len(text) * (log2(36) if text in (text.lower(), text.upper()) else 6)


def _compresses(data: bytes) -> bool:
    # What fits in less than 32 bytes does not hold 32 bytes of chance.
    packer = zlib.compressobj(9, wbits=-15)
    return len(packer.compress(data) + packer.flush()) < ENOUGH_BYTES


def _steps(text: str) -> bytes:
    """The distances between neighbours: the alphabet and other ladders become one repeated step."""
    data = text.encode()
    return bytes((second - first) % 256 for first, second in pairwise(data))


def _reads_as_words(text: str) -> bool:
    lowered = text.lower()
    if any(word in lowered or word in lowered.translate(LEET) for word in WORDS):
        return True
    if not text.isascii() or not text.isprintable():
        return True  # generators print ASCII; people type the rest
    if text.isalpha() and text in (text.lower(), text.upper()) and not re.fullmatch(r"[a-fA-F]*", text):
        return True
    if _most_bits(text) - min(_bits_as_written(text), _bits_as_written(text.translate(LEET))) > TELLING_BITS:
        return True
    parts = [part for part in re.split(r"[\s_.,:;/+-]+", text) if part]
    return len(parts) > 2 and all(part.isdigit() or (part.isalpha() and part[1:] == part[1:].lower()) for part in parts)


def _bits_as_written(text: str) -> float:
    """How many bits the text holds for a guesser who knows how people write."""
    return -sum(log2(_chance(last, character)) for last, character in pairwise(" " + text))


def _chance(last: str, character: str) -> float:
    """That people write this character after that one."""
    before, after = last.lower(), character.lower()
    chance = (1 - WALK) * FOLLOWS[_kind(before)][_kind(after)] * SHARES.get(after, A_SIGN) + WALK * (before + after in NEIGHBOURS)
    if not after.isalpha():
        return chance
    capital = 0.25 if last.isupper() else 0.07 if last.islower() else 0.5
    return chance * (capital if character.isupper() else 1 - capital)


def _kind(letter: str) -> Kind:
    if letter in SHARES:
        return "digit" if letter.isdigit() else "vowel" if letter in "aeiou" else "consonant"
    return "sign"
