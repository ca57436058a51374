"""The documentation page in a real Chromium: under its policy, used by mouse, by keyboard, by phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from tests.web.apidocs_host import an_application, mounted, served

CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("no chromium: apt-get install chromium", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="no playwright: run make lock and make dev")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: run make lock and make dev")

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (each) => violations.push(each.violatedDirective + " " + each.blockedURI));
"""
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@dataclass(slots=True)
class Visitor:
    """A person at the page, and what their browser noticed meanwhile."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str = "/docs") -> None:
        self.page.goto(self.address + path)
        self.page.wait_for_selector(".opblock")

    def gives(self, token: str) -> None:
        self.page.click("button.authorize")
        self.page.fill(".modal-ux input", token)
        self.page.click(".modal-ux button[type=submit]")
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector(".modal-ux", state="detached")

    def tries(self, operation: str) -> str:
        """The body that was answered."""
        block = self.page.locator(".opblock", has_text=operation)
        block.locator(".opblock-summary-control").click()
        block.locator(".try-out__btn").click()
        block.locator("button.execute").click()
        return str(block.locator(".live-responses-table .response .highlight-code").first.inner_text())

    def shortcomings(self) -> list[str]:
        found = axe.Axe().run(self.page).response["violations"]
        return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]

    def violations(self) -> list[str]:
        return [*self.page.evaluate("violations"), *self.complaints]


@contextmanager
def a_visitor(
    app: FastAPI | None = None, *, size: dict[str, int] = DESK, scheme: str = "light", locale: str = "ko-KR"
) -> Iterator[Visitor]:
    with served(app or an_application()) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(viewport=size, color_scheme=scheme, locale=locale).new_page()
        page.set_default_timeout(60_000)
        visitor = Visitor(page, address)
        page.add_init_script(WATCH)
        page.on("request", lambda request: visitor.asked.append(request.url))
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("console", lambda message: visitor.complaints.append(message.text) if message.type == "error" else None)
        yield visitor
        browser.close()


def test_the_page_breaks_no_rule_of_its_policy_and_asks_nobody_else() -> None:
    with a_visitor() as ann:
        ann.opens()
        assert '"user_id": "ann_2026"' in ann.tries("/auth/signup")
        assert not ann.violations()
        assert {urlsplit(each).netloc for each in ann.asked} == {urlsplit(ann.address).netloc}


def test_a_token_that_was_given_goes_with_what_is_tried_and_is_kept_nowhere() -> None:
    with a_visitor() as ann:
        ann.opens()
        ann.gives("a.b.c")
        assert '"bearer": "a.b.c"' in ann.tries("/me")
        assert ann.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert not ann.violations()


def test_under_a_prefix_it_reads_and_tries_the_application_of_that_prefix() -> None:
    with a_visitor(mounted("/gate")) as ann:
        ann.opens("/gate/docs")
        assert "대문" in ann.page.inner_text(".info .title")
        assert '"user_id": "ann_2026"' in ann.tries("/auth/signup")
        assert all(urlsplit(each).path.startswith("/gate/") for each in ann.asked)


@pytest.mark.parametrize("name", ["url", "configUrl", "urls.primaryName"])
def test_no_address_makes_it_show_another_document(name: str) -> None:
    """A link to the page of a house that people trust must not lead them to type their token into somebody else's."""
    with a_visitor() as ann:
        ann.opens(f"/docs?{name}=https://example.com/openapi.json")
        assert "대문" in ann.page.inner_text(".info .title")
        assert not [each for each in ann.asked if "example.com" in urlsplit(each).netloc]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_everybody_can_read_it(scheme: str, size: dict[str, int]) -> None:
    with a_visitor(size=size, scheme=scheme) as ann:
        ann.opens()
        assert not ann.shortcomings()
        ann.tries("/auth/signup")
        ann.tries("/me")
        assert not ann.shortcomings()
        ann.page.click("button.authorize")
        ann.page.wait_for_selector(".close-modal[aria-label]")
        assert not ann.shortcomings()
        assert ann.page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_follows_light_and_dark(scheme: str, dark: bool) -> None:
    with a_visitor(scheme=scheme) as ann:
        ann.opens()
        channels = ann.page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
        assert (sum(channels) < 3 * 128) is dark
        ann.page.emulate_media(color_scheme="light" if dark else "dark")
        ann.page.wait_for_function("(dark) => document.documentElement.classList.contains('dark-mode') !== dark", arg=dark)


@pytest.mark.parametrize(("locale", "lang", "link"), [("ko-KR", "ko", "본문으로"), ("en-GB", "en", "Skip to the reference")])
def test_it_speaks_the_browsers_language(locale: str, lang: str, link: str) -> None:
    with a_visitor(locale=locale) as ann:
        ann.opens()
        assert ann.page.get_attribute("html", "lang") == lang
        assert ann.page.inner_text(".skip") == link
        assert ann.page.title() == "대문 API 문서 · Daemun API"


def test_an_operation_is_opened_with_the_keyboard_alone() -> None:
    with a_visitor() as ann:
        ann.opens()
        ann.page.keyboard.press("Tab")
        assert ann.page.evaluate("document.activeElement.className") == "skip"
        ann.page.keyboard.press("Enter")
        for _ in range(20):
            ann.page.keyboard.press("Tab")
            if ann.page.evaluate("document.activeElement.className") == "opblock-summary-control":
                break
        assert ann.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        ann.page.keyboard.press("Enter")
        ann.page.wait_for_selector(".opblock.is-open .try-out__btn")


def test_without_scripts_it_says_where_the_same_is_written() -> None:
    with served(an_application()) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(java_script_enabled=False, locale="ko-KR").new_page()
        page.goto(f"{address}/docs")
        assert page.locator("noscript a").get_attribute("href") == "openapi.json"
        browser.close()
