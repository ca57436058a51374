"""People take along what is kept about them, and leave. On both databases."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, insert, select, update
from tests.features.audit.logged import dated_lines
from tests.features.people.owning import a_browser, a_token
from tests.features.people.recovering import ask_back, come_back
from tests.house import Client, House, Member, a_house, a_member, built
from tests.mailbox import letter_to

from daemun.adapters.database.schema import glance
from daemun.core.actor import SYSTEM
from daemun.ports.database import Work

ROOT: Final = Path(__file__).resolve().parents[3]
GUARDS: Final = "it guards a secret"
COPY: Final = "another spelling of what is told"
OTHERS: Final = "it is about somebody else, or about an inquiry"
LEFT_OUT: Final = {
    "daemun_users.password": GUARDS,
    "daemun_users.temporary": GUARDS,
    "daemun_users.seen": GUARDS,
    "daemun_users.handle_key": COPY,
    "daemun_users.email_key": COPY,
    "daemun_users.name_key": COPY,
    "daemun_users.status_by": OTHERS,
    "daemun_users.held": OTHERS,
    "daemun_users.held_by": OTHERS,
    "daemun_login_history.user_id": COPY,
    "daemun_api_keys.key_hash": GUARDS,
    "daemun_api_keys.user_id": COPY,
    "daemun_api_keys.created_by": OTHERS,
    "daemun_links.id": GUARDS,
    "daemun_links.token_hash": GUARDS,
    "daemun_links.code_hash": GUARDS,
    "daemun_links.sealed": GUARDS,
    "daemun_links.browser": GUARDS,
    "daemun_links.subject": COPY,
    "daemun_links.user_id": COPY,
    "daemun_links.email_key": COPY,
    "daemun_links.seq": "it is a number that orders them",
    "daemun_session_families.user_id": COPY,
    "daemun_session_families.number": GUARDS,
    "daemun_session_families.mac_key_id": GUARDS,
    "daemun_session_families.signing_key_id": GUARDS,
    "daemun_session_families.client_mark": GUARDS,
    "daemun_session_families.device_mark": GUARDS,
    "daemun_session_families.token_hash": GUARDS,
    "daemun_known_devices.user_id": COPY,
    "daemun_known_devices.device_hash": GUARDS,
    "daemun_user_roles.user_id": COPY,
    "daemun_user_roles.granted_by": OTHERS,
    "daemun_imported.mark": COPY,
    "daemun_imported.trace": COPY,
    "daemun_imported.user_id": COPY,
    "daemun_letters.user_id": COPY,
    "daemun_letters.sealed": GUARDS,
    "daemun_letters.next_at": "it is the outbox's own business",
    "daemun_letters.leased_until": "it is the outbox's own business",
    "daemun_letters.leased_by": "it is the outbox's own business",
}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def client(house: House) -> Client:
    return house.client()


def tables(house: House) -> dict[str, Table]:
    """Every table of the real database that knows people: a new one is noticed here."""
    metadata = MetaData()
    with glance(house.settings.core.database.reveal()) as connection:
        assert connection is not None
        metadata.reflect(connection)
    return {name: table for name, table in metadata.tables.items() if "user_id" in table.c or name == "daemun_users"}


def planted(table: Table, user_id: str, number: Iterator[int]) -> dict[str, Any]:
    """A row of this person in which every value is one that stands nowhere else."""
    return {column.name: user_id if column.name == "user_id" else _value(column, next(number)) for column in table.c}


def _value(column: Column[Any], number: int) -> Any:
    if isinstance(column.type, LargeBinary):
        return f"planted {number}".encode()
    kind, length = column.type.python_type, getattr(column.type, "length", None)
    if kind is bool:
        return True
    if kind is int:
        return 1_700_000_000_000_000 + number if column.type.__class__.__name__ in ("BIGINT", "BigInteger") else 20_000 + number
    if column.name in CHOSEN:
        return CHOSEN[column.name]
    return f"p{number:04d}"[: length or 10]


CHOSEN: Final = {"status": "NORMAL", "before_deletion": "SLEEP", "language": "en", "kind": "browser", "state": "sent", "country": "KR"}


def spelled(value: Any) -> set[str]:
    """How a value stands in the file."""
    if isinstance(value, bool):
        return {json.dumps(value)}
    if isinstance(value, int) and value > 1_000_000_000_000_000:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)
        return {json.dumps(at.isoformat(timespec="microseconds").replace("+00:00", "Z")), str(value)}
    return {json.dumps(value, ensure_ascii=False)}


async def exported(client: Client, token: str) -> tuple[str, dict[str, Any]]:
    answer = await client.get("/me/export", token=token)
    assert answer.status_code == 200, answer.text
    return answer.text, answer.json()


async def test_everything_that_is_kept_about_somebody_is_in_the_file_and_nothing_that_guards_a_secret(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_token(client, ann)
    user_id, number, rows = (await client.get("/me", token=token)).json()["id"], iter(range(1, 9999)), {}
    found = tables(house)
    assert {"daemun_users", "daemun_login_history", "daemun_links", "daemun_letters", "daemun_user_roles"} <= found.keys()

    def plant(work: Work) -> None:
        for name, table in found.items():
            rows[name] = planted(table, user_id, number)
            if name == "daemun_users":
                kept = {"id": user_id, "status": "NORMAL", "password": None, "email_verified": True}
                rows[name] |= kept
                work.run(update(table).where(table.c.id == user_id).values({**rows[name], "password": table.c.password}))
            else:
                work.run(insert(table).values(rows[name]))

    await built(house.app).visit("test").work(plant)
    text, _ = await exported(client, token)
    missing, leaked = [], []
    for name, row in rows.items():
        for column, value in row.items():
            told = value is not None and not isinstance(value, bytes) and any(each in text for each in spelled(value))
            if f"{name}.{column}" in LEFT_OUT:
                distinct = isinstance(value, str | bytes) and value not in (user_id, *CHOSEN.values())
                leaked += [f"{name}.{column}"] if distinct and told else []
            elif not told and not (name == "daemun_users" and column == "password"):
                missing.append(f"{name}.{column}")
    assert (missing, leaked) == ([], [])
    stored = await built(house.app).visit("test").read(lambda tx: tx.one(select(found["daemun_users"].c.password)))
    assert stored is not None
    assert stored.password not in text


async def test_every_column_that_is_left_out_has_its_reason_and_is_still_there(house: House) -> None:
    there = {f"{name}.{column.name}" for name, table in tables(house).items() for column in table.c}
    assert not LEFT_OUT.keys() - there


async def test_nobody_elses_data_is_in_the_file(house: House, client: Client) -> None:
    """Clause 48: ASVS 8.2.2."""
    ann = await a_member(client)
    bob = await a_member(house.client("198.51.100.7", agent="bobs-own/9"), handle="bob_2026", email="bob@example.com", name="박보검")
    await house.client("198.51.100.7", agent="bobs-own/9").log_in(bob)
    text, told = await exported(client, await a_token(client, ann))
    assert not [each for each in ("bob_2026", "bob@example.com", "박보검", "198.51.100", "bobs-own") if each in text]
    assert told["parts"]["identity"]["account"]["handle"] == ann.handle


async def test_taking_the_file_takes_a_fresh_authentication_and_is_recorded(house: House, client: Client) -> None:
    token = await a_token(client, await a_member(client))
    answer = await client.get("/me/export", token=token)
    assert answer.headers["content-disposition"] == 'attachment; filename="ann_2026-2026-11-21.json"'
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("application/json", "no-store")
    assert '"account.export"' in "".join(await dated_lines(house))
    house.clock.advance(minutes=6)
    late = await client.get("/me/export", token=token)
    assert (late.status_code, late.json()["code"]) == (401, "reauthentication_due")


@pytest.mark.parametrize("page", ["own-account.md", "own-account.ko.md"])
async def test_every_word_of_the_file_is_explained(house: House, client: Client, page: str) -> None:
    ann = await a_member(client)
    await a_browser(house, ann)
    _, told = await exported(client, await a_token(client, ann))

    def words(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield name
                yield from words(inner)
        for each in value if isinstance(value, list) else ():
            yield from words(each)

    explained = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "explanation" / page).read_text("utf-8")))
    assert not set(words(told)) - explained


# Leaving


async def left(client: Client, member: Member, token: str) -> tuple[int, dict[str, Any]]:
    answer = await client.post("/me/delete", {"password": member.password}, token=token)
    return answer.status_code, answer.json()


async def test_whoever_leaves_is_out_everywhere_at_once_and_told_how_to_come_back(house: House, client: Client) -> None:
    """Clause 42: ASVS 7.4.2."""
    ann = await a_member(client)
    token, other = await a_token(client, ann), (await client.log_in(ann)).json()
    browser = await a_browser(house, ann)
    status, told = await left(client, ann, token)
    assert (status, told["restorable_until"][:10]) == (200, "2026-12-21")
    for each in (token, other["access_token"]):
        assert (await client.get("/me", token=each)).status_code == 401
    assert (await client.refresh(other["refresh_token"])).status_code == 401
    assert (await browser.open("/account")).path == "/signin?next=/account"
    assert (await client.log_in(ann)).status_code == 403
    letter = await letter_to(house, ann.email, "account_deleted")
    assert "2026-12-21" in letter.text
    assert letter.link == f"{house.settings.core.base_url}/restore"
    assert (await ask_back(client, ann.email)).status_code == 202
    assert (await come_back(client, (await letter_to(house, ann.email, "restore")).token)).status_code == 200
    assert (await client.log_in(ann)).status_code == 200


async def test_leaving_needs_the_password(house: House, client: Client) -> None:
    ann = await a_member(client)
    token = await a_token(client, ann)
    answer = await client.post("/me/delete", {"password": "Not-Hers-99!"}, token=token)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_confirmed")
    assert (await client.get("/me", token=token)).status_code == 200


async def test_the_last_master_stays(house: House, client: Client) -> None:
    ann, bob = await a_member(client), await a_member(client, handle="bob_2026", email="bob@example.com")
    it = built(house.app)
    tokens = [await a_token(client, each) for each in (ann, bob)]
    for token in tokens:
        user_id = (await client.get("/me", token=token)).json()["id"]
        await it.visit("test").work(it.access.grant, SYSTEM, user_id, "master")
    assert (await left(client, bob, tokens[1]))[0] == 200
    status, told = await left(client, ann, tokens[0])
    assert (status, told["code"]) == (409, "account_protected")
    assert (await client.get("/me", token=tokens[0])).status_code == 200


async def test_a_page_asks_for_the_handle_as_well(house: House, client: Client) -> None:
    ann = await a_member(client)
    browser = await a_browser(house, ann)
    page = await browser.open("/account/delete")
    mistyped = await browser.submit(page, "handle", handle="bob_2026", password=ann.password)
    assert (mistyped.status, "아이디가 맞지 않습니다." in mistyped.text) == (422, True)
    gone = await browser.submit(mistyped, "handle", handle=" ANN_2026 ".strip(), password=ann.password)
    assert (gone.path, "탈퇴했습니다" in gone.text) == ("/signin?done=account_deleted", True)
    assert not browser.cookie(built(house.app).pages.jar.name("session"))
