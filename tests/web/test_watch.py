"""What operators see of requests: numbers and log lines, and nothing that is somebody's."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.house import ADDRESS, Client, House, a_house, a_member, built

from daemun.app import logs
from daemun.app.settings import Settings
from daemun.core.actor import SYSTEM
from daemun.core.noted import CURRENT, Note

TOKEN = "7hLqvZ0nJp3kWx9sTfRb2cYdGmEuAa4iQo8VtHs1KzX"
Samples = dict[tuple[str, str], float]


@pytest.fixture
async def house(tmp_path: Path, sqlite_url: str) -> AsyncIterator[House]:
    async with a_house(sqlite_url, tmp_path, metrics__token=TOKEN) as opened:
        yield opened


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """What `configure` changes belongs to the whole process."""
    root, requests = logging.getLogger(), logging.getLogger("daemun.requests")
    logging.getLogger("httpx2").setLevel("WARNING")  # the client of the tests says what it asks
    handlers, level, disabled = root.handlers[:], root.level, requests.disabled
    yield
    root.handlers[:], requests.disabled = handlers, disabled
    root.setLevel(level)


async def numbers(client: Client) -> Samples:
    """By name and labels, such as `method=GET,route=/me,status=200`."""
    answer = await client.get("/metrics", token=TOKEN)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (each.name, ",".join(f"{name}={value}" for name, value in sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(answer.text)
        for each in family.samples
    }


async def test_the_story_of_a_login_is_in_the_numbers_by_routes_and_outcomes(tmp_path: Path, database_url: str) -> None:
    async with a_house(database_url, tmp_path, metrics__token=TOKEN) as house:
        client = house.client()
        member = await a_member(client)
        await client.log_in(member)
        await client.log_in(member, password="Wrong-Pass-11!")
        await client.get("/nowhere/at/all/7391")
        found = await numbers(client)
        assert found["daemun_http_requests_total", "method=POST,route=/auth/login,status=200"] == 1
        assert found["daemun_http_requests_total", "method=POST,route=/auth/login,status=401"] == 1
        assert found["daemun_http_requests_total", "method=GET,route=,status=404"] == 1
        assert found["daemun_http_request_seconds_count", "method=POST,route=/auth/login"] == 2
        assert found["daemun_events_total", "event=auth.login,outcome=success"] == 1
        assert found["daemun_events_total", "event=auth.login,outcome=failure"] == 1
        assert found["daemun_refusals_total", "code=wrong_credentials"] == 1
        assert found["daemun_attempts_total", "outcome=forgiven"] == 1
        assert found["daemun_hashing_wait_seconds_count", ""] == 3
        assert found["daemun_hashing_jobs", ""] == 0
        assert found["daemun_sessions_alive", "kind=tokens"] == 1
        assert found["daemun_chore_last_done_timestamp_seconds", "chore=sessions.sweep"] == 0
        assert (found["daemun_database_up", ""], found["daemun_processes", ""], found["daemun_metrics_lost_total", ""]) == (1, 1, 0)
        assert found["daemun_http_requests_running", ""] == 1  # the one that asks
        while (await numbers(client))["daemun_database_running", "kind=work"]:
            await asyncio.sleep(0.01)  # the house's own work goes on beside the story, and ends


async def test_no_number_tells_of_a_person_or_grows_with_what_strangers_write(house: House) -> None:
    client = house.client()
    member = await a_member(client)
    await client.log_in(member)
    before = len(await numbers(client))
    for number in range(20):
        await client.http.request(f"ODD{number}", f"/x/{number}")
        await client.get(f"/me/sessions/{number}")
    text = (await client.get("/metrics", token=TOKEN)).text
    for personal in (member.handle, member.email, member.name, ADDRESS, "/x/", "ODD1"):
        assert personal not in text
    assert len(await numbers(client)) < before + 60


@pytest.mark.parametrize("given", [None, "", TOKEN[:-1], TOKEN + "x", TOKEN.lower()])
async def test_the_numbers_are_refused_to_who_lacks_token_and_permission(house: House, given: str | None) -> None:
    client = house.client()
    assert (await client.get("/metrics", token=given)).status_code == 401
    member = await a_member(client)
    access = (await client.log_in(member)).json()["access_token"]
    assert (await client.get("/metrics", token=access)).status_code == 403


async def test_the_permission_reads_them_too_and_without_a_token_it_is_the_only_way(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path) as house:
        client = house.client()
        member = await a_member(client)
        login = (await client.log_in(member)).json()
        actor_id = (await client.get("/me", token=login["access_token"])).json()["id"]
        inside = built(house.app)
        await inside.visit("test").work(inside.access.grant, SYSTEM, actor_id, "service_admin")
        assert (await client.get("/metrics", token=login["access_token"])).status_code == 200
        assert (await client.get("/metrics", token="None")).status_code == 401


async def test_without_tls_the_numbers_are_told_and_nothing_else(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path, metrics__token=TOKEN, https_redirect="true") as house:
        client = house.client()
        assert (await client.get("/metrics", token=TOKEN)).status_code == 200
        assert (await client.get("/me", token=TOKEN)).status_code in (308, 403)


async def test_head_is_answered_like_get_without_its_body(house: House) -> None:
    client = house.client()
    for path, status in (("/", 303), ("/signin", 200), ("/healthz", 200), ("/me", 401), ("/nowhere", 404), ("/auth/login", 405)):
        head, get = await client.http.head(path), await client.get(path)
        assert (head.status_code, head.content) == (status, b""), path
        assert get.status_code == status
    found = await numbers(client)
    assert found["daemun_http_requests_total", "method=HEAD,route=/healthz,status=200"] == 1


@pytest.mark.parametrize("form", ["json", "text"])
async def test_a_request_leaves_one_line_without_query_address_or_what_writes_to_terminals(
    tmp_path: Path, form: str, restored_logging: None
) -> None:
    out = StringIO()
    async with a_house(f"sqlite:///{tmp_path}/daemun.db", tmp_path, log_format=form) as house:
        logs.configure(house.settings.core, out)
        client = house.client()
        answer = await client.get("/verify?t=the-token-of-a-link&email=ann@example.com")
        await client.get("/x/%1b[31m%0aann@example.com")
        await client.get("/readyz")
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert answer.headers["x-request-id"] in lines[0]
    for hidden in ("the-token-of-a-link", "ann@example.com", ADDRESS, "\x1b", "readyz"):
        assert hidden not in out.getvalue()
    if form == "json":
        told = json.loads(lines[0])
        assert (told["method"], told["path"], told["status"], told["level"]) == ("GET", "/verify", answer.status_code, "info")
        assert json.loads(lines[1])["code"] == "missing"


@pytest.mark.parametrize("form", ["json", "text"])
def test_whatever_else_is_logged_is_one_record_with_the_requests_id_and_without_secrets(
    form: str, tmp_path: Path, restored_logging: None
) -> None:
    out = StringIO()
    logs.configure(Settings.load(flags={"log_format": form}, environ={}, cwd=tmp_path).core, out)
    token = CURRENT.set(Note("req_of_this_test"))
    try:
        logging.getLogger("uvicorn.error").warning(
            "odd\nGET /reset?t=abc Bearer abcdefgh12345 postgresql://ann:pass@db/x to ann@example.com"
        )
        error = RuntimeError("https://gate.example/reset?t=abc")
        logging.getLogger("elsewhere").error("it broke", exc_info=error)
    finally:
        CURRENT.reset(token)
    text = out.getvalue()
    for hidden in ("t=abc", "abcdefgh12345", "ann:pass", "ann@example.com"):
        assert hidden not in text
    assert text.count("req_of_this_test") == 2
    if form == "json":
        first, second = map(json.loads, text.splitlines())
        assert (first["logger"], first["level"]) == ("uvicorn.error", "warning")
        assert second["exception"].endswith("RuntimeError: https://gate.example/reset?***")
