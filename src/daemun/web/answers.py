"""What the OpenAPI says of refusals: generated from the refusals themselves, so that nothing undocumented is answered."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from daemun.core.errors import Refusal
from daemun.web.csrf import SAFE
from daemun.web.problems import MEDIA_TYPE, status_of
from daemun.web.requires import SCHEME, Requires, guard_of

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
WITH_BEARER = {401: "unauthenticated, invalid_token, session_ended", 403: "denied, account_inactive, api_key_refused"}
CHANGING = {403: f"{WITH_BEARER[403]}, csrf_due (a session cookie without the header X-CSRF-Token)"}
ASKING_AGAIN = {401: f"{WITH_BEARER[401]}, reauthentication_due (RFC 9470)"}


def refuses(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the refusals it answers with, grouped by status."""
    codes: dict[int, list[str]] = {}
    for each in refusals:
        codes.setdefault(status_of(each), []).append(each.code)
    return {status: _answer(status, ", ".join(named)) for status, named in codes.items()}


UNTOLD: Final = "x-daemun-untold"


def untold(why: str) -> dict[str, Any]:
    """For a route's `openapi_extra`: why nothing is recorded of it, though it is called to change something or shows what is sensitive."""
    return {UNTOLD: why}


def why_untold(route: APIRoute) -> str:
    return str((route.openapi_extra or {}).get(UNTOLD, ""))


def describe(app: FastAPI) -> None:
    """Adds to every operation what the gate and the parsing of bodies can answer."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        again = set(_asking_again(app))
        for method, operation in _operations(document):
            _complete(operation, changes=method.upper() not in SAFE, asks_again=operation.get("operationId") in again)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change its document


def describe_guarded(document: dict[str, Any]) -> None:
    """Adds to an application's own operations what is answered in front of them, where they say nothing of it themselves."""
    for method, operation in _operations(document):
        if {SCHEME: []} in operation.get("security", ()):
            for status, codes in (EVERYWHERE | WITH_BEARER | (CHANGING if method.upper() not in SAFE else {})).items():
                operation["responses"].setdefault(str(status), _answer(status, codes))


def _operations(document: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from ((name, each) for name, each in path.items() if name in ("get", "put", "post", "delete", "patch", "head", "options"))


def _asking_again(app: FastAPI) -> Iterable[str]:
    """The operations for which it is not enough to be known."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        guard = guard_of(route) if isinstance(route, APIRoute) else None
        if isinstance(guard, Requires) and guard.asks_again:
            yield context.operation_id or context.unique_id


def _complete(operation: dict[str, Any], *, changes: bool, asks_again: bool) -> None:
    responses = operation["responses"]
    common = dict(EVERYWHERE)
    if "requestBody" in operation:
        common |= WITH_BODY
    elif operation.get("parameters"):
        common |= {422: "malformed"}
    if operation.get("security"):
        common |= WITH_BEARER | (CHANGING if changes else {}) | (ASKING_AGAIN if asks_again else {})
    for status, codes in common.items():
        known = responses.get(str(status))
        if known is None or MEDIA_TYPE not in known.get("content", {}):
            responses[str(status)] = _answer(status, codes)


def _answer(status: int, codes: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{HTTPStatus(status).phrase}: {codes}", "content": content}
