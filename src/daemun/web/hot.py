"""For the few routes that everybody asks all the time: the same guard, the same document, half the way there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from daemun.web.requires import Requires, guard_of
from daemun.web.visit import visit_of

NO_OBJECT = {"type": "model_attributes_type", "loc": ("body",), "msg": "a JSON object is needed", "input": None}


class HotRoute(APIRoute):
    """Takes the visit, and a JSON body if one is declared; gives a model or a response. What is declared is looked for once."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        guard, endpoint, status = guard_of(self), self.endpoint, self.status_code or 200
        body: Any = next((each.field_info.annotation for each in self.dependant.body_params), None)

        async def handle(request: Request) -> Response:
            if isinstance(guard, Requires):
                await guard(request)
            visit = visit_of(request)
            answer = await (endpoint(visit, body=await _parsed(request, body)) if body else endpoint(visit))
            if isinstance(answer, Response):
                return answer
            return Response(answer.model_dump_json(), status, media_type="application/json")

        return handle


async def _parsed(request: Request, body: type[BaseModel]) -> BaseModel:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise RequestValidationError([NO_OBJECT])
    try:
        return body.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False)) from None
