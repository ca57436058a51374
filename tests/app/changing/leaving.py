"""People who close their account."""

from __future__ import annotations

from tests.app.changing.entering import browser_of, member_of
from tests.features.people.administering import Staff
from tests.house import House


async def by_programs(house: House, master: Staff) -> None:
    client, ann = await member_of(house, "ann_goes")
    token = (await client.log_in(ann)).json()["access_token"]
    await client.post("/me/delete", {"password": ann.password}, token=token)


async def by_pages(house: House, master: Staff) -> None:
    _, ben = await member_of(house, "ben_goes")
    browser = await browser_of(house, ben)
    await browser.submit(await browser.open("/account/delete"), "handle", handle=ben.handle, password=ben.password)
