"""What the links in letters open, and its button."""

from __future__ import annotations

from tests.app.changing.entering import a_link, member_of
from tests.features.people.administering import Staff
from tests.features.people.recovering import becomes
from tests.features.people.test_link_pages import PAGES, pressed
from tests.house import House
from tests.paging import a_page_client


async def links(house: House, master: Staff) -> None:
    for number, (path, purpose) in enumerate(PAGES.items()):
        _, member = await member_of(house, f"link_{number}")
        if purpose in ("restore", "wake"):
            await becomes(house, member, "delete" if purpose == "restore" else "sleep")
        email = f"new_{number}@example.com" if purpose in ("change_email", "undo_email") else None
        await pressed(a_page_client(house), path, await a_link(house, member, purpose, email))
    _, asking = await member_of(house, "link_asking")
    browser = a_page_client(house)
    await browser.submit(await browser.open("/verify"), "login", login=asking.email)
