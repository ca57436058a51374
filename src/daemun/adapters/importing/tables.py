"""Comma-separated values, whatever separates them: rows under the names of the first one."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Final, TextIO

from daemun.adapters.importing.files import is_garbled
from daemun.core.errors import Flaw, Malformed

SEPARATORS: Final = (",", ";", "\t", "|")
Row = tuple[int, Mapping[str, str] | Flaw]


def header_of(text: TextIO, delimiter: str | None) -> tuple[list[str], str]:
    """The names, and what separates them."""
    line = text.readline()
    if (told := line.strip().strip('"')).lower().startswith("sep=") and len(told) == 5:  # Excel's own hint
        delimiter, line = delimiter or told[4], text.readline()
    delimiter = delimiter or max(SEPARATORS, key=line.count)
    header = [each.strip() for each in next(csv.reader([line], delimiter=delimiter), [])]
    if not any(header):
        raise Malformed(Flaw("source", "import_empty"))
    return header, delimiter


def rows_of(text: TextIO, header: list[str], delimiter: str) -> Iterator[Row]:
    """Numbered as a spreadsheet does, where the names are the first. What cannot be read spoils its row only."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number, width = 1, len(header)
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, Flaw("row", "import_row_quotes")
            continue
        except UnicodeDecodeError:
            raise Malformed(Flaw("source", "import_wrong_encoding")) from None
        if not any(cells):
            continue
        if len(cells) != width:
            yield number, Flaw("row", "import_row_width", (("cells", len(cells)), ("columns", width)))
        elif is_garbled("".join(cells)):
            yield number, Flaw("row", "import_row_encoding")
        else:
            yield number, dict(zip(header, cells, strict=True))
