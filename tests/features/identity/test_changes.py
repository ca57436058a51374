"""What people change of their accounts, and how it is taken back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.features.identity.rooms import ADMIN, HOME, Room, a_room

from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Account, Attempt, EmailTaken, Issued, Link, Newcomer, Proof, Readdressed, Stale, User, WeakPassword

OLD, NEW, NEWER = "Maru-Bada-72!", "Haneul-Gureum-81!", "Byeol-Bit-90-Na!"


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    async with a_room(database_url) as opened:
        yield opened


def code_of(answer: object) -> str:
    return answer.code if isinstance(answer, Refusal) else type(answer).__name__


async def proven(room: Room, login: str, password: str) -> Proof:
    proof = await room.identity.prove(room.visit(), Attempt(login, Secret(password)))
    assert isinstance(proof, Proof)
    return proof


async def knows(room: Room, login: str, password: str) -> bool:
    return not (await proven(room, login, password)).failed


async def link_of(room: Room, issued: Issued, purpose: str = "undo_email") -> Link:
    link = await room.work(room.identity.links.use, purpose, issued.token)
    assert isinstance(link, Link), link
    return link


async def moved_to(room: Room, user: User, email: str) -> Readdressed:
    answer = await room.work(room.identity.mailbox.change, user.id, email, by=user.actor, verified=True)
    assert isinstance(answer, Readdressed), code_of(answer)
    return answer


# Passwords


async def test_a_password_is_changed_by_whoever_has_just_proven_the_old_one(room: Room) -> None:
    """Clause 21."""
    user = await room.a_user("ann_2026", password=OLD)
    right, wrong = await proven(room, "ann_2026", OLD), await proven(room, "ann_2026", NEW)
    encoded = await room.identity.credentials.encode(Secret(NEW))
    room.heard.clear()
    assert code_of(await room.work(room.identity.credentials.change, wrong, encoded)) == "wrong_credentials"
    assert room.told() == []
    assert code_of(await room.work(room.identity.credentials.change, right, encoded)) == "Account"
    assert room.told() == ["account.password_change.success"]
    assert (await knows(room, "ann_2026", OLD), await knows(room, "ann_2026", NEW)) == (False, True)
    assert (await room.account(user)).password_changed_at == room.clock.now()


async def test_a_proof_of_the_password_before_the_last_changes_nothing(room: Room) -> None:
    await room.a_user("ann_2026", password=OLD)
    proofs = [await proven(room, "ann_2026", OLD) for _ in range(2)]
    encoded = [await room.identity.credentials.encode(Secret(each)) for each in (NEW, NEWER)]
    answers = await asyncio.gather(
        *(room.work(room.identity.credentials.change, proof, each) for proof, each in zip(proofs, encoded, strict=True))
    )
    assert sorted(map(code_of, answers)) == ["Account", "Stale"]
    assert [isinstance(each, Stale) for each in answers].count(True) == 1


async def test_a_new_password_is_judged_like_the_first(room: Room) -> None:
    user = await room.a_user("ann_2026")
    with pytest.raises(WeakPassword):
        room.identity.credentials.judge(user, Secret("short"))
    with pytest.raises(WeakPassword):
        room.identity.credentials.judge(user, Secret("Ann_2026!!"))
    room.identity.credentials.judge(user, Secret(NEW))


@pytest.mark.parametrize(("moves", "answer"), [((), "Account"), (("sleep",), "Account"), (("ban",), "account_inactive")])
async def test_a_reset_sets_the_password_of_those_who_may_come_in_again(room: Room, moves: tuple[str, ...], answer: str) -> None:
    user = await room.a_user("ann_2026", password=OLD)
    await room.becomes(user, *moves)
    encoded = await room.identity.credentials.encode(Secret(NEW))
    assert code_of(await room.work(room.identity.credentials.set, user.id, encoded, how="reset")) == answer
    assert await knows(room, "ann_2026", NEW) == (answer == "Account")


# Names and language


async def test_a_name_is_changed_and_found(room: Room) -> None:
    user = await room.a_user("ann_2026", name="안은주")
    changed = await room.work(room.identity.profile.rename, user.id, "안은서", by=user.actor)
    assert isinstance(changed, Account)
    assert (changed.name, (await room.account(user)).name) == ("안은서", "안은서")
    (renamed,) = [each.event for each in room.heard if each.event.kind.code == "account.rename"]
    assert dict(renamed.details) == {"old": "안은주", "new": "안은서"}
    assert set(renamed.kind.fields.values()) == {"target"}
    room.heard.clear()
    await room.work(room.identity.profile.rename, user.id, "안은서", by=user.actor)
    assert room.told() == []


@pytest.mark.parametrize("name", ["", "a", "x" * 101, "a\nb", "a\u202eb"])
async def test_a_name_that_is_none_is_malformed(room: Room, name: str) -> None:
    user = await room.a_user()
    assert code_of(await room.work(room.identity.profile.rename, user.id, name, by=user.actor)) == "malformed"


async def test_letters_come_in_the_language_of_the_sign_up_until_it_is_changed(room: Room) -> None:
    user = await room.a_user()
    assert (await room.account(user)).language == HOME.language == "ko"
    await room.work(room.identity.profile.speak, user.id, "en", by=user.actor)
    assert (await room.account(user)).language == "en"


# Mailboxes


async def test_an_address_is_verified_only_while_it_is_still_the_one_the_letter_went_to(room: Room) -> None:
    user = await room.a_user("ann_2026")
    assert code_of(await room.work(room.identity.mailbox.verified, user.id, "other@example.com")) == "link_invalid"
    assert code_of(await room.work(room.identity.mailbox.verified, user.id, "ANN_2026@example.com")) == "Account"
    assert (await room.account(user)).email_verified


async def test_a_changed_address_can_be_undone_from_the_old_mailbox_for_a_week(room: Room) -> None:
    user = await room.a_user("ann_2026", email="ann@example.com")
    changed = await moved_to(room, user, "thief@example.com")
    assert (changed.old, (await room.account(user)).email) == ("ann@example.com", "thief@example.com")
    room.clock.advance(days=6)
    pending = await room.work(room.identity.links.issue, "reset", user_id=user.id, email="thief@example.com")
    restored = await room.work(room.identity.mailbox.undo, await link_of(room, changed.undo))
    assert isinstance(restored, Account)
    account = await room.account(user)
    assert (account.email, account.email_verified) == ("ann@example.com", True)
    assert code_of(await room.work(room.identity.links.use, "reset", pending.token)) == "link_invalid"
    assert room.told()[-2:] == ["account.email_change.success", "account.email_undo.success"]


async def test_a_thief_who_changes_the_address_twice_does_not_take_the_way_back(room: Room) -> None:
    user = await room.a_user("ann_2026", email="ann@example.com")
    first = await moved_to(room, user, "thief@example.com")
    room.clock.advance(seconds=1)
    second = await moved_to(room, user, "thief2@example.com")
    assert code_of(await room.work(room.identity.mailbox.undo, await link_of(room, first.undo))) == "Account"
    assert (await room.account(user)).email == "ann@example.com"
    assert code_of(await room.work(room.identity.links.use, "undo_email", second.undo.token)) == "link_invalid"


async def test_the_way_back_ends_what_came_after_it_whatever_the_clocks_of_the_servers_say(room: Room) -> None:
    """The second change is made by a server whose clock is behind that of the first."""
    user = await room.a_user("ann_2026", email="ann@example.com")
    first = await moved_to(room, user, "thief@example.com")
    room.clock.advance(seconds=-30)
    second = await moved_to(room, user, "thief2@example.com")
    assert code_of(await room.work(room.identity.mailbox.undo, await link_of(room, first.undo))) == "Account"
    assert code_of(await room.work(room.identity.links.use, "undo_email", second.undo.token)) == "link_invalid"


async def test_going_back_a_step_leaves_the_way_back_to_what_was_before(room: Room) -> None:
    user = await room.a_user("ann_2026", email="ann@example.com")
    first = await moved_to(room, user, "thief@example.com")
    room.clock.advance(seconds=-30)
    second = await moved_to(room, user, "thief2@example.com")
    assert code_of(await room.work(room.identity.mailbox.undo, await link_of(room, second.undo))) == "Account"
    assert code_of(await room.work(room.identity.mailbox.undo, await link_of(room, first.undo))) == "Account"
    assert (await room.account(user)).email == "ann@example.com"


async def test_the_way_back_outlives_a_suspension_and_a_deletion(room: Room) -> None:
    user = await room.a_user("ann_2026", email="ann@example.com")
    changed = await moved_to(room, user, "thief@example.com")
    await room.becomes(user, "delete")
    assert code_of(await room.work(room.identity.mailbox.undo, await link_of(room, changed.undo))) == "Account"


async def test_an_address_that_may_still_be_wanted_back_is_given_to_nobody(room: Room) -> None:
    user, other = await room.a_user("ann_2026", email="ann@example.com"), await room.a_user("bob_2026")
    await moved_to(room, user, "ann@new.example")
    newcomer = Newcomer("eve_2026", "ANN@example.com", "Eve", Secret("x"))
    with pytest.raises(EmailTaken):
        await room.work(room.identity.join, newcomer, "encoded", role="user")
    with pytest.raises(EmailTaken):
        await room.read(room.identity.refuse_taken, newcomer)
    taking = (room.identity.mailbox.change, other.id, "ann@example.com")
    assert code_of(await room.work(*taking, by=other.actor, verified=True)) == "email_taken"
    assert (await moved_to(room, user, "ann@example.com")).account.email == "ann@example.com"
    room.clock.advance(days=7)
    assert code_of(await room.work(room.identity.mailbox.change, user.id, "ann3@new.example", by=ADMIN, verified=False)) == "Readdressed"


async def test_of_two_who_want_one_address_at_once_one_gets_it(room: Room) -> None:
    users = [await room.a_user() for _ in range(4)]
    answers = await asyncio.gather(
        *(room.work(room.identity.mailbox.change, each.id, "one@example.com", by=each.actor, verified=True) for each in users),
        room.work(room.identity.join, Newcomer("eve_2026", "one@example.com", "Eve", Secret("x")), "encoded", role="user"),
        return_exceptions=True,
    )
    codes = sorted(map(code_of, answers))
    assert codes[1:] == ["email_taken"] * 4
    assert codes[0] in ("Readdressed", "User")


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@example.com", "a@example.com\n"])
async def test_an_address_that_is_none_is_malformed(room: Room, email: str) -> None:
    user = await room.a_user()
    assert code_of(await room.work(room.identity.mailbox.change, user.id, email, by=user.actor, verified=True)) == "malformed"
