"""How an event's entry is kept: without the words that all of them say, and with bytes where it spells them. Pure.

What comes back is what was given, byte for byte, because only what is written in exactly this form is kept so; the rest is kept as it is.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64, hexlify, unhexlify
from struct import Struct, error
from typing import Final

from daemun.core.ids import ALPHABET

MARK: Final = b"\x01"
"""JSON never begins so. Rows that do are read for ever: another form is another mark, and nothing is ever taken out of these lists."""
OUTCOMES: Final = (b"success", b"failure", b"denied")
CLASSES: Final = (b"login", b"security", b"admin", b"account", b"data")
PARTS: Final = (b"actor", b"target", b"tenant")
TEXT: Final = rb"[ !#-\[\]-~]"
NAME: Final = rb"([\w-]{12})"
PART: Final = rb'\["(actor|target|tenant)","k_' + NAME + rb'","([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"\]'
FORM: Final = re.compile(
    rb'\{"a":"(' + TEXT + rb'{1,100})","as":"(?:s_' + NAME + rb"|(" + TEXT + rb'{1,100}))",'
    rb'(?:"b":\[' + PART + rb"(?:," + PART + rb")?(?:," + PART + rb")?\],)?"
    rb'"c":"(?:req_([0-9a-f]{24})|(' + TEXT + rb'{0,100}))","i":"([0-7][0-9A-HJKMNP-TV-Z]{25})","k":"event",'
    rb'"o":"(success|failure|denied)","p":\["([0-9a-f]{12})",(0|[1-9][0-9]{0,8})\],"r":"(login|security|admin|account|data)",'
    rb'"t":([1-9][0-9]{0,15}),(?:"tg":"s_' + NAME + rb'",)?"tn":"default","v":1\}'
)
HEAD: Final = Struct(">BBBB6sIQ16s")
"""Mark, class, outcome, how many parts, process and its number, time, id."""
TEXTUAL, DRAWN, NOBODY = b"\xff", b"\xfe", b"\xfd"
"""How a name is kept: as text with its length, as nine bytes, or not at all; any less is the part whose key has that name."""
NAME_SIZE, REQUEST_SIZE, COMMITMENT_SIZE = 9, 12, 32
TO_PLAIN, FROM_PLAIN = bytes.maketrans(b"-_", b"+/"), bytes.maketrans(b"+/", b"-_")
TO_BASE_32: Final = bytes.maketrans(ALPHABET.encode(), b"0123456789abcdefghijklmnopqrstuv")
OUTCOME, CLASS = ({each: number for number, each in enumerate(listed)} for listed in (OUTCOMES, CLASSES))
PART_CODE: Final = {part: bytes([number]) for number, part in enumerate(PARTS)}
PAIRS: Final = [(one + two).encode() for one in ALPHABET for two in ALPHABET]


def brief(entry: bytes) -> bytes:
    """As it is kept."""
    found = FORM.fullmatch(entry)
    if found is None:
        return entry
    action, actor, other, *bound, request, told, event, outcome, boot, number, kind, at, target = found.groups()
    names = [each for each in bound[1::3] if each]
    place = int(event.translate(TO_BASE_32), 32).to_bytes(16, "big")
    made = [
        HEAD.pack(MARK[0], CLASS[kind], OUTCOME[outcome], len(names), unhexlify(boot), int(number), int(at), place),
        _text(action),
        TEXTUAL + _text(other) if actor is None else _named(actor, names),
        TEXTUAL + _text(told) if request is None else DRAWN + unhexlify(request),
        NOBODY if target is None else _named(target, names),
    ]
    for at_part, name in enumerate(names):
        made += (PART_CODE[bound[3 * at_part]], _short(name), a2b_base64(bound[3 * at_part + 2]))
    return b"".join(made)


def whole(kept: bytes) -> bytes:
    """The entry. What is not in the form it claims to be in comes back as it is: it is no entry, and its hash will say so."""
    if kept[:1] != MARK:
        return kept
    try:
        return _whole(kept)
    except (error, IndexError):
        return kept


def _whole(kept: bytes) -> bytes:
    _, kind, outcome, count, boot, number, at, event = HEAD.unpack_from(kept)
    action, here = _read(kept, HEAD.size)
    actor, here = _who(kept, here)
    request, here = _request(kept, here)
    target, here = _who(kept, here)
    names, bound = list[bytes](), list[bytes]()
    for _ in range(count):
        name, end = here + 1 + NAME_SIZE, here + 1 + NAME_SIZE + COMMITMENT_SIZE
        names.append(_long(kept[here + 1 : name]))
        bound.append(b'["%b","k_%b","%b"]' % (PARTS[kept[here]], names[-1], b2a_base64(kept[name:end], newline=False)))
        here = end
    if here != len(kept):
        raise IndexError(here)
    return b'{"a":"%b","as":"%b"%b,"c":"%b","i":"%b","k":"event","o":"%b","p":["%b",%d],"r":"%b","t":%d%b,"tn":"default","v":1}' % (
        action,
        _surrogate(actor, names),
        b',"b":[%b]' % b",".join(bound) if bound else b"",
        request,
        _ulid(event),
        OUTCOMES[outcome],
        hexlify(boot),
        number,
        CLASSES[kind],
        at,
        b"" if target == NOBODY[0] else b',"tg":"%b"' % _surrogate(target, names),
    )


def _read(kept: bytes, here: int) -> tuple[bytes, int]:
    """A text, and where it ends."""
    end = here + 1 + kept[here]
    return kept[here + 1 : end], end


def _who(kept: bytes, here: int) -> tuple[bytes | int, int]:
    how = kept[here]
    if how == TEXTUAL[0]:
        return _read(kept, here + 1)
    end = here + 1 + NAME_SIZE
    return (b"s_" + _long(kept[here + 1 : end]), end) if how == DRAWN[0] else (how, here + 1)


def _request(kept: bytes, here: int) -> tuple[bytes, int]:
    if kept[here] == TEXTUAL[0]:
        return _read(kept, here + 1)
    if kept[here] != DRAWN[0]:
        raise IndexError(here)
    end = here + 1 + REQUEST_SIZE
    return b"req_" + hexlify(kept[here + 1 : end]), end


def _named(name: bytes, names: list[bytes]) -> bytes:
    return bytes([names.index(name)]) if name in names else DRAWN + _short(name)


def _surrogate(name: bytes | int, names: list[bytes]) -> bytes:
    return name if isinstance(name, bytes) else b"s_" + names[name]


def _text(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _short(name: bytes) -> bytes:
    return a2b_base64(name.translate(TO_PLAIN))


def _long(name: bytes) -> bytes:
    return b2a_base64(name, newline=False).translate(FROM_PLAIN)


def _ulid(event: bytes) -> bytes:
    number = int.from_bytes(event, "big")
    return b"".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
