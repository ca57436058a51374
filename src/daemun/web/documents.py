"""One OpenAPI document for an application and what is installed in it."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import FastAPI

from daemun.web.answers import describe_guarded

SCHEMAS: Final = "#/components/schemas/"


def join(app: FastAPI, ours: FastAPI, prefix: str) -> None:
    """The application's document shows our calls, too, where we document them; and what we answer in front of its own."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = dict(plain())
        describe_guarded(document)
        theirs = document.get("components", {})
        mine = _renamed(ours.openapi(), theirs.get("schemas", {}))
        shown = mine["paths"] if ours.openapi_url else {}
        document["paths"] = {prefix + path: operations for path, operations in shown.items()} | document["paths"]
        document["components"] = theirs | {part: named | theirs.get(part, {}) for part, named in mine["components"].items()}
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change its document


def _renamed(document: dict[str, Any], taken: dict[str, Any]) -> dict[str, Any]:
    """Two things of one name stay two things."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    twice = [name for name, schema in schemas.items() if taken.get(name, schema) != schema]
    text = json.dumps(document | {"components": document["components"] | {"schemas": {}}})
    shapes = json.dumps(schemas)
    for name in twice:
        old, new = json.dumps(SCHEMAS + name), json.dumps(f"{SCHEMAS}Daemun{name}")
        text, shapes = text.replace(old, new), shapes.replace(old, new)
    found: dict[str, Any] = json.loads(text)
    found["components"]["schemas"] = {f"Daemun{name}" if name in twice else name: shape for name, shape in json.loads(shapes).items()}
    return found
