"""People who cannot come in, and what brings them back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import httpx2
from tests.features.identity.rooms import drowsy
from tests.house import Client, House, Member, a_member, built
from tests.mailbox import letter_to

from daemun.core.actor import SYSTEM, Actor
from daemun.features.identity import Account, Moved, MoveName, User
from daemun.features.people.standing import CAUSES

T = TypeVar("T")
ADMIN = Actor("user", "01K000000000000000000ADM1N")
NEW = "Haneul-Gureum-81!"
DAY = timedelta(days=1)


async def work(house: House, story: Callable[..., T], *args: Any, **how: Any) -> T:
    return await built(house.app).visit("test").work(story, *args, **how)


async def user_of(house: House, member: Member) -> User:
    found = await built(house.app).visit("test").read(built(house.app).identity.find, member.handle)
    assert found is not None
    return found


async def account_of(house: House, member: Member) -> Account:
    user = await user_of(house, member)
    found = await built(house.app).visit("test").read(built(house.app).identity.directory.account, user.id)
    assert found is not None
    return found


async def becomes(house: House, member: Member, *moves: MoveName) -> None:
    """Moved by whoever may, with all that ends with it, and without a letter."""
    user, it = await user_of(house, member), built(house.app)
    for each in moves:
        if each == "sleep":
            await work(house, drowsy, user.id)
        by = {"sleep": SYSTEM, "wake": user.actor}.get(each, ADMIN)
        moved = await work(house, it.identity.move, user.id, each, by=by)
        assert isinstance(moved, Moved), moved.code
        if moved.move.ends_sessions:
            await work(house, it.desk.revoke, CAUSES[each], user.id, by=by)


async def a_verified_member(house: House, client: Client, **changes: str) -> Member:
    member = await a_member(client, None, **changes)
    user = await user_of(house, member)
    await work(house, built(house.app).identity.mailbox.verified, user.id, member.email)
    return member


async def forgot(client: Client, login: str) -> httpx2.Response:
    return await client.post("/auth/password/forgot", {"email": login})


async def reset(client: Client, token: str, password: str = NEW, confirm: str | None = None) -> httpx2.Response:
    return await client.post("/auth/password/reset", {"token": token, "password": password, "password_confirm": confirm or password})


async def a_reset_token(house: House, client: Client, member: Member) -> str:
    assert (await forgot(client, member.email)).status_code == 202
    return (await letter_to(house, member.email, "reset_password")).token


async def ask_back(client: Client, login: str) -> httpx2.Response:
    return await client.post("/user/restore", {"email": login})


async def come_back(client: Client, token: str) -> httpx2.Response:
    return await client.post("/user/restore", {"token": token})
