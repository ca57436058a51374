"""What JSON bodies are made of, and how their flaws are told."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from daemun.core.errors import Flaw

UNPRINTABLE = ("Cc", "Cs", "Zl", "Zp")
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def unprintable(text: str) -> bool:
    """NUL and half a surrogate cannot be stored; a line break in a name forges log lines and letters, a turn of direction any text."""
    return any(unicodedata.category(each) in UNPRINTABLE or each in TURNING for each in text)


def _no_control(text: str) -> str:
    if unprintable(text):
        raise PydanticCustomError("control", "control characters are not allowed")
    return text


Line = Annotated[str, AfterValidator(_no_control)]


class Body(BaseModel):
    """A JSON body: strict types, unknown fields ignored (the documents' clients may send more than we read)."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=False, strict=True)


CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_short": "field_too_short",
    "too_short": "field_too_short",
    "too_long": "field_too_long",
    "string_too_long": "field_too_long",
    "string_pattern_mismatch": "field_pattern",
    "string_type": "field_text",
    "string_unicode": "field_pattern",
    "bool_type": "field_bool",
    "json_invalid": "field_json",
    "model_attributes_type": "field_object",
    "model_type": "field_object",
    "literal_error": "field_choice",
    "control": "field_control",
}


def flaws_of(errors: Sequence[Any]) -> tuple[Flaw, ...]:
    """Where and what, without repeating what was sent: it may be a password."""
    return tuple(_flaw(each) for each in errors)


def _flaw(error: Any) -> Flaw:
    where = "body" if error["type"] == "json_invalid" else ".".join(str(each) for each in error["loc"] if each != "body") or "body"
    code = CODES.get(error["type"]) or (error["type"] if error["type"].startswith("daemun_") else "field_invalid")
    context = error.get("ctx") or {}
    data = tuple(
        (name, value)
        for name, value in context.items()
        if name in ("min_length", "max_length", "expected") and isinstance(value, str | int)
    )
    return Flaw(where, code.removeprefix("daemun_"), data)
