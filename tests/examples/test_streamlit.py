"""A Streamlit app behind the gate, in a real browser: the stock page that only members see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.browsing import browsing
from tests.house import Member
from tests.server.running import Server, environment, free_port, running
from tests.servers.process import start

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".make" / "streamlit" / "bin" / "python"
HOME, KEPT = "198.51.100.77", "198.51.100.0/24"
pytestmark = pytest.mark.processes


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Server]:
    """Which believes what the app tells of its visitors."""
    with running(tmp_path / "gate", more={"DAEMUN_TRUSTED_PROXIES": "127.0.0.1"}) as server:
        assert httpx2.post(f"{server.url}/auth/signup", json=Member().form).status_code == 201
        yield server


@pytest.fixture
def app(gate: Server, tmp_path: Path) -> Iterator[str]:
    if not PYTHON.exists():
        pytest.skip("no Streamlit: make .make/streamlit/installed")
    port, script = free_port(), ROOT / "examples" / "streamlit_stocks" / "stocks.py"
    command = [PYTHON, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    told = {"DAEMUN_URL": gate.url, "BEHIND_PROXY": "1", "PYTHONPATH": str(ROOT / "clients" / "python" / "src"), "HOME": str(tmp_path)}
    url = f"http://127.0.0.1:{port}"
    process = start([str(each) for each in command], tmp_path / "app.log", ready=lambda: answers(url), environment=environment() | told)
    yield url
    process.kill()
    process.wait()


@pytest.mark.parametrize("page", ["streamlit.md", "streamlit.ko.md"])
def test_the_guide_shows_the_example_as_it_is(page: str) -> None:
    example = (ROOT / "examples" / "streamlit_stocks" / "stocks.py").read_text("utf-8")
    shown = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "guides" / page).read_text("utf-8"), re.S)
    assert shown
    assert all(each in example for each in shown)


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/_stcore/health", timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


async def test_only_members_see_the_stocks_and_the_gate_knows_whose_browser_it_is(app: str, gate: Server) -> None:
    ann = Member()
    async with browsing(app, extra_http_headers={"X-Forwarded-For": HOME}) as tab:
        await tab.open("/")
        await tab.page.get_by_label("아이디 또는 이메일").fill(ann.handle)
        await tab.page.get_by_label("비밀번호", exact=True).fill("not-the-password-1!")
        await tab.page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
        await tab.page.get_by_text("아이디 또는 비밀번호가 올바르지 않습니다.").wait_for()

        await tab.page.get_by_label("비밀번호", exact=True).fill(ann.password)
        await tab.page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
        await tab.page.get_by_role("heading", name="상장 종목").wait_for()
        await tab.page.get_by_text("삼성전자").wait_for()

        seen = sessions_of(gate, ann)
        assert KEPT in {each["address"] for each in seen}
        assert any("Chrome" in each["device"] for each in seen)

        await tab.page.get_by_role("button", name="로그아웃").click()
        await tab.page.get_by_role("heading", name="로그인").wait_for()


def sessions_of(gate: Server, member: Member) -> list[dict[str, str]]:
    tokens = httpx2.post(f"{gate.url}/auth/login", json={"user_id": member.handle, "password": member.password}).json()
    answer = httpx2.get(f"{gate.url}/me/sessions", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    found: list[dict[str, str]] = answer.json()["sessions"]
    return found
