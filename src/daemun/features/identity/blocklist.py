"""Passwords that everybody tries first: a list that is shipped, and larger ones of the operator's. Nothing is asked over the network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import punctuation

from daemun.features.identity.corpus import import_corpus
from daemun.features.identity.hashfile import HashFile
from daemun.features.identity.passwords import SHORTEST_WORD, spellings, words_in

__all__ = ["DATA", "Blocklist", "import_corpus"]

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Blocklist:
    """Called with a password, says whether it is common."""

    known: HashFile
    words: HashFile
    corpora: Sequence[HashFile] = ()

    @classmethod
    def shipped(cls, folder: Path | None = None) -> Blocklist:
        """The list that comes with us, and every imported corpus in a folder. One that cannot be read stops the start: fails closed."""
        corpora = sorted(folder.glob("*.sha1")) if folder else []
        return cls(HashFile(DATA / "common-passwords.bin"), HashFile(DATA / "common-words.bin"), [HashFile(path) for path in corpora])

    def __call__(self, password: str) -> bool:
        """As it stands, in another case or spelling, with signs around it, or made of one common word.

        A corpus is asked for the password as it stands only: so large a list holds every short word, and would refuse all made of one.
        """
        return any(corpus.holds(password) for corpus in self.corpora) or self._is_known(password) or self._is_made_of_a_word(password)

    def _is_known(self, password: str) -> bool:
        texts = (password, *_long_enough(words_in(password, punctuation)))
        return any(self.known.holds(spelling) for text in texts for spelling in (text, *spellings(text)))

    def _is_made_of_a_word(self, password: str) -> bool:
        return any(self.words.holds(spelling) for word in _long_enough(words_in(password)) for spelling in spellings(word))


def _long_enough(words: Iterable[str]) -> Iterator[str]:
    return (word for word in words if len(word) >= SHORTEST_WORD)
