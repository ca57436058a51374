"""Countries by address."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from daemun.adapters.places import SHIPPED, PlacesFile
from daemun.web import catalogue

NAMES = Path(catalogue.__file__).parent / "locale" / "countries"


@pytest.mark.parametrize(
    ("address", "country"),
    [("168.126.63.1", "KR"), ("8.8.8.8", "US"), ("133.11.0.1", "JP"), ("2001:4860:4860::8888", "US")],
)
def test_well_known_addresses_are_where_they_are(address: str, country: str) -> None:
    assert PlacesFile().country(address) == country


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "::1", "203.0.113.9", "", "unknown", "1.2.3.4.5", "8.8.8.8:53"])
def test_what_is_nowhere_has_no_country(address: str) -> None:
    assert PlacesFile().country(address) is None


def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "mine.mmdb").write_bytes(b"not a database")
    with pytest.raises(Exception, match=r"mine\.mmdb"):
        PlacesFile(tmp_path / "mine.mmdb")


def test_every_country_that_can_be_found_has_its_name_in_both_languages() -> None:
    import maxminddb

    found = {record["country_code"] for _, record in maxminddb.open_database(SHIPPED) if isinstance(record, dict)} - {"None"}
    for language in ("ko", "en"):
        named = tomllib.loads((NAMES / f"{language}.toml").read_text("utf-8"))
        assert not {f"country_{each}" for each in found} - named.keys()


def test_the_shipped_file_is_the_one_that_was_reviewed() -> None:
    told = re.search(r"sha256 `([0-9a-f]{64})`", (SHIPPED.parent / "README.md").read_text("utf-8"))
    assert told is not None
    assert hashlib.sha256(SHIPPED.read_bytes()).hexdigest() == told[1]
