"""What may stand behind each field, and what it means. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, cast

from daemun.features.audit.searching.query import CHOICES, EPOCH, Begins, Created, Field, Is, Places, Query, Within

ACTION: Final = re.compile(r"[a-z0-9_.-]{1,100}")
COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
COMPARED: Final = re.compile(r"(>=|<=|>|<)(.+)")
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2})(:\d{2}(\.\d{1,6})?)?(Z|z|[+-]\d{2}:\d{2})?")
NUMBER: Final = re.compile(r"\d{1,15}")
BUCKETS: Final = {4: (24, 32), 6: (32, 48, 64, 128)}
"""The lengths of networks that events are marked with."""
SPREAD: Final = 8
"""A network is looked up as at most 2**8 of the next longer ones."""
LATEST: Final = 253_370_678_400_000_000
"""The last day of the year 9998."""
LATEST_PRINTED: Final = LATEST + 2 * 86_400_000_000
ALIASES: Final = {"failed": "failure", "fail": "failure", "ok": "success"}


class Wrong(Exception):
    """Which sentence says what is wrong with a value."""

    def __init__(self, code: str, **data: str | int) -> None:
        super().__init__(code)
        self.code, self.data = code, data


@dataclass(frozen=True, slots=True)
class Given:
    field: str
    text: str
    quoted: bool

    @property
    def wild(self) -> bool:
        return not self.quoted and self.text.endswith("*")


def read(given: Given) -> Query:
    """Raises `Wrong`."""
    if given.wild and given.field not in ("action", "created", "index"):
        raise Wrong("audit_query_wildcard")
    return FIELDS[given.field](given)


def bucket_of(network: IPv4Network | IPv6Network) -> int | None:
    """The length of the networks it is looked up as; None when they would be too many."""
    wanted = next(each for each in BUCKETS[network.version] if each >= network.prefixlen)
    return wanted if wanted - network.prefixlen <= SPREAD else None


def _said(given: Given) -> Query:
    return Is(_field(given), given.text)


def _field(given: Given) -> Field:
    return cast("Field", given.field)


def _choice(given: Given) -> Query:
    text = given.text.lower()
    value = ALIASES.get(text, text) if given.field == "outcome" else text
    if value not in CHOICES[given.field]:
        raise Wrong("audit_query_choice", choices=", ".join(CHOICES[given.field]))
    return Is(_field(given), value)


def _action(given: Given) -> Query:
    text = given.text.lower()
    code = text[:-1] if given.wild else text
    if not ACTION.fullmatch(code):
        raise Wrong("audit_query_action")
    return Begins("action", code) if given.wild else Is("action", code)


def _country(given: Given) -> Query:
    if not COUNTRY.fullmatch(given.text):
        raise Wrong("audit_query_country")
    return Is("country", given.text.upper())


def _id(given: Given) -> Query:
    if not ID.fullmatch(given.text):
        raise Wrong("audit_query_id")
    return Is(_field(given), given.text)


def _network(given: Given) -> Query:
    try:
        network = ip_network(given.text, strict=False)
    except ValueError as error:
        raise Wrong("audit_query_ip") from error
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped and network.prefixlen >= 96:
        network = ip_network(f"{network.network_address.ipv4_mapped}/{network.prefixlen - 96}", strict=False)
    if "%" in given.text:
        raise Wrong("audit_query_ip")
    if bucket_of(network) is None:
        raise Wrong("audit_query_network", lengths="16-32" if network.version == 4 else "24-32, 40-48, 56-64, 120-128")
    return Within(str(network))


def _index(given: Given) -> Query:
    first, ranged, last = given.text.partition("..")
    if not NUMBER.fullmatch(first) or (ranged and not NUMBER.fullmatch(last)):
        raise Wrong("audit_query_index")
    end = int(last or first) + 1
    if end <= int(first):
        raise Wrong("audit_query_backwards")
    return Places(int(first), end)


def _created(given: Given) -> Query:
    if compared := COMPARED.fullmatch(given.text):
        begun, over = _span(compared[2])
        return {">=": Created(begun, None), ">": Created(over, None), "<": Created(None, begun), "<=": Created(None, over)}[compared[1]]
    low, ranged, high = given.text.partition("..")
    if not ranged:
        return Created(*_span(low))
    if low == high == "*":
        raise Wrong("audit_query_date")
    start = None if low == "*" else _span(low)[0]
    end = None if high == "*" else _span(high)[1]
    if start is not None and end is not None and end <= start:
        raise Wrong("audit_query_backwards")
    return Created(start, end)


def _span(text: str) -> tuple[int, int]:
    """Beginning and end of the day, minute, second or microsecond that is named; UTC where nothing else is said."""
    try:
        if DATE.fullmatch(text):
            day = date.fromisoformat(text)
            start = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return _micros(start, timedelta(days=1))
        if found := MOMENT.fullmatch(text):
            at = datetime.fromisoformat(text.upper())
            unit = timedelta(microseconds=1) if found[3] else timedelta(seconds=1) if found[2] else timedelta(minutes=1)
            return _micros(at if at.tzinfo else at.replace(tzinfo=UTC), unit)
    except (ValueError, OverflowError):
        pass  # the 30th of February, and what lies before the year 1
    raise Wrong("audit_query_date")


def _micros(at: datetime, unit: timedelta) -> tuple[int, int]:
    step = timedelta(microseconds=1)
    start, length = (at - EPOCH) // step, unit // step
    # What is printed names microseconds, so the last of every day that can be named can be, too.
    if not 0 <= start <= (LATEST if length > 1 else LATEST_PRINTED):
        raise ValueError(start)
    return start, start + length


FIELDS: Final[Mapping[str, Callable[[Given], Query]]] = {
    "action": _action,
    "actor": _said,
    "class": _choice,
    "country": _country,
    "created": _created,
    "has": _choice,
    "index": _index,
    "ip": _network,
    "kind": _choice,
    "outcome": _choice,
    "path": _said,
    "request": _id,
    "resource": _said,
    "session": _said,
    "target": _said,
    "user": _said,
}
