"""People at their own account: by token, and in a browser of theirs."""

from __future__ import annotations

from tests.browsing import PageClient, a_page_client
from tests.house import ADDRESS, Client, House, Member, built

from daemun.core.circumstance import Circumstance
from daemun.features.sessions import Holder
from daemun.web.cookies import Browser

NEW = "Haneul-Gureum-81!"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"


async def a_token(client: Client, member: Member, *, password: str | None = None) -> str:
    answer = await client.log_in(member, password=password)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def a_browser(house: House, member: Member, address: str = ADDRESS, *, agent: str = CHROME, language: str = "ko") -> PageClient:
    """Signed in on the page, as people do."""
    browser = a_page_client(house, address, agent=agent, language=language)
    page = await browser.submit(await browser.open("/signin"), "user_id", user_id=member.handle, password=member.password)
    assert page.path == "/account", page.text
    return browser


async def a_session(house: House, member: Member, *, address: str = ADDRESS, agent: str = CHROME, country: str | None = None) -> str:
    """The id of one more browser session, opened from somewhere else."""
    it = built(house.app)
    user = await it.visit("test").read(it.identity.find, member.handle)
    assert user is not None
    holder = Holder(user.id, user.handle, user.email, user.name)
    seen = Circumstance(address=address, agent=agent)
    opened = await it.database.work(lambda work: it.sessions.open_browser(work, holder, remember=False, country=country), seen)
    return opened.session_id


def csrf(house: House, browser: PageClient) -> dict[str, str]:
    """The header a script of our own pages would send."""
    it = built(house.app)
    return {
        "x-csrf-token": it.pages.csrf.token(Browser(session=browser.cookie(it.pages.jar.name("session")) or "")),
        "origin": browser.origin,
    }
