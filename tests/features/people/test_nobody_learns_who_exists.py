"""Whoever asks for a letter learns nothing from the answer, nor from the work it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from tests.features.people.recovering import a_verified_member, becomes
from tests.house import ADDRESS, House, a_house, a_member, built
from tests.mailbox import letters_to
from tests.paging import a_page_client

from daemun.ports.database import Transaction

STORIES = {
    "forgot": ("/auth/password/forgot", "/forgot"),
    "restore": ("/user/restore", "/restore"),
    "verify": ("/auth/verify/send", "/verify/send"),
}
TABLES = {"daemun_links": "id", "daemun_letters": "id", "daemun_attempts": "key, id"}
WRITES = ("INSERT", "UPDATE", "DELETE")
WHO = {
    "unknown": "nobody@example.com",
    "known": "verified@example.com",
    "unverified": "unverified@example.com",
    "sleeping": "sleeping@example.com",
    "deleted": "deleted@example.com",
    "long_deleted": "long_deleted@example.com",
    "banned": "banned@example.com",
    "by_handle": "verified_26",
    "empty": "",
    "blank": "  ",
    "overlong": "a" * 5000 + "@example.com",
    "unreadable": "nobody\x00@example.com",
    "no_address": "'; DROP TABLE daemun_users; --",
}


@pytest.fixture(params=["link", "temporary"])
async def house(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path, identity__recovery=request.param) as opened:
        client = opened.client()
        gone = await a_member(client, handle="gone_2026", email=WHO["long_deleted"])
        await becomes(opened, gone, "delete")
        opened.clock.advance(days=31)
        await a_verified_member(opened, client, handle="verified_26", email=WHO["known"])
        await a_member(client, handle="unverified_26", email=WHO["unverified"])
        for name, move in (("sleeping", "sleep"), ("deleted", "delete"), ("banned", "ban")):
            member = await a_member(client, handle=f"{name}_26", email=WHO[name])
            await becomes(opened, member, move)  # type: ignore[arg-type]  # names of moves
        yield opened


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """The statements that write, by what they do to which table: all but the log's own workers, who are behind by a moment."""
    found: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        words = statement.split()
        if words and words[0].upper() in WRITES:
            done = f"{words[0].upper()} {words[2] if words[0].upper() != 'UPDATE' else words[1]}"
            found[done] += not done.partition(" ")[2].startswith("daemun_audit_") or done == "INSERT daemun_audit_outbox"

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def rows(house: House) -> dict[str, set[str]]:
    """What lies in the tables that asking writes to; some are written to past the statements that are counted."""

    def read(tx: Transaction) -> dict[str, set[str]]:
        return {each: set(map(str, tx.all(text(f"SELECT {key} FROM {each}")))) for each, key in TABLES.items()}

    return await built(house.app).visit("test").read(read)


async def asked(house: House, path: str, login: str, address: str = ADDRESS) -> tuple[object, ...]:
    before = await rows(house)
    with counted() as writes:
        answer = await house.client(address).post(path, {"email": login})
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    new = {table: len(found - before[table]) for table, found in (await rows(house)).items()}
    return answer.status_code, answer.json(), headers, dict(+writes), new


@pytest.mark.parametrize("story", STORIES)
async def test_every_name_is_answered_alike_and_written_for_alike(house: House, story: str) -> None:
    """Clause 26: text, status, headers, and the statements that write."""
    told = {name: await asked(house, STORIES[story][0], login) for name, login in WHO.items()}
    assert told["unknown"][0] == 202
    assert told["unknown"][4] == {"daemun_links": 1, "daemun_letters": 1, "daemun_attempts": 2}
    assert {name: each for name, each in told.items() if each != told["unknown"]} == {}


@pytest.mark.parametrize("story", STORIES)
async def test_a_page_says_the_same_to_everybody(house: House, story: str) -> None:
    told = {}
    for name, login in WHO.items():
        if name == "unreadable":  # no browser sends it
            continue
        browser = a_page_client(house)
        page = await browser.submit(await browser.open(STORIES[story][1].removesuffix("/send")), "login", login=login[:254])
        told[name] = (page.status, page.path, page.text)
    assert set(told.values()) == {told["unknown"]}


async def test_one_letter_goes_to_the_owner_and_none_to_anybody_else(house: House) -> None:
    for path, _ in STORIES.values():
        for login in WHO.values():
            await house.client().post(path, {"email": login})
    for name in ("known", "sleeping", "deleted", "banned", "long_deleted"):
        letters = await letters_to(house, WHO[name])
        assert letters, name
        assert {each.to for each in letters} == {WHO[name]}
    assert await letters_to(house, WHO["unknown"]) == []


@pytest.mark.parametrize("story", STORIES)
async def test_asking_too_often_is_answered_alike_too(house: House, story: str) -> None:
    """A name nobody has runs out of letters just as one that somebody has."""
    told = {}
    for number, name in enumerate(("known", "unknown", "banned")):
        told[name] = [await asked(house, STORIES[story][0], WHO[name], f"198.51.100.{number}") for _ in range(7)]
    assert told["known"] == told["unknown"] == told["banned"]


@pytest.mark.parametrize(
    "path", ["/auth/password/reset", "/auth/unlock", "/user/restore", "/auth/email/confirm", "/auth/email/undo", "/auth/verify"]
)
async def test_a_link_that_was_made_for_nobody_is_as_unknown_as_one_nobody_made(house: House, path: str) -> None:
    client, new = house.client(), "Haneul-Gureum-81!"
    told = []
    for token in ("x", "A" * 43, "A" * 512, "é" * 20):
        answer = await client.post(
            path, {"token": token, "password": new, "password_confirm": new} if "reset" in path else {"token": token}
        )
        told.append((answer.status_code, answer.json()["code"]))
    assert set(told) == {(400, "link_invalid")}
