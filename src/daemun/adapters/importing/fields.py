"""Texts, yes and no, and moments, as other systems write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final

from daemun.core.errors import Flaw

YES: Final = frozenset(("1", "true", "t", "yes", "y", "on", "o", "예", "네", "참", "active", "enabled", "normal", "정상", "활성"))
NO: Final = frozenset(
    ("0", "false", "f", "no", "n", "off", "x", "아니오", "아니요", "거짓", "inactive", "disabled", "banned", "정지", "비활성", "탈퇴")
)
NOTHING: Final = frozenset(("", "null", "none", "\\n", "nan"))
APART: Final = re.compile(r"[,;|]")
NUMBER: Final = re.compile(r"\d{9,16}(?:\.\d+)?")
LOOSE: Final = re.compile(r"(\d{4})[./-] ?(\d{1,2})[./-] ?(\d{1,2})\.?(?:[ T](.*))?")
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECONDS: Final = 1e11
"""Above it a number counts milliseconds, and above a thousand times that microseconds."""


class Fields:
    """A row under our names, and what is wrong with it."""

    __slots__ = ("_columns", "_values", "_zone", "flaws")

    def __init__(self, values: Mapping[str, Any], columns: Mapping[str, str], zone: tzinfo) -> None:
        self._values, self._columns, self._zone = values, columns, zone
        self.flaws: list[Flaw] = []

    def _value(self, name: str) -> Any:
        column = self._columns.get(name)
        return None if column is None else self._values.get(column)

    def text(self, name: str) -> str:
        value = self._value(name)
        return "" if value is None else str(value).strip()

    def truth(self, name: str, *, otherwise: bool) -> bool:
        value = self._value(name)
        if value is None or isinstance(value, bool):
            return otherwise if value is None else value
        word = str(value).strip().casefold()
        if word in NOTHING:
            return otherwise
        if word not in YES and word not in NO:
            self.flaws.append(Flaw(name, "import_truth_form"))
        return word in YES

    def moment(self, name: str) -> datetime | None:
        value = self._value(name)
        if value is None or (isinstance(value, str) and value.strip().casefold() in NOTHING):
            return None
        try:
            found = moment(value, self._zone)
        except (ValueError, OverflowError):
            self.flaws.append(Flaw(name, "import_moment_form"))
            return None
        return found

    def words(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if value is None:
            return ()
        parts = value if isinstance(value, list | tuple) else APART.split(str(value))
        return tuple(each for each in (str(part).strip() for part in parts) if each)


def moment(value: object, zone: tzinfo) -> datetime:
    """Raises ValueError for what is none, and for what lies before 1970."""
    found = _moment(value, zone).astimezone(UTC)
    if found < FIRST:
        raise ValueError("before 1970")
    return found


def _moment(value: object, zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    if isinstance(value, int | float):
        return _counted(float(value))
    text = str(value).strip()
    if NUMBER.fullmatch(text):
        return _counted(float(text))
    if loose := LOOSE.fullmatch(text):
        year, month, day, rest = loose.groups()
        time = (rest or "").strip()
        text = f"{year}-{int(month):02}-{int(day):02}" + (f"T{'0' if time[1:2] == ':' else ''}{time}" if time else "")
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _counted(number: float) -> datetime:
    while number >= LAST_SECONDS:
        number /= 1000
    return FIRST + timedelta(seconds=number)
