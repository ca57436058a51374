"""What tests of getting in share: people in states, events that were heard, letters by kind."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from tests.house import Client, House, built

from daemun.core.actor import SYSTEM, Actor
from daemun.core.circumstance import Circumstance
from daemun.core.event import Happening
from daemun.features.identity import Account, Moved, User
from daemun.features.identity.accounts import store as accounts
from daemun.features.identity.links.store import links
from daemun.features.mail.store import letters
from daemun.ports.database import Transaction, Work
from daemun.ports.letters import Letter

ADMIN = Actor("user", "0" * 26)
WRONG = "Wrong-Pass-11!"


async def person(house: House, handle: str = "ann_2026") -> User:
    made = built(house.app)
    found = await made.database.read(lambda tx: made.identity.find(tx, handle))
    assert found is not None
    return found


async def account_of(house: House, handle: str = "ann_2026") -> Account:
    user, made = await person(house, handle), built(house.app)
    found = await made.database.read(lambda tx: made.identity.directory.account(tx, user.id))
    assert found is not None
    return found


async def becomes(house: House, name: Any, handle: str = "ann_2026", **how: Any) -> None:
    """Moved, by whoever may."""
    user, made = await person(house, handle), built(house.app)

    def story(work: Work) -> None:
        if name == "sleep":
            accounts.write(work, user.id, {"active_on": 0, "sleep_notices": 2, "noticed_on": 0})
        by = {"sleep": SYSTEM, "wake": user.actor}.get(name, ADMIN)
        assert isinstance(made.identity.move(work, user.id, name, by=by, **how), Moved)

    await made.database.work(story, Circumstance())


async def lent(house: House, handle: str = "ann_2026") -> str:
    """A temporary password."""
    user, identity = await person(house, handle), built(house.app).identity
    temporary = await identity.credentials.temporary()
    await built(house.app).database.work(
        lambda work: identity.credentials.lend(work, user.id, temporary.encoded, by=SYSTEM), Circumstance()
    )
    return temporary.password.reveal()


def hearing(house: House) -> list[Happening]:
    """What is published from now on."""
    heard: list[Happening] = []
    bus, real = built(house.app).bus, built(house.app).bus._listeners
    bus._listeners = {name: (*each, lambda _work, happening: heard.append(happening)) for name, each in real.items()}
    return heard


def names(heard: list[Happening]) -> list[str]:
    return [each.event.kind.name for each in heard]


async def kinds(house: House, user_id: str | None = None) -> list[str]:
    """The kinds of the letters posted so far, those to nobody included."""

    def query(tx: Transaction) -> list[str]:
        found = tx.all(select(letters.c.kind, letters.c.user_id).order_by(letters.c.id))
        return sorted(row.kind for row in found if user_id is None or row.user_id == user_id)

    return await built(house.app).database.read(query)


async def links_of(house: House, purpose: str) -> int:
    return await built(house.app).database.read(lambda tx: len(tx.all(select(links.c.id).where(links.c.purpose == purpose))))


async def posted(house: House, kind: str) -> list[Letter]:
    """Those to somebody. One that nobody could write fails the test that asks for it."""
    made = built(house.app)
    found = [each for each in await made.database.read(made.mail.kept) if each.letter.kind == kind]
    assert all(made.letterbook.write(each.letter).text for each in found)
    return [each.letter for each in sorted(found, key=lambda each: each.id)]


def token_of(letter: Letter) -> str:
    assert letter.link is not None
    return letter.link.reveal().partition("?t=")[2]


def from_(house: House, number: int, **headers: str) -> Client:
    """A stranger of their own."""
    return house.client(f"198.51.{number // 250}.{number % 250 + 1}", agent="stranger/1", **headers)
