"""Pages in a real Chromium (`browsing`), and without any browser (`a_page_client`)."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from tests.house import House
from tests.paging import Page, PageClient, PageForm, a_page_client
from tests.server.running import Server, free_port

__all__ = ["DESK", "PHONE", "Page", "PageClient", "PageForm", "Tab", "a_page_client", "accessible", "browsing", "no_violations", "shown"]

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (each) => violations.push(each.violatedDirective + " " + each.blockedURI));
"""


@dataclass(slots=True)
class Tab:
    """A tab of a browser, and what the browser noticed. `tab.page` is playwright's."""

    page: Any
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        await self.page.goto(self.address + path)

    async def another(self, **context: Any) -> Tab:
        """A tab of somebody else's browser: other cookies."""
        return await _a_tab(self.page.context.browser, self.address, context)


@asynccontextmanager
async def browsing(
    where: House | FastAPI | Server | str,
    *,
    size: dict[str, int] = DESK,
    scheme: str = "light",
    locale: str = "ko-KR",
    scripts: bool = True,
    **context: Any,
) -> AsyncIterator[Tab]:
    """A browser at a house of this process (its clock stands still), a server of its own, or an address. Skips without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.async_api", reason="no playwright: run make lock and make dev")
    async with _served(where) as address, playwright.async_playwright() as started:
        browser = await started.chromium.launch(executable_path=chromium, args=QUIET)
        chosen = {"viewport": size, "color_scheme": scheme, "locale": locale, "java_script_enabled": scripts, **context}
        try:
            yield await _a_tab(browser, address, chosen)
        finally:
            await browser.close()


async def accessible(tab: Tab) -> None:
    """Nothing that axe finds fault with (WCAG 2.2 AA and its best practices), and nothing that runs out of the window."""
    axe = pytest.importorskip("axe_playwright_python.async_playwright", reason="no axe: run make lock and make dev")
    found = (await axe.Axe().run(tab.page)).response["violations"]
    assert not [f"{each['id']}: {node['target']} {node.get('failureSummary', '')}" for each in found for node in each["nodes"]]
    assert await tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


async def no_violations(tab: Tab) -> None:
    """No rule of the page's policy was broken, no script failed, and nobody else was asked for anything."""
    assert not [*await tab.page.evaluate("window.violations || []"), *tab.complaints]
    assert not [each for each in tab.asked if not each.startswith((tab.address, "data:"))]


async def shown(tab: Tab, folder: Path, name: str) -> Path:
    """A picture of the whole page, for those who look."""
    path = folder / f"{name}.png"
    await tab.page.screenshot(path=path, full_page=True)
    return path


async def _a_tab(browser: Any, address: str, context: dict[str, Any]) -> Tab:
    page = await (await browser.new_context(**context)).new_page()
    page.set_default_timeout(30_000)
    tab = Tab(page, address)
    await page.add_init_script(WATCH)
    page.on("request", lambda request: tab.asked.append(request.url))
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on("console", lambda message: tab.complaints.append(message.text) if _is_fault(message) else None)
    return tab


def _is_fault(message: Any) -> bool:
    """A refusal that is shown as a page is told in the console, too, and is none."""
    return message.type == "error" and "the server responded with a status of 4" not in message.text


@asynccontextmanager
async def _served(where: House | FastAPI | Server | str) -> AsyncIterator[str]:
    if isinstance(where, str):
        yield where
        return
    if isinstance(where, Server):
        yield where.url
        return
    app, port = where.app if isinstance(where, House) else where, free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", lifespan="off", server_header=False))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not serving.done(), "the server did not start"
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving
