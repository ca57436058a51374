"""The rows of `auth.users` in a dump of PostgreSQL, as `pg_dump` and `supabase db dump` write it: `COPY … FROM stdin`, or `INSERT`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Final, TextIO

from daemun.adapters.importing.files import is_garbled
from daemun.core.errors import Flaw, Malformed

NAME: Final = r'(?:"?auth"?\.)"?users"?'
COPY: Final = re.compile(rf"COPY {NAME} \((?P<columns>[^)]*)\) FROM stdin;\s*", re.IGNORECASE)
INSERT: Final = re.compile(rf"INSERT INTO {NAME}\s*(?:\((?P<columns>[^)]*)\)\s*)?(?:OVERRIDING \w+ VALUE\s*)?VALUES", re.IGNORECASE)
BEGINS: Final = re.compile(rf"INSERT INTO {NAME}(?![\w.])", re.IGNORECASE)
ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
ESCAPED: Final = re.compile(r"\\(.)")
SIGN: Final = re.compile(r"\s*(?:('(?:[^']|'')*')(?!')|([(),;])|([^\s'(),;]+))", re.DOTALL)
SIGN_ESCAPED: Final = re.compile(r"\s*([eE]'(?:[^'\\]|''|\\.)*')(?!')", re.DOTALL)
LONGEST: Final = 16 << 20
"""Of one row: a quote that never closes ends here."""
Cells = Mapping[str, str | None] | Flaw
Row = tuple[int, Cells]


def rows_of(text: TextIO) -> Iterator[Row]:
    """Raises `Malformed` for rows whose columns are not told."""
    numbers, found = count(1), False
    for line in text:
        if copied := COPY.fullmatch(line.strip()):
            found = True
            yield from ((next(numbers), row) for row in _copied(text, _names(copied["columns"])))
        elif BEGINS.match(line):
            found = True
            yield from ((next(numbers), row) for row in _inserted(text, line))
    if not found:
        raise Malformed(Flaw("source", "import_no_users_in_dump"))


def _names(columns: str) -> list[str]:
    return [each.strip().strip('"') for each in columns.split(",")]


def _copied(text: TextIO, names: list[str]) -> Iterator[Cells]:
    for line in text:
        told = line.rstrip("\r\n")
        if told == "\\.":
            return
        cells = told.split("\t")
        if len(cells) != len(names):
            yield Flaw("row", "import_row_width", (("cells", len(cells)), ("columns", len(names))))
        elif is_garbled(told):
            yield Flaw("row", "import_row_encoding")
        else:
            yield {name: _uncopied(cell) for name, cell in zip(names, cells, strict=True)}


def _uncopied(cell: str) -> str | None:
    if cell == "\\N":
        return None
    return ESCAPED.sub(lambda found: ESCAPES.get(found[1], found[1]), cell) if "\\" in cell else cell


def _inserted(text: TextIO, line: str) -> Iterator[Cells]:
    """All rows of one statement, which may be as long as the table."""
    while (head := INSERT.match(line)) is None:
        if len(line) > LONGEST or not (more := text.readline()):
            raise Malformed(Flaw("source", "import_broken_dump"))
        line += more
    if head["columns"] is None:
        raise Malformed(Flaw("source", "import_dump_without_columns"))
    names, signs = _names(head["columns"]), _signs(text, line[head.end() :])
    for sign in signs:
        if sign == ";":
            return
        if sign == "(":
            yield _tuple(signs, names)


def _tuple(signs: Iterator[str], names: list[str]) -> Cells:
    """Literals only: what the database would have to compute is not told in the dump."""
    cells: list[str] = [""]
    depth, is_plain = 1, True
    for sign in signs:
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            break
        if sign == "," and depth == 1:
            cells.append("")
        elif cells[-1] == "" and depth == 1:
            cells[-1] = sign
        elif not sign.startswith("::"):
            is_plain = False
    if len(cells) != len(names):
        return Flaw("row", "import_row_width", (("cells", len(cells)), ("columns", len(names))))
    if not is_plain:
        return Flaw("row", "import_row_computed")
    if any(is_garbled(each) for each in cells):
        return Flaw("row", "import_row_encoding")
    return {name: _literal(cell) for name, cell in zip(names, cells, strict=True)}


def _literal(cell: str) -> str | None:
    if cell[:1] in "eE" and cell[1:2] == "'":
        return ESCAPED.sub(lambda found: ESCAPES.get(found[1], found[1]), cell[2:-1].replace("''", "'"))
    if cell[:1] == "'":
        return cell[1:-1].replace("''", "'")
    return None if cell.upper() == "NULL" else cell


def _signs(text: TextIO, begun: str) -> Iterator[str]:
    place, held = 0, begun
    while True:
        found = (SIGN_ESCAPED if _is_escaped(held, place) else SIGN).match(held, place)
        # What touches the edge may go on behind it.
        if found is not None and found.end() < len(held):
            place = found.end()
            yield found.group().lstrip()
            continue
        if len(held) - place > LONGEST:
            raise Malformed(Flaw("source", "import_broken_dump"))
        more = text.readline()
        if not more:
            if found is not None:
                yield found.group().lstrip()
            elif held[place:].strip():
                raise Malformed(Flaw("source", "import_broken_dump"))
            return
        held, place = held[place:] + more, 0


def _is_escaped(held: str, place: int) -> bool:
    """Whether the next literal is one of those in which a backslash means something."""
    rest = held[place : place + 64].lstrip()
    return rest[:2] in ("e'", "E'")
