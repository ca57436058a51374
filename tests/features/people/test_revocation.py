"""What dies and what lives with each change of an account: every cell of the table, by what somebody who holds the thing meets."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, get_args

import httpx2
import pytest
from tests.features.identity.rooms import drowsy
from tests.features.people.recovering import ADMIN, NEW, user_of, work
from tests.house import House, Member, a_house, a_member, built

from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.apikeys import Draft
from daemun.features.identity import Account, Attempt, Link, LinkRefused, Moved, Proof, Purpose, Readdressed, User
from daemun.features.people.revocation import DIES, KINDS, Cause, Kind
from daemun.features.sessions import Holder
from daemun.ports.database import Work, micros

T = TypeVar("T")
CAUSES: tuple[Cause, ...] = tuple(DIES)
LINKS: tuple[Purpose, ...] = ("verify", "reset", "unlock", "restore", "wake", "change_email", "invite")
DOCS = Path(__file__).resolve().parents[3] / "docs" / "explanation"


@dataclass
class Owned:
    """Everything that ann holds, and whether it opens anything still."""

    house: House
    member: Member
    user: User
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    devices: dict[str, str] = field(default_factory=dict)
    links: dict[str, Secret] = field(default_factory=dict)
    temporary: str | None = None
    key: str = ""

    async def have_all(self) -> None:
        it = built(self.house.app)
        holder = Holder(self.user.id, self.user.handle, self.user.email, self.user.name)
        for whose in ("own", "other"):
            device = it.sessions.devices.cookie()
            given = await work(self.house, it.sessions.open_browser, holder, remember=False, device=device.id)
            pair = await work(self.house, it.sessions.open, holder, remember=False)
            self.cookies[whose], self.sessions[whose], self.devices[whose] = given.cookie.reveal(), given.session_id, device.id
            self.tokens[whose] = {"access": pair.access.reveal(), "refresh": pair.refresh.reveal(), "session": pair.session_id}
        made = await work(self.house, it.desk.keys.make, self.user.id, Draft("밤 배치", ()), by=self.user.actor)
        self.key = made.text.reveal()
        lent = await it.identity.credentials.temporary()
        await work(self.house, it.identity.credentials.lend, self.user.id, lent.encoded, by=ADMIN)
        # Two addresses ago, one ago: what an undoing goes back to, and what is newer than that.
        for name, email in (
            ("undo_email", "first@example.com"),
            ("undone", "second@example.com"),
            ("newer_undo_email", "third@example.com"),
        ):
            self.house.clock.advance(seconds=1)
            self.links[name] = (await work(self.house, it.identity.links.issue, "undo_email", user_id=self.user.id, email=email)).token
        for purpose in LINKS:
            email = "new@example.com" if purpose == "change_email" else self.user.email
            self.links[purpose] = (await work(self.house, it.identity.links.issue, purpose, user_id=self.user.id, email=email)).token

    async def lives(self, kind: Kind) -> bool:
        if kind.endswith("_session") or kind.endswith("_sessions"):
            return await self._session(kind.partition("_")[0])
        if kind.endswith(("_device", "_devices")):
            knows = built(self.house.app).sessions.devices.knows
            return await self._read(lambda tx: knows(tx, self.user.id, self.devices[kind.partition("_")[0]]))
        if kind == "temporary":
            return await self._temporary()
        if kind == "api_key":
            keys = built(self.house.app).desk.keys
            found = await self._read(lambda tx: keys.find_presented(tx, keys.presented(self.key)))
            return found is not None and found.dead(micros(self.house.clock.now())) is None
        purpose: Purpose = "undo_email" if kind == "newer_undo_email" else kind  # type: ignore[assignment]  # the others are purposes
        return await self._read(lambda tx: built(self.house.app).identity.links.look(tx, purpose, self.links[kind])) is not None

    async def _session(self, whose: str) -> bool:
        """Of a browser and of a program alike. Asked of the sessions themselves: of who is not NORMAL, the gate would refuse all."""
        sessions = built(self.house.app).sessions
        ids = [self.sessions[whose]] if whose == "own" else [self.sessions[whose], self.tokens[whose]["session"]]
        found = [await self._read(lambda tx, id_=each: sessions.is_live(tx, id_)) is not None for each in ids]
        assert len(set(found)) == 1, "some live and some do not"
        return found[0]

    async def _temporary(self) -> bool:
        from daemun.features.identity.accounts.store import temporary_of

        return await self._read(lambda tx: temporary_of(tx, self.user.id)) is not None

    async def _read(self, query: Callable[..., T]) -> T:
        return await built(self.house.app).visit("test").read(query)

    # What somebody meets who still holds it

    async def met(self, whose: str) -> list[int]:
        client = self.house.client()
        by_cookie = await client.get("/me", headers={"cookie": f"daemun={self.cookies[whose]}"})
        by_token = await client.get("/me", token=self.tokens[whose]["access"])
        refreshed: httpx2.Response = await client.refresh(self.tokens[whose]["refresh"])
        return [each.status_code for each in (by_cookie, by_token, refreshed)]


async def password_changed(owned: Owned) -> None:
    it = built(owned.house.app)
    proof = await it.identity.prove(it.visit("test"), Attempt(owned.member.handle, Secret(owned.member.password)))
    encoded = await it.identity.encode(Secret(NEW))
    assert isinstance(proof, Proof)

    def story(work: Work) -> None:
        assert isinstance(it.identity.credentials.change(work, proof, encoded), Account)
        revoke(owned, work, "password_changed")

    await work(owned.house, story)


async def password_reset(owned: Owned) -> None:
    it = built(owned.house.app)
    encoded = await it.identity.encode(Secret(NEW))

    def story(work: Work) -> None:
        assert isinstance(it.identity.links.use(work, "reset", owned.links["reset"]), Link)
        assert isinstance(it.identity.credentials.set(work, owned.user.id, encoded, how="reset"), Account)
        revoke(owned, work, "password_reset")

    await work(owned.house, story)


async def email_changed(owned: Owned) -> None:
    it = built(owned.house.app)

    def story(work: Work) -> None:
        changed = it.identity.mailbox.change(work, owned.user.id, "new@example.com", by=owned.user.actor, verified=True)
        assert isinstance(changed, Readdressed)
        revoke(owned, work, "email_changed")

    await work(owned.house, story)


async def email_undone(owned: Owned) -> None:
    assert (await owned.house.client().post("/auth/email/undo", {"token": owned.links["undone"].reveal()})).status_code == 200
    # The flow itself gives one new link to choose a password; the older one is what is asked for here.


async def roles_changed(owned: Owned) -> None:
    it = built(owned.house.app)

    def story(work: Work) -> None:
        it.access.grant(work, SYSTEM, owned.user.id, "viewer")
        revoke(owned, work, "roles_changed")

    await work(owned.house, story)


def moving(name: str, cause: Cause) -> Callable[[Owned], Awaitable[None]]:
    async def moved(owned: Owned) -> None:
        it = built(owned.house.app)
        if name == "sleep":
            await work(owned.house, drowsy, owned.user.id)
        by = SYSTEM if name == "sleep" else ADMIN

        def story(work: Work) -> None:
            assert isinstance(it.identity.move(work, owned.user.id, name, by=by), Moved)  # type: ignore[arg-type]  # names of moves, below
            revoke(owned, work, cause)

        await work(owned.house, story)

    return moved


async def killed(owned: Owned) -> None:
    await work(owned.house, lambda work: revoke(owned, work, "admin"))


HOW: dict[Cause, Callable[[Owned], Awaitable[None]]] = {
    "password_changed": password_changed,
    "password_reset": password_reset,
    "email_changed": email_changed,
    "email_undone": email_undone,
    "roles_changed": roles_changed,
    "banned": moving("ban", "banned"),
    "slept": moving("sleep", "slept"),
    "deleted": moving("delete", "deleted"),
    "admin": killed,
}


def revoke(owned: Owned, work: Work, cause: Cause) -> None:
    desk = built(owned.house.app).desk
    desk.revoke(work, cause, owned.user.id, by=ADMIN, own=owned.sessions["own"], device=owned.devices["own"])


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(database_url, tmp_path) as opened:
        yield opened


async def an_owner(house: House) -> Owned:
    member = await a_member(house.client())
    owned = Owned(house, member, await user_of(house, member))
    await owned.have_all()
    return owned


@pytest.mark.parametrize("cause", CAUSES)
async def test_every_cell_of_the_table(cause: Cause, house: House) -> None:
    """Clauses 42, 43 and 44, and clause 69 for tokens."""
    owned = await an_owner(house)
    assert [await owned.lives(kind) for kind in KINDS] == [True] * len(KINDS)
    await HOW[cause](owned)
    found = {kind: "lives" if await owned.lives(kind) else "dies" for kind in KINDS}
    assert found == {kind: "dies" if kind in DIES[cause] else "lives" for kind in KINDS}


@pytest.mark.parametrize("cause", [each for each in CAUSES if "own_session" in DIES[each]])
async def test_who_holds_a_cookie_or_a_token_of_what_died_gets_nowhere(cause: Cause, house: House) -> None:
    """Clause 41."""
    owned = await an_owner(house)
    await HOW[cause](owned)
    assert await owned.met("own") == [401, 401, 401]
    assert await owned.met("other") == [401, 401, 401]


@pytest.mark.parametrize("cause", ["password_changed", "email_changed"])
async def test_only_the_session_that_asked_stays_where_the_owner_is_at_work(cause: Cause, house: House) -> None:
    owned = await an_owner(house)
    await HOW[cause](owned)
    assert (await owned.met("own"))[0] == 200
    assert await owned.met("other") == [401, 401, 401]


async def test_links_end_though_nobody_asked_for_a_revocation(house: House) -> None:
    """They are identity's own: whoever changes an account and forgets the rest leaves no link that opens it."""
    owned, it = await an_owner(house), built(house.app)
    await work(house, it.identity.move, owned.user.id, "ban", by=ADMIN)
    assert [kind for kind in LINKS if await owned.lives(kind)] == []
    answer = await work(house, it.identity.links.use, "reset", owned.links["reset"])
    assert isinstance(answer, LinkRefused)


def test_every_kind_of_link_that_belongs_to_somebody_is_in_the_table() -> None:
    assert set(get_args(Purpose)) - set(KINDS) == {"setup", "signup"}  # these have no account yet
    assert set(CAUSES) == set(HOW)


@pytest.mark.parametrize(("page", "words"), [("revocation.md", ("dies", "lives")), ("revocation.ko.md", ("끝남", "남음"))])
def test_the_page_shows_the_table_as_it_is(page: str, words: tuple[str, str]) -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]*\|(.+)\|$", (DOCS / page).read_text("utf-8"), re.M)
    head = re.findall(r"`(\w+)`", next(line for line in (DOCS / page).read_text("utf-8").splitlines() if line.startswith("| |")))
    told = {kind: dict(zip(head, (cell.strip() for cell in cells.split("|")), strict=True)) for kind, cells in rows}
    assert told == {kind: {cause: words[0] if kind in DIES[cause] else words[1] for cause in CAUSES} for kind in KINDS}
