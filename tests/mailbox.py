"""What a house has posted, read as its reader would read it."""  # noqa: A005 - it is tests.mailbox

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select, text
from tests.house import House, built

from daemun.features.mail import Opened, store
from daemun.ports.database import Transaction


@dataclass(frozen=True, slots=True)
class Posted:
    kind: str
    to: str
    user_id: str
    language: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    link: str | None = None
    code: str | None = None

    @property
    def token(self) -> str:
        """What the link carries."""
        assert self.link is not None, f"the letter {self.kind} has no link"
        return self.link.partition("?t=")[2]


async def all_letters(house: House) -> list[Posted]:
    """Every letter to somebody, oldest first. A letter whose words or fields are missing fails the test that reads it."""
    opened, order = await built(house.app).database.read(lambda tx: (built(house.app).mail.kept(tx), _as_written(tx)))
    return [_posted(house, each) for each in sorted(opened, key=lambda each: order.index(each.id))]


async def letters_to(house: House, email: str) -> list[Posted]:
    """Oldest first. Works in the profile dev without an SMTP server, which is what `a_house` starts."""
    return [each for each in await all_letters(house) if each.to == email]


async def letter_to(house: House, email: str, kind: str) -> Posted:
    """The newest of that kind, which must be there."""
    found = [each for each in await letters_to(house, email) if each.kind == kind]
    assert found, f"nothing of the kind {kind} was posted to {email}"
    return found[-1]


def _as_written(tx: Transaction) -> list[str]:
    """The order the database itself wrote them in: with a clock that stands still, ids of one moment have none."""
    order = ("rowid",) if tx.dialect == "sqlite" else ("created_at", "xmin::text::bigint", "cmin::text::bigint")
    return [row.id for row in tx.all(select(store.letters.c.id).order_by(*map(text, order)))]


def _posted(house: House, opened: Opened) -> Posted:
    letter, written = opened.letter, built(house.app).letterbook.write(opened.letter)
    link, code = (secret.reveal() if secret else None for secret in (letter.link, letter.code))
    return Posted(letter.kind, letter.to, letter.user_id, letter.language, written.subject, written.text, written.html, link, code)
