"""The documentation as a site: nothing in it leads nowhere, nothing comes from outside, everybody can read and search it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from scripts.site.broken import broken
from scripts.site.build import build
from scripts.site.leaves import leaves
from tests.browsing import DESK, PHONE, accessible, browsing, no_violations


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make docs` builds it, where a link that leads nowhere stops it."""
    folder = tmp_path_factory.mktemp("site")
    assert build(folder) == []
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_every_page_is_in_the_site(site: Path) -> None:
    assert not [leaf.address for leaf in leaves() if not (site / leaf.address).exists()]


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text('<a href="two.html#there">a</a> <a href="two.html#gone">b</a> <a href="three.html">c</a>', "utf-8")
    (tmp_path / "two.html").write_text('<h2 id="there">there</h2>', "utf-8")
    assert list(broken(tmp_path)) == ["one.html: three.html: no such file", "one.html: two.html#gone: no such heading"]


@pytest.mark.parametrize(
    ("page", "scheme", "size"),
    [("/index.html", "light", DESK), ("/en/index.html", "dark", DESK), ("/reference/http.html", "dark", PHONE)],
)
async def test_everybody_can_read_it_and_nothing_comes_from_outside(address: str, page: str, scheme: str, size: dict[str, int]) -> None:
    async with browsing(address, scheme=scheme, size=size) as tab:
        await tab.open(page)
        await tab.page.get_by_role("heading", level=1).wait_for()
        await accessible(tab)
        await no_violations(tab)


async def test_a_korean_word_is_found_with_its_particle(address: str) -> None:
    """코드는 권한을 묻고: whoever looks for 권한 finds it."""
    async with browsing(address) as tab:
        await tab.open("/index.html")
        await tab.page.keyboard.press("/")
        await tab.page.keyboard.type("권한")
        await tab.page.get_by_role("link", name="권한과 역할").first.wait_for()
