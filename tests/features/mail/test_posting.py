"""A letter is written down with its cause, and nobody who has the database can read it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text, update
from tests.features.mail.rooms import ANN, LINK, a_letter, a_postroom
from tests.house import a_house, built
from tests.mailbox import all_letters, letter_to, letters_to

from daemun.core.circumstance import Circumstance
from daemun.features.mail import Mail, Unwritable, store
from daemun.features.mail.sealing import Unreadable
from daemun.ports.database import Work
from daemun.ports.letters import Letter


async def test_a_letter_of_a_story_that_is_undone_was_never_posted(database_url: str) -> None:
    def story(work: Work, mail: Mail) -> None:
        mail.post(work, a_letter())
        raise ZeroDivisionError

    async with a_postroom(database_url) as room:
        with pytest.raises(ZeroDivisionError):
            await room.work(story, room.mail)
        assert await room.states() == []
        assert not room.mail.bell.is_set()
        await room.post(a_letter())
        assert await room.states() == ["waiting"]
        assert room.mail.bell.is_set()


async def test_nobody_gets_a_letter_and_costs_the_same_writing(database_url: str) -> None:
    def sizes(tx: object) -> list[int]:
        return [len(row.sealed) for row in tx.all(store.letters.select())]  # type: ignore[attr-defined]  # any transaction

    async with a_postroom(database_url) as room:
        await room.post(a_letter(), a_letter(to=""))
        assert await room.states() == ["waiting", "waiting"], "the worker opens and writes both"
        assert len(set(await room.database.read(sizes))) == 1, "the length does not tell them apart"


async def test_the_raw_database_holds_no_address_no_name_and_no_token(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter(), a_letter(language="en"))
    for found in raw(database_url):
        for hidden in ("ann@example.com", "example.com", "안은주", "은주", "ann_2026", LINK, "aVerySecretToken", "48201937"):
            assert hidden.encode() not in found
            assert json.dumps(hidden).strip('"').encode() not in found


def raw(url: str) -> list[bytes]:
    """Everything that lies there: the files of SQLite, or the rows as PostgreSQL would dump them."""
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        return [each.read_bytes() for each in folder.rglob("*") if each.is_file()]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM daemun.daemun_letters")).all()
    engine.dispose()
    assert len(rows) == 2
    return [bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for row in rows for cell in row]


async def test_a_sealed_letter_moved_to_another_row_is_unreadable(database_url: str) -> None:
    async with a_postroom(database_url, becomes="kept") as room:
        await room.post(a_letter())
        await room.work(lambda work: work.run(update(store.letters).values(user_id="01K000000000000000000MALL0")))
        with pytest.raises(Unreadable):
            await room.database.read(room.mail.kept)


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "Ann <a@b.example>", "a b@c.example", "@", "a@b.example\n"]
)
async def test_what_is_no_plain_address_is_not_posted(sqlite_url: str, address: str) -> None:
    async with a_postroom(sqlite_url) as room:
        with pytest.raises(ValueError, match="one plain address"):
            await room.post(a_letter(to=address))
        assert await room.states() == []


async def test_forgetting_a_person_takes_back_their_letters_and_no_other(database_url: str) -> None:
    async with a_postroom(database_url) as room:
        await room.post(a_letter(), a_letter(), a_letter(user_id="01K0000000000000000000B0B1"), replace(a_letter(to=""), user_id=""))
        assert await room.work(room.mail.forget, ANN) == 2
        assert await room.work(room.mail.forget, "") == 0, "letters to nobody are nobody's"
        assert await room.states() == ["waiting", "waiting"]


async def test_a_test_reads_what_its_house_has_posted(database_url: str, tmp_path: Path) -> None:
    def story(work: Work, mail: Mail) -> None:
        for letter in (a_letter(), a_letter(to="bob@example.com", language="en"), a_letter(to="")):
            mail.post(work, letter)

    async with a_house(database_url, tmp_path, tools="tests.features.mail.wordy") as house:
        found = built(house.app)
        assert await all_letters(house) == []
        await found.database.work(lambda work: story(work, found.mail), Circumstance())
        assert [each.to for each in await all_letters(house)] == ["ann@example.com", "bob@example.com"]
        (posted,) = await letters_to(house, "ann@example.com")
        assert (posted.kind, posted.subject) == ("welcome", "안은주 님, 환영합니다")
        assert (posted.link, posted.code, posted.token) == (LINK, "48201937", "aVerySecretTokenThatNobodyMayRead")
        assert LINK in posted.text
        assert (await letter_to(house, "bob@example.com", "welcome")).subject == "Welcome, 안은주"


async def test_a_letter_without_words_fails_the_test_that_reads_it(sqlite_url: str, tmp_path: Path) -> None:
    async with a_house(sqlite_url, tmp_path) as house:
        found = built(house.app)
        await found.database.work(lambda work: found.mail.post(work, Letter("unknown", "ann@example.com", "ko")), Circumstance())
        with pytest.raises(Unwritable, match="unknown"):
            await letters_to(house, "ann@example.com")
