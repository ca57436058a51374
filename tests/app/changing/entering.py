"""Coming in, going out, and coming back."""

from __future__ import annotations

from tests.features.people.administering import Staff
from tests.features.people.recovering import a_reset_token, ask_back, becomes, come_back, forgot, reset, user_of, work
from tests.house import Client, House, Member, a_member, built
from tests.mailbox import letter_to
from tests.paging import PageClient, a_page_client

from daemun.features.identity import Purpose


async def member_of(house: House, handle: str) -> tuple[Client, Member]:
    """At an address of their own: none is counted with another."""
    client = house.client(f"198.51.{sum(handle.encode()) % 250}.{len(handle)}")
    return client, await a_member(client, handle=handle, email=f"{handle}@example.com")


async def a_link(house: House, member: Member, purpose: Purpose, email: str | None = None) -> str:
    user = await user_of(house, member)
    issued = await work(house, built(house.app).identity.links.issue, purpose, user_id=user.id, email=email or user.email)
    return issued.token.reveal()


async def browser_of(house: House, member: Member) -> PageClient:
    browser = a_page_client(house)
    await browser.submit(await browser.open("/signin"), "user_id", user_id=member.handle, password=member.password)
    return browser


async def by_programs(house: House, master: Staff) -> None:
    client, ann = await member_of(house, "ann_in")
    pair = (await client.log_in(ann)).json()
    pair = (await client.refresh(pair["refresh_token"])).json()
    await client.post("/auth/reauthenticate", {"password": ann.password}, token=pair["access_token"])
    await client.log_out(pair["refresh_token"])


async def by_pages(house: House, master: Staff) -> None:
    browser, ben = a_page_client(house), Member(handle="ben_in", email="ben_in@example.com")
    await browser.submit(await browser.open("/signup"), **ben.form)
    browser = await browser_of(house, ben)
    await browser.submit(await browser.open("/reauthenticate"), "password", password=ben.password)
    await browser.submit(await browser.open("/signout"), "/signout")
    await browser.submit(await browser.open("/forgot"), "login", login=ben.email)
    await becomes(house, ben, "sleep")
    browser = a_page_client(house, "198.51.100.9")
    page = await browser.submit(await browser.open("/signin"), user_id=ben.handle, password=ben.password)
    code = (await letter_to(house, ben.email, "wake")).code
    await browser.submit(await browser.follow(page, "편지의 코드 입력"), code=code or "")


async def back_by_programs(house: House, master: Staff) -> None:
    client, cho = await member_of(house, "cho_in")
    await client.post("/auth/verify/send", {"email": cho.email})
    await client.post("/auth/verify", {"token": await a_link(house, cho, "verify")})
    await forgot(client, cho.email)
    await reset(client, await a_reset_token(house, client, cho), cho.password)
    await client.post("/auth/unlock", {"token": await a_link(house, cho, "unlock")})
    await client.post("/auth/email/confirm", {"token": await a_link(house, cho, "change_email", "cho_new@example.com")})
    await client.post("/auth/email/undo", {"token": await a_link(house, cho, "undo_email", cho.email)})
    await becomes(house, cho, "delete")
    await ask_back(client, cho.email)
    await come_back(client, await a_link(house, cho, "restore"))


async def finishing(house: House) -> None:
    """Where a sign-up is finished by mail."""
    client, dan = house.client(), Member(handle="dan_in", email="dan_in@example.com")
    await client.sign_up(dan)
    body = {"token": (await letter_to(house, dan.email, "signup_finish")).token, "password": dan.password}
    await client.post("/auth/signup/finish", body | {"password_confirm": dan.password})
    browser, eve = a_page_client(house), Member(handle="eve_in", email="eve_in@example.com")
    page = await browser.submit(await browser.open("/signup"), **eve.form)
    await browser.submit(page, code=(await letter_to(house, eve.email, "signup_finish")).code or "")
