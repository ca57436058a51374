"""What leaves the house for those who watch it: traces and errors, and nothing that is somebody's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from tests.app.collecting import Collector, a_collector
from tests.house import ADDRESS, Member, a_house, a_member
from tests.server.running import free_port, running

from daemun.app.settings import Settings, SettingsError
from daemun.server import create, prepare

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
BROKEN = """
from daemun.plugin import APIRouter, Feature, Kit, public

def plug(kit: Kit) -> Feature:
    routes = APIRouter()

    @routes.post("/broken", dependencies=[public("it breaks")])
    async def broken() -> None:
        mine = "a-secret-in-a-variable"
        raise RuntimeError("no answer for ann@example.com at https://x.example/y?t=the-token " + mine[:1])

    return Feature("broken", routers=(routes,))
"""


def attributes(span: Span) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def spans(collector: Collector) -> list[Span]:
    found: list[Span] = []
    while not collector.told.empty():
        told = collector.told.get()
        assert (told.path, told.headers["authorization"]) == ("/v1/traces", "Bearer of-the-collector")
        request = ExportTraceServiceRequest.FromString(told.body)
        found += [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]
    return found


async def test_a_login_is_a_trace_of_its_request_and_its_stories_and_says_nothing_of_the_person(tmp_path: Path, database_url: str) -> None:
    member = Member()
    with a_collector() as collector:
        told = {"tracing__endpoint": collector.url, "tracing__headers": "authorization=Bearer of-the-collector"}
        async with a_house(database_url, tmp_path, **told) as house:
            client = house.client()
            await a_member(client, member)
            body = {"user_id": member.handle, "password": member.password}
            answer = await client.post("/auth/login?t=query", body, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
            await client.get("/nobody/is/here")
        found = spans(collector)
    request = next(each for each in found if each.name == "POST /auth/login")
    assert (request.trace_id.hex(), request.parent_span_id.hex(), request.kind) == (TRACE, PARENT, Span.SPAN_KIND_SERVER)
    told_of = attributes(request)
    assert (told_of["http.route"], told_of["http.response.status_code"]) == ("/auth/login", 200)
    assert told_of["daemun.request_id"] == answer.headers["x-request-id"]
    stories = [attributes(each)["code.function.name"] for each in found if each.parent_span_id == request.span_id]
    assert any(each.startswith("daemun.features.signin.") for each in stories)
    assert "GET" in {each.name for each in found}
    everything = b"".join(each.SerializeToString() for each in found)
    for personal in (member.handle, member.email, member.name, member.password, ADDRESS, "query", "/nobody"):
        assert personal.encode() not in everything


async def test_a_collector_that_is_away_is_nobodys_trouble(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path}/x.db", tmp_path, tracing__endpoint=f"http://127.0.0.1:{free_port()}") as house:
        assert (await house.client().get("/healthz")).status_code == 200


@pytest.mark.processes
def test_an_error_nobody_expected_is_told_with_its_place_and_without_anybodys_data(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    with a_collector() as collector:
        more = {"DAEMUN_ERRORS__DSN": f"http://thekey@127.0.0.1:{collector.port}/7", "DAEMUN_TOOLS": "broken", "PYTHONPATH": str(tmp_path)}
        with running(tmp_path, more=more) as server:
            headers = {"authorization": "Bearer a-bearer-token", "cookie": "daemun=a-cookie", "user-agent": "agent/7"}
            answer = httpx2.post(f"{server.url}/broken?t=a-query", json={"password": "a-password"}, headers=headers, timeout=30)
            assert answer.status_code == 500
            told = collector.told.get(timeout=30)
    assert told.path == "/api/7/envelope/"
    assert "sentry_key=thekey" in told.headers["x-sentry-auth"]
    _, item, payload = told.body.splitlines()[:3]
    assert json.loads(item)["type"] == "event"
    event = json.loads(payload)
    error = event["exception"]["values"][-1]
    assert (error["type"], error["value"].split(" at ")[0]) == ("RuntimeError", "no answer for ***")
    assert (error["stacktrace"]["frames"][-1]["function"], event["environment"]) == ("broken", "dev")
    assert event["tags"] == {"request_id": answer.headers["x-request-id"]}
    assert not event.keys() & {"request", "user", "extra", "contexts", "modules", "breadcrumbs", "server_name"}
    for hidden in (
        "a-bearer-token",
        "a-cookie",
        "a-query",
        "a-password",
        "agent/7",
        "a-secret-in",
        "the-token",
        "ann@example.com",
        "127.0.0.1",
    ):
        assert hidden not in payload.decode()


@pytest.mark.parametrize("dsn", ["nonsense", "https://gate.example.com"])
def test_a_dsn_that_is_none_stops_the_start_and_is_not_repeated(dsn: str, tmp_path: Path) -> None:
    settings = Settings.load(flags={"errors.dsn": dsn, "data": str(tmp_path / "data")}, environ={}, cwd=tmp_path)
    create(settings)
    with pytest.raises(SettingsError, match="DAEMUN_ERRORS__DSN") as stopped:
        prepare(settings)
    assert dsn not in str(stopped.value).replace("https://key@host/number", "")
