"""Countries by address, from a MaxMind-format file: the one that is shipped, or the operator's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import maxminddb

SHIPPED = Path(__file__).parent / "countries.mmdb"

__all__ = ["SHIPPED", "PlacesFile"]


class PlacesFile:
    """Answers `daemun.ports.places.Places`. Mapped into memory: only the pages that are asked for are read."""

    def __init__(self, file: Path = SHIPPED) -> None:
        self._reader = maxminddb.open_database(file, maxminddb.MODE_AUTO)

    def country(self, address: str) -> str | None:
        try:
            found: Any = self._reader.get(address)
        except ValueError:  # no address at all, or IPv6 in a file that knows IPv4 alone
            return None
        code = _code(found)
        return code if code and len(code) == 2 and code.isascii() and code.isupper() else None

    def close(self) -> None:
        self._reader.close()


def _code(found: Any) -> str | None:
    """Flat files say `country_code`; MaxMind's nest it."""
    if not isinstance(found, dict):
        return None
    nested = found.get("country")
    code = found.get("country_code") or (nested.get("iso_code") if isinstance(nested, dict) else None)
    return code if isinstance(code, str) else None
