"""JSON Schema, told in a cell of a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scripts.reference.source import room
from scripts.reference.wording import anchor, code, codes, half

from daemun.core.circumstance import Language

LIMITS = {"minLength": "≥ {}", "maxLength": "≤ {}", "minItems": "≥ {}", "maxItems": "≤ {}", "minimum": "≥ {}", "maximum": "≤ {}"}
FORMATS = {"date-time": "2026-11-21T09:00:00Z"}


def fields(schema: dict[str, Any], language: Language, needed: str) -> Iterator[tuple[str, str, str]]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        told = half(each.get("description", ""), language)
        yield code(name), brief(each) + (f" ({needed})" if name in required else ""), told


def titled(name: str) -> str:
    """Two of one name are told apart by their rooms: `daemun__features__signin__bodies__PasswordBody` is `PasswordBody (signin)`."""
    *parts, last = name.split("__")
    return f"{last} ({room('.'.join(parts))})" if parts else last


def brief(schema: dict[str, Any]) -> str:
    """Its form in a few words; another shape is linked to."""
    if reference := schema.get("$ref"):
        title = titled(str(reference).rpartition("/")[2])
        return f"[{title.partition(' ')[0]}](#{anchor(title)})"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " / ".join(brief(each) for each in several)
    if "enum" in schema or "const" in schema:
        return codes(json.dumps(each, ensure_ascii=False) for each in schema.get("enum", [schema.get("const")])) + _default(schema)
    return _plain(schema) + _limits(schema) + _default(schema)


def _plain(schema: dict[str, Any]) -> str:
    kind = str(schema.get("type", ""))
    if kind == "array":
        return f"[{brief(schema.get('items', {}))}, …]" if "$ref" not in schema.get("items", {}) else f"{brief(schema['items'])}, …"
    if kind == "object" and isinstance(more := schema.get("additionalProperties"), dict):
        return f"object: {brief(more)}"
    return kind + (f" ({FORMATS[schema['format']]})" if schema.get("format") in FORMATS else "")


def _limits(schema: dict[str, Any]) -> str:
    told = [form.format(schema[name]) for name, form in LIMITS.items() if name in schema]
    if pattern := schema.get("pattern"):
        told.append(code(pattern))
    return f" {', '.join(told)}" if told else ""


def _default(schema: dict[str, Any]) -> str:
    default = schema.get("default")
    return "" if default is None else f" = {code(json.dumps(default, ensure_ascii=False))}"
