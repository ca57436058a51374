"""The language the log is searched in: `actor:ana action:auth.2fa.* -outcome:success (ip:203.0.113.0/24 OR country:kr) "free words"`. Pure.

either = both { OR both }
both   = each { [AND] each }
each   = ( "-" | NOT ) each | "(" either ")" | field ":" value | word | "words in quotes"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

from daemun.features.audit.searching.errors import QueryMalformed
from daemun.features.audit.searching.query import EVERYTHING, Not, Query, Text, all_of, either_of
from daemun.features.audit.searching.values import FIELDS, Given, Wrong, read

LONGEST: Final = 2000
DEEPEST: Final = 20
MOST_TERMS: Final = 50
FIELD: Final = re.compile(r"([A-Za-z_]+):")
BARE: Final = re.compile(r'[^\s()"]+')
QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """`text` of a term is its value; `field` is empty for free words."""

    kind: Literal["term", "word", "not", "and", "or", "open", "close", "end"]
    at: int
    text: str = ""
    field: str = ""
    quoted: bool = False
    value_at: int = 0


def parse(text: str) -> Query:
    """Raises `QueryMalformed`, which says what is wrong and at which character."""
    if len(text) > LONGEST:
        refuse("audit_query_too_long", LONGEST, most=LONGEST)
    if (at := _unprintable(text)) is not None:
        refuse("audit_query_character", at)
    tokens = _tokens(text)
    if sum(each.kind in ("term", "word") for each in tokens) > MOST_TERMS:
        refuse("audit_query_too_many", tokens[-1].at, most=MOST_TERMS)
    return EVERYTHING if len(tokens) == 1 else _Reader(tokens).whole()


def refuse(code: str, at: int, **data: str | int) -> NoReturn:
    raise QueryMalformed.of(code, at, **data)


def _unprintable(text: str) -> int | None:
    return next((at for at, each in enumerate(text) if not each.isprintable() and each not in " \t\n"), None)


def _tokens(text: str) -> list[Token]:
    found, at = list[Token](), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token, at = _token(text, at)
        found.append(token)
    return [*found, Token("end", len(text))]


def _token(text: str, at: int) -> tuple[Token, int]:
    first = text[at]
    if first in "()":
        return Token("open" if first == "(" else "close", at), at + 1
    if first == "-" and at + 1 < len(text) and not text[at + 1].isspace():
        return Token("not", at), at + 1
    if first == '"':
        value, end = _quoted(text, at)
        return Token("word", at, value, quoted=True, value_at=at), end
    if field := FIELD.match(text, at):
        return _term(text, at, field)
    bare = BARE.match(text, at)
    word = bare[0] if bare else first
    kind = {"AND": "and", "OR": "or", "NOT": "not"}.get(word, "word")
    return Token(kind, at, word, value_at=at), at + len(word)  # type: ignore[arg-type]  # one of the four that stand there


def _term(text: str, at: int, field: re.Match[str]) -> tuple[Token, int]:
    name, start = field[1].lower(), field.end()
    if start < len(text) and text[start] == '"':
        value, end = _quoted(text, start)
        return Token("term", at, value, name, quoted=True, value_at=start), end
    bare = BARE.match(text, start)
    value = bare[0] if bare else ""
    return Token("term", at, value, name, value_at=start), start + len(value)


def _quoted(text: str, at: int) -> tuple[str, int]:
    found = QUOTED.match(text, at)
    if found is None:
        refuse("audit_query_quote", at)
    return ESCAPED.sub(r"\1", found[1]), found.end()


@dataclass(slots=True)
class _Reader:
    tokens: Sequence[Token]
    place: int = 0
    depth: int = 0

    def whole(self) -> Query:
        query = self._either()
        if self._next.kind == "close":
            refuse("audit_query_close", self._next.at)
        return query

    @property
    def _next(self) -> Token:
        return self.tokens[self.place]

    def _take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def _either(self) -> Query:
        parts = [self._both()]
        while self._next.kind == "or":
            self._take()
            parts.append(self._both())
        return either_of(parts)

    def _both(self) -> Query:
        parts = [self._each()]
        while self._next.kind not in ("or", "close", "end"):
            if self._next.kind == "and":
                self._take()
            parts.append(self._each())
        return all_of(parts)

    def _each(self) -> Query:
        token = self._take()
        if token.kind == "not":
            return Not(self._deeper(token, self._each))
        if token.kind == "open":
            return self._deeper(token, self._parenthesised)
        if token.kind == "term":
            return _meant(token)
        if token.kind == "word":
            if not token.text.strip():
                refuse("audit_query_empty", token.at)
            return Text(token.text)
        refuse("audit_query_operand", token.at)

    def _parenthesised(self) -> Query:
        opened = self.tokens[self.place - 1]
        query = self._either()
        if self._take().kind != "close":
            refuse("audit_query_open", opened.at)
        return query

    def _deeper(self, token: Token, read_on: Callable[[], Query]) -> Query:
        if self.depth == DEEPEST:
            refuse("audit_query_deep", token.at, most=DEEPEST)
        self.depth += 1
        query = read_on()
        self.depth -= 1
        return query


def _meant(token: Token) -> Query:
    if token.field not in FIELDS:
        refuse("audit_query_field", token.at, field=token.field, known=", ".join(sorted(FIELDS)))
    if not token.text:
        refuse("audit_query_value", token.value_at, field=token.field)
    try:
        return read(Given(token.field, token.text, quoted=token.quoted))
    except Wrong as wrong:
        refuse(wrong.code, token.value_at, field=token.field, **wrong.data)
