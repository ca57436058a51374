"""Questions about a crowd: what an administrator looks for, and a crowd it can be looked for in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from bench.filling import Columns, handle_of, id_of
from daemun.features.identity.directory.models import Place

FAMILIES, FIRST, SECOND = "김이박최정강조윤장임", "민서지현수영은하도준유채시예주건우태성진", "준연우민서아윤호빈진현원영은희수정하린율"
NAME: Final = (
    f"substr('{FAMILIES}', 1 + n % {len(FAMILIES)}, 1)"
    f" || substr('{FIRST}', 1 + n / {len(FAMILIES)} % {len(FIRST)}, 1)"
    f" || substr('{SECOND}', 1 + n / {len(FAMILIES) * len(FIRST)} % {len(SECOND)}, 1)"
)
RARE: Final = 10_000
CROWD: Columns = {
    "name": NAME,
    "name_key": NAME,
    "status": f"CASE WHEN n % {RARE} = 7 THEN 'BANNED' WHEN n % 100 = 3 THEN 'SLEEP' ELSE 'NORMAL' END",
    "email_verified": "n % 3 <> 0",
}
"""Four thousand names, a hundred asleep of ten thousand, and one who is suspended."""
Query = Mapping[str, str]
Question = Callable[[random.Random, int], Query]


def _anybody(dice: random.Random, users: int) -> int:
    return dice.randrange(users)


def _deep(dice: random.Random, users: int) -> str:
    return Place("id", "", id_of(dice.randrange(users // 10, users))).told()


def _in_the_alphabet(dice: random.Random, users: int) -> str:
    number = dice.randrange(users // 10, users)
    return Place("handle", handle_of(number), id_of(number)).told()


def _wide(dice: random.Random, users: int) -> str:
    """What ten thousand handles begin with."""
    return handle_of(dice.randrange(users))[:-4]


def _name(dice: random.Random) -> str:
    return dice.choice(FAMILIES) + dice.choice(FIRST) + dice.choice(SECOND)


QUESTIONS: Mapping[str, Question] = {
    "the first page": lambda dice, users: {},
    "a page deep inside": lambda dice, users: {"after": _deep(dice, users)},
    "a handle": lambda dice, users: {"q": handle_of(_anybody(dice, users))},
    "what a hundred handles begin with": lambda dice, users: {"q": handle_of(_anybody(dice, users))[:-2]},
    "what all handles begin with, deep inside": lambda dice, users: {"q": "user_", "after": _in_the_alphabet(dice, users)},
    "an e-mail address": lambda dice, users: {"q": f"{handle_of(_anybody(dice, users))}@example.com"},
    "a Korean name": lambda dice, users: {"q": _name(dice)},
    "a Korean family name": lambda dice, users: {"q": dice.choice(FAMILIES)},
    "the administrators": lambda dice, users: {"role": "master"},
    "those of a role that all have": lambda dice, users: {"role": "user"},
    "nobody": lambda dice, users: {"q": f"zz{dice.randrange(users)}"},
    "the suspended": lambda dice, users: {"status": "BANNED"},
    "the sleeping, deep inside": lambda dice, users: {"status": "SLEEP", "after": _deep(dice, users)},
    "the suspended among ten thousand handles": lambda dice, users: {"q": _wide(dice, users), "status": "BANNED"},
    "the suspended of all handles": lambda dice, users: {"q": "user_", "status": "BANNED"},
    "the suspended of a family name": lambda dice, users: {"q": dice.choice(FAMILIES), "status": "BANNED"},
}
