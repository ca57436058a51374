"""What the OpenAPI says of refusals: generated from the refusals themselves, so that nothing undocumented is answered."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from daemun.core.errors import Refusal
from daemun.web.problems import MEDIA_TYPE, status_of

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457, with a code for programs and a sentence for people.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence in the reader's language (Accept-Language: ko or en)."},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "retry_after": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "code", "message"],
                "properties": {"where": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
EVERYWHERE = {503: "unavailable"}
WITH_BODY = {400: "bad_request", 413: "too_large", 422: "malformed"}
WITH_BEARER = {401: "unauthenticated, invalid_token, session_ended", 403: "denied, account_inactive"}


def refuses(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the refusals it answers with, grouped by status."""
    codes: dict[int, list[str]] = {}
    for each in refusals:
        codes.setdefault(status_of(each), []).append(each.code)
    return {status: _answer(status, ", ".join(named)) for status, named in codes.items()}


def describe(app: FastAPI) -> None:
    """Adds to every operation what the gate and the parsing of bodies can answer."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        for operation in _operations(document):
            _complete(operation)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change its document


def _operations(document: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (each for name, each in path.items() if name in ("get", "put", "post", "delete", "patch", "head", "options"))


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    common = dict(EVERYWHERE)
    if "requestBody" in operation:
        common |= WITH_BODY
    elif operation.get("parameters"):
        common |= {422: "malformed"}
    if operation.get("security"):
        common |= WITH_BEARER
    for status, codes in common.items():
        known = responses.get(str(status))
        if known is None or MEDIA_TYPE not in known.get("content", {}):
            responses[str(status)] = _answer(status, codes)


def _answer(status: int, codes: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{HTTPStatus(status).phrase}: {codes}", "content": content}
