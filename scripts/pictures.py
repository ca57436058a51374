"""The pictures in the READMEs, taken of a real server in Chromium: `make pictures`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from tests.browsing import browsing
from tests.house import Member
from tests.server.running import Server, running

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
LAPTOP = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15"
PHONE = "Mozilla/5.0 (Linux; Android 16; SM-S931N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"


@dataclass(frozen=True, slots=True)
class Person:
    member: Member
    locale: str
    name: str


PEOPLE = (
    Person(Member("hong_gildong", "hong@example.com", "홍길동"), "ko-KR", "account.ko"),
    Person(Member("ann_lovelace", "ann@example.com", "Ann Lovelace"), "en-US", "account"),
)


async def main() -> None:
    with TemporaryDirectory() as folder, running(Path(folder)) as server:
        for person in PEOPLE:
            httpx2.post(f"{server.url}/auth/signup", json=person.member.form).raise_for_status()
            await pictured(server, person)


async def pictured(server: Server, person: Person) -> None:
    """Two devices, so that the list is one: a laptop that looks, and a phone that logged in a moment ago."""
    credentials = {"user_id": person.member.handle, "password": person.member.password}
    httpx2.post(f"{server.url}/auth/login", json=credentials, headers={"user-agent": PHONE}).raise_for_status()
    window = {"width": 1000, "height": 760}
    async with browsing(server, size=window, locale=person.locale, user_agent=LAPTOP, device_scale_factor=1.5) as tab:
        await tab.open("/signin")
        for field, value in credentials.items():
            await tab.page.locator(f"[name={field}]").fill(value)
        await tab.page.locator("main form button[type=submit]").last.click()
        await tab.page.wait_for_url("**/account")
        await tab.open("/account/sessions")
        for scheme, name in (("light", f"{person.name}.png"), ("dark", f"{person.name}.dark.png")):
            await tab.page.emulate_media(color_scheme=scheme)
            await tab.page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    asyncio.run(main())
