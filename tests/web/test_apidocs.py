"""The documentation page: what it loads, from where, and what it refuses."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import Message
from tests.web.apidocs_host import an_application, mounted

from daemun.web import apidocs
from daemun.web.requires import Public, guard_of

LOADING = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("form", "action"), ("base", "href")}


def get(path: str, app: FastAPI | None = None, **headers: str) -> httpx2.Response:
    async def asked() -> httpx2.Response:
        transport = httpx2.ASGITransport(app or an_application())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=named) as client:
            return await client.get(path)

    return asyncio.run(asked())


def status_of(path: str) -> int:
    """Asked as a server asks that decodes a path and does not tidy it, which every client library would."""
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": ""}
    asyncio.run(an_application()({**scope, "scheme": "http", "server": ("testserver", 80), "http_version": "1.1"}, receive, send))
    return int(told[0]["status"])


class Loads(HTMLParser):
    """Every address that a page names, and every script that stands in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.named: list[str] = []
        self.inline: list[str] = []
        self._script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag in ("script", "style")
        self.inline += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.named += [value or "" for name, value in attrs if name in ("src", "href", "action", "data-document")]
        self.loaded += [value or "" for name, value in attrs if (tag, name) in LOADING]

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.inline.append(data)


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (each.split() for each in policy.split(";"))}


def page(language: str = "ko") -> Loads:
    return Loads(get("/docs", accept_language=language).text)


def test_the_page_runs_no_script_but_its_own_files() -> None:
    policy = directives(get("/docs").headers["content-security-policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)


def test_the_gates_other_headers_stay_as_they_are() -> None:
    headers = get("/docs").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_script_and_no_style_stands_in_the_page(language: str) -> None:
    assert not page(language).inline


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_address_in_the_page_is_relative_and_answers(language: str) -> None:
    named = [each for each in page(language).named if not each.startswith("#")]
    assert len(named) > 5
    for each in named:
        assert re.fullmatch(r"[a-z][a-z0-9./-]*", each), each
        assert get(f"/{each}").status_code == 200, each


def test_the_page_is_found_under_the_prefix_it_is_mounted_at() -> None:
    host = mounted("/gate")
    for each in Loads(get("/gate/docs", host).text).loaded:
        assert get(f"/gate/{each}", host).status_code == 200
    assert get("/gate/openapi.json", host).json()["info"]["title"] == "Daemun · 대문"


@pytest.mark.parametrize("name", ["page.css", "page.js", "mark.svg", "swagger-ui.css"])
def test_no_file_draws_on_another_place(name: str) -> None:
    """What a style sheet imports, and what a script of ours names. The vendored script is watched in a real browser."""
    text = (apidocs.FOLDER / name).read_text("utf-8")
    outside = re.findall(r"@import|url\((?!\s*[\"']?data:).{0,60}", text)
    assert not outside
    assert name == "swagger-ui.css" or set(re.findall(r"https?://[^\s\"']+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    ("asked", "lang"),
    [("", "ko"), ("fr", "ko"), ("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en-GB,en;q=0.9", "en"), ("ko;q=0.4, en;q=0.6", "en")],
)
def test_the_page_speaks_korean_unless_english_is_asked_for_more(asked: str, lang: str) -> None:
    answer = get("/docs", accept_language=asked)
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["content-language"] == lang
    assert "Accept-Language" in answer.headers["vary"]
    assert "<title>대문 API 문서 · Daemun API</title>" in answer.text


def test_the_vendored_files_are_the_ones_that_were_reviewed() -> None:
    manifest = json.loads((apidocs.FOLDER / "vendored.json").read_text("utf-8"))
    assert manifest["license"] == "Apache-2.0"
    for name, checksum in manifest["sha256"].items():
        assert hashlib.sha256((apidocs.FOLDER / name).read_bytes()).hexdigest() == checksum, name
    ours = {"en.html", "ko.html", "mark.svg", "page.css", "page.js", "vendored.json"}
    assert {each.name for each in apidocs.FOLDER.iterdir()} == ours | manifest["sha256"].keys()


def test_the_vendored_files_bring_their_licences_and_stay_small() -> None:
    assert "Apache License" in (apidocs.FOLDER / "swagger-ui-license.txt").read_text("utf-8")
    assert "SmartBear" in (apidocs.FOLDER / "swagger-ui-notice.txt").read_text("utf-8")
    assert sum(each.stat().st_size for each in apidocs.FOLDER.iterdir()) < 2_000_000


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [(".js", "text/javascript"), (".css", "text/css"), (".svg", "image/svg+xml"), (".txt", "text/plain")],
)
def test_a_file_says_what_it_is_and_may_be_kept(suffix: str, media_type: str) -> None:
    name = next(each for each in page().named if each.endswith(suffix))
    headers = get(f"/{name}").headers
    assert headers["content-type"].partition(";")[0] == media_type
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_a_files_name_changes_with_its_content() -> None:
    for each in page().loaded:
        content = get(f"/{each}").content
        assert hashlib.sha256(content).hexdigest()[:12] == each.split(".")[-2]


@pytest.mark.parametrize(
    ("accepted", "packed"), [("gzip, br", True), ("br", False), ("", False), ("gzip;q=0", False), ("gzip;q=0.5", True)]
)
def test_a_file_is_packed_only_for_who_can_unpack_it(accepted: str, packed: bool) -> None:
    name = next(each for each in page().loaded if each.endswith(".css"))
    answer = get(f"/{name}", accept_encoding=accepted)
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.text == get(f"/{name}", accept_encoding="identity").text


def test_the_script_crosses_the_network_at_a_third_of_its_size() -> None:
    script = (apidocs.FOLDER / "swagger-ui-bundle.js").read_bytes()
    assert len(gzip.compress(script, 6)) < len(script) / 3


@pytest.mark.parametrize(
    "name",
    [
        "page.js",
        "ko.html",
        "vendored.json",
        "swagger-ui.css",
        "../apidocs.py",
        "../../gate.py",
        "..\\..\\gate.py",
        "....//....//gate.py",
        "/etc/passwd",
        "page.js\0.css",
        "",
        ".",
        "..",
    ],
)
def test_nothing_is_served_that_is_not_on_the_list(name: str) -> None:
    assert status_of(f"/docs/static/{name}") == 404


def test_each_route_says_why_it_is_public_and_stays_out_of_the_document() -> None:
    routes = [each for each in apidocs.router().routes if isinstance(each, APIRoute)]
    assert [each.path for each in routes] == ["/docs", "/docs/static/{name}"]
    assert all(isinstance(guard_of(each), Public) and not each.include_in_schema for each in routes)
    assert not [each for each in get("/openapi.json").json()["paths"] if each.startswith("/docs")]
