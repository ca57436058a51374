"""What Hangul becomes when it is typed on a keyboard left in Latin: 비밀번호 is qlalfqjsgh. So do Korean words become passwords."""

from __future__ import annotations

SYLLABLES = 0xAC00
LAYOUT = """
r R s e E f a q Q t T d w W c z x v g
k o i O j p u P h hk ho hl y n nj np nl b m ml l
r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g
"""
INITIALS, MEDIALS, FINALS = (line.split() for line in LAYOUT.strip().splitlines())
FINALS = ["", *FINALS]
COUNT = len(INITIALS) * len(MEDIALS) * len(FINALS)


def typed(text: str) -> str:
    """The keys that were struck, on the standard two-set layout. What is no Hangul syllable stays as it is."""
    return "".join(_keys(character) for character in text)


def _keys(character: str) -> str:
    index = ord(character) - SYLLABLES
    if not 0 <= index < COUNT:
        return character
    front, final = divmod(index, len(FINALS))
    initial, medial = divmod(front, len(MEDIALS))
    return INITIALS[initial] + MEDIALS[medial] + FINALS[final]
