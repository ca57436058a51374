"""Settings as people write them, turned into the types that the sections declare. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import isfinite
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from daemun.core.secret import Secret
from daemun.core.sentence import Sentence
from daemun.core.setting import Unit

__all__ = ["MASK", "Sentence", "Unreadable", "holds_secret", "is_several", "may_be_none", "parse", "render"]

MASK: Final = "***"


class Unreadable(ValueError):
    """The text is not of the type; says what would be. Never holds the text itself: it may be a secret."""

    def __init__(self, expected: Sentence) -> None:
        super().__init__(expected.en)
        self.expected: Final = expected


WHOLE = Sentence("정수", "a whole number")
NUMBER = Sentence("숫자", "a number")
YES_OR_NO = Sentence("true 또는 false", "true or false")
TIME = Sentence("단위가 붙은 시간(예: 10s, 30m, 24h, 14d)", "a time with its unit, such as 10s, 30m, 24h or 14d")
LIST = Sentence(
    '쉼표로 나눈 목록 또는 JSON 목록(예: a,b 또는 ["a", "b"])', 'a comma-separated list or a JSON list, such as a,b or ["a", "b"]'
)
TEXT = Sentence("줄바꿈이나 제어 문자가 없는 글", "text without line breaks or control characters")

TRUE = frozenset({"true", "1", "yes", "on"})
FALSE = frozenset({"false", "0", "no", "off"})
SPANS: Final[Mapping[str, timedelta]] = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
BARE: Final[Mapping[Unit, str]] = {"seconds": "s", "minutes": "m", "days": "d"}
PART = re.compile(r"([0-9]{1,12})\s*(ms|[wdhms])\s*")


def parse(kind: Any, text: str, unit: Unit = "") -> Any:
    """The value of that type. `unit` is how a bare number is meant where a time is asked for; without one, a bare number is refused."""
    inner = _without_none(kind)
    if inner is timedelta:
        return _span(text.strip(), unit)
    if get_origin(inner) is Literal:
        return _choice(get_args(inner), text.strip())
    if get_origin(inner) is tuple:
        return _several(get_args(inner)[0], text.strip(), unit)
    if inner is Secret:
        return Secret(text)
    if inner not in PLAIN:
        raise TypeError(f"no setting can be of type {kind}")
    return PLAIN[inner](text.strip())


def holds_secret(kind: Any) -> bool:
    return kind is Secret or any(holds_secret(each) for each in get_args(kind) if get_origin(kind) is not Literal)


def may_be_none(kind: Any) -> bool:
    return kind is NoneType or NoneType in get_args(kind)


def is_several(kind: Any) -> bool:
    return get_origin(_without_none(kind)) is tuple


def render(value: Any) -> str:
    """The value as people would write it; `parse` reads it back. Secrets are masked."""
    if value is None:
        return ""
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return _render_span(value)
    if isinstance(value, tuple):
        return _render_several(value)
    return str(value)


def _without_none(kind: Any) -> Any:
    if get_origin(kind) not in (Union, UnionType):
        return kind
    left = [each for each in get_args(kind) if each is not NoneType]
    if len(left) != 1:
        raise TypeError(f"no setting can be of type {kind}")
    return left[0]


def _text(text: str) -> str:
    # A line break in a host name or a URL becomes a second header or a second log line somewhere.
    if not text.isprintable():
        raise Unreadable(TEXT)
    return text


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise Unreadable(WHOLE)
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text) or not isfinite(float(text)):
        raise Unreadable(NUMBER)
    return float(text)


def _yes_or_no(text: str) -> bool:
    if text.lower() not in TRUE | FALSE:
        raise Unreadable(YES_OR_NO)
    return text.lower() in TRUE


def _path(text: str) -> Path:
    return Path(_text(text)).expanduser()


PLAIN: Final[Mapping[Any, Callable[[str], Any]]] = {str: _text, int: _whole, float: _number, bool: _yes_or_no, Path: _path}


def _span(text: str, unit: Unit) -> timedelta:
    whole = text + BARE[unit] if unit and text.isascii() and text.isdigit() else text
    parts = PART.findall(whole)
    if not parts or PART.sub("", whole):
        raise Unreadable(TIME)
    try:
        return sum((int(count) * SPANS[each] for count, each in parts), timedelta())
    except OverflowError as error:
        raise Unreadable(TIME) from error


def _choice(choices: tuple[Any, ...], text: str) -> Any:
    for choice in choices:
        if str(choice).lower() == text.lower():
            return choice
    listed = ", ".join(str(each) for each in choices)
    raise Unreadable(Sentence(f"다음 가운데 하나: {listed}", f"one of {listed}"))


def _several(kind: Any, text: str, unit: Unit) -> tuple[Any, ...]:
    return tuple(parse(kind, each, unit) for each in (_json_list(text) if text.startswith("[") else _comma_list(text)))


def _comma_list(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _json_list(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(LIST) from error
    if not all(isinstance(each, str | int) for each in found):
        raise Unreadable(LIST)
    return [each if isinstance(each, str) else json.dumps(each) for each in found]


def _render_span(value: timedelta) -> str:
    left, said = value, ""
    for unit, span in SPANS.items():
        count, left = divmod(left, span)
        said += f"{count}{unit}" if count else ""
    return said or "0s"


def _render_several(values: tuple[Any, ...]) -> str:
    said = [render(each) for each in values]
    return (
        json.dumps(said, ensure_ascii=False)
        if any("," in each or each != each.strip() or each.startswith("[") for each in said)
        else ",".join(said)
    )
