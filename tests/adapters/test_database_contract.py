"""What every database of the house promises, asked of both."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from tests.adapters.notes import (
    HERE,
    NOTE,
    REPLIES,
    event,
    execute,
    names,
    note,
    notes,
    opened,
    refusing_to_hear,
    reply_to_nobody,
    written_down,
)

from daemun.core.errors import Conflict, Unavailable
from daemun.ports.database import Hot, Transaction, Work


def test_a_story_that_returns_is_kept(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            assert await database.work(partial(note, name="a"), HERE) == "a"
            assert await database.read(names) == ["a"]

    asyncio.run(run())


def test_a_story_that_raises_leaves_nothing_and_its_exception_arrives(database_url: str) -> None:
    def story(work: Work) -> None:
        note(work, "a")
        raise Conflict(name="a")

    async def run() -> None:
        async with opened(database_url) as database:
            with pytest.raises(Conflict) as refusal:
                await database.work(story, HERE)
            assert refusal.value.data == {"name": "a"}
            assert await database.read(names) == []

    asyncio.run(run())


def test_a_refusal_that_is_returned_keeps_the_mark_it_made(database_url: str) -> None:
    def story(work: Work) -> Conflict:
        note(work, "failed once")
        return Conflict()

    async def run() -> None:
        async with opened(database_url) as database:
            assert isinstance(await database.work(story, HERE), Conflict)
            assert await database.read(names) == ["failed once"]

    asyncio.run(run())


def test_a_row_that_breaks_a_constraint_is_the_callers_error(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            await database.work(partial(note, name="a"), HERE)
            with pytest.raises(IntegrityError):
                await database.work(partial(note, name="a"), HERE)
            assert await database.work(partial(note, name="b"), HERE) == "b"

    asyncio.run(run())


def test_a_story_may_raise_anything_and_the_next_one_is_served(database_url: str) -> None:
    def interrupted(work: Work) -> None:
        note(work, "a")
        raise KeyboardInterrupt

    def stopped(work: Work) -> None:
        raise StopIteration

    async def run() -> None:
        async with opened(database_url) as database:
            waiting = asyncio.ensure_future(database.work(stopped, HERE))
            with pytest.raises(RuntimeError):
                await waiting
            answers = await asyncio.gather(heard(database.work(interrupted, HERE)), database.work(partial(note, name="b"), HERE))
            assert list(answers) == ["KeyboardInterrupt", "b"]
            assert await database.read(names) == ["b"]

    async def heard(answer: Awaitable[object]) -> str:
        try:
            await answer
        except BaseException as error:
            return type(error).__name__
        return ""

    asyncio.run(run())


def test_what_is_published_is_told_before_the_commit_and_lives_with_the_story(database_url: str) -> None:
    def story(work: Work) -> None:
        work.publish(event(work, "a"))
        note(work, "z")

    async def run() -> None:
        async with opened(database_url, written_down) as database:
            await database.work(story, HERE)
            assert await database.read(names) == ["heard a", "z"]

    asyncio.run(run())


def test_what_is_published_dies_with_the_story(database_url: str) -> None:
    def story(work: Work) -> None:
        work.publish(event(work, "a"))
        raise Conflict

    async def run() -> None:
        async with opened(database_url, written_down) as database:
            with pytest.raises(Conflict):
                await database.work(story, HERE)
            assert await database.read(names) == []

    asyncio.run(run())


def test_what_is_witnessed_is_told_even_when_the_story_is_undone(database_url: str) -> None:
    def story(work: Work) -> None:
        note(work, "undone")
        work.publish(event(work, "published"))
        work.witness(event(work, "witnessed"))
        raise Conflict

    async def run() -> None:
        async with opened(database_url, written_down) as database:
            with pytest.raises(Conflict):
                await database.work(story, HERE)
            assert await database.read(names) == ["heard witnessed"]

    asyncio.run(run())


def test_what_is_witnessed_in_a_story_that_is_kept_is_told_once(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url, written_down) as database:
            await database.work(lambda work: work.witness(event(work, "a")), HERE)
            assert await database.read(names) == ["heard a"]

    asyncio.run(run())


def test_a_failing_listener_undoes_the_story_and_the_caller_hears_unavailable(database_url: str) -> None:
    def story(work: Work) -> None:
        note(work, "a")
        work.publish(event(work, "a"))

    async def run() -> None:
        async with opened(database_url, refusing_to_hear) as database:
            with pytest.raises(Unavailable):
                await database.work(story, HERE)
            assert await database.read(names) == []

    asyncio.run(run())


def test_a_refusal_that_cannot_be_witnessed_becomes_unavailable(database_url: str) -> None:
    def story(work: Work) -> None:
        work.witness(event(work, "a"))
        raise Conflict

    async def run() -> None:
        async with opened(database_url, refusing_to_hear) as database:
            with pytest.raises(Unavailable):
                await database.work(story, HERE)

    asyncio.run(run())


def test_a_listener_hears_where_the_request_came_from_and_ids_are_unlike(database_url: str) -> None:
    heard: list[tuple[str, str]] = []

    def story(work: Work) -> None:
        work.publish(event(work, "a"))
        work.publish(event(work, "b"))

    async def run() -> None:
        async with opened(database_url, lambda _, happening: heard.append((happening.id, happening.circumstance.address))) as database:
            await database.work(story, HERE)

    asyncio.run(run())
    assert [address for _, address in heard] == ["203.0.113.9", "203.0.113.9"]
    assert len({each for each, _ in heard}) == 2
    assert all(len(each) == 26 for each, _ in heard)


def test_calls_after_the_commit_run_on_the_event_loop_before_the_answer(database_url: str) -> None:
    called: list[int] = []

    def story(work: Work) -> None:
        note(work, "a")
        work.after_commit(lambda: called.append(threading.get_ident()))
        assert not called

    async def run() -> None:
        async with opened(database_url) as database:
            await database.work(story, HERE)
            assert called == [threading.get_ident()]

    asyncio.run(run())


def test_calls_after_the_commit_never_run_for_a_story_that_is_undone(database_url: str) -> None:
    called: list[str] = []

    def raising(work: Work) -> None:
        work.after_commit(lambda: called.append("raised"))
        raise Conflict

    def unheard(work: Work) -> None:
        work.after_commit(lambda: called.append("unheard"))
        work.publish(event(work, "a"))

    async def run() -> None:
        async with opened(database_url, refusing_to_hear) as database:
            for story in (raising, unheard):
                with pytest.raises((Conflict, Unavailable)):
                    await database.work(story, HERE)

    asyncio.run(run())
    assert called == []


def test_a_failing_call_after_the_commit_spoils_neither_the_answer_nor_the_next_call(database_url: str) -> None:
    called: list[str] = []

    def fails() -> None:
        raise RuntimeError

    def story(work: Work) -> str:
        work.after_commit(fails)
        work.after_commit(lambda: called.append("next"))
        return note(work, "a")

    async def run() -> None:
        async with opened(database_url) as database:
            assert await database.work(story, HERE) == "a"

    asyncio.run(run())
    assert called == ["next"]


def test_stories_told_together_do_not_share_a_failure(database_url: str) -> None:
    def story(work: Work, number: int) -> None:
        note(work, f"{number:02}")
        if number % 3 == 0:
            raise Conflict

    async def run() -> None:
        async with opened(database_url) as database:
            telling = [database.work(partial(story, number=each), HERE) for each in range(30)]
            answers = await asyncio.gather(*telling, return_exceptions=True)
            assert [isinstance(each, Conflict) for each in answers] == [number % 3 == 0 for number in range(30)]
            assert await database.read(names) == [f"{number:02}" for number in range(30) if number % 3]

    asyncio.run(run())


def test_a_commit_that_fails_is_unavailable_and_nothing_of_it_exists(database_url: str) -> None:
    called: list[str] = []

    def story(work: Work) -> None:
        note(work, "a")
        work.after_commit(lambda: called.append("a"))
        reply_to_nobody(work)

    async def run() -> None:
        async with opened(database_url) as database:
            execute(database_url, REPLIES)
            with pytest.raises(Unavailable):
                await database.work(story, HERE)
            assert await database.read(names) == []
            await database.work(partial(note, name="b"), HERE)
            assert await database.read(names) == ["b"]

    asyncio.run(run())
    assert called == []


def test_the_read_view_does_not_move_while_others_write(database_url: str) -> None:
    """Runs the write from inside the read, on a loop of its own, as another process would."""

    def twice(tx: Transaction) -> tuple[list[str], list[str]]:
        before = names(tx)
        thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
        thread.start()
        thread.join()
        return before, names(tx)

    async def elsewhere() -> None:
        async with opened(database_url) as database:
            await database.work(partial(note, name="b"), HERE)

    async def run() -> None:
        async with opened(database_url) as database:
            await database.work(partial(note, name="a"), HERE)
            assert await database.read(twice) == (["a"], ["a"])
            assert await database.read(names) == ["a", "b"]

    asyncio.run(run())


def test_a_read_cannot_write(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            with pytest.raises(Exception, match=r"read.?only"):
                await database.read(lambda tx: tx.one(insert(notes).values(name="a").returning(notes.c.name)))
            assert await database.read(names) == []

    asyncio.run(run())


def test_a_full_queue_is_unavailable_at_once_and_what_was_taken_is_finished(database_url: str) -> None:
    gate, inside = threading.Event(), threading.Event()

    def slow(work: Work) -> None:
        inside.set()
        gate.wait(10)
        note(work, "slow")

    async def run() -> None:
        async with opened(database_url, pool=1, queue=2) as database:
            first = asyncio.ensure_future(database.work(slow, HERE))
            await asyncio.to_thread(inside.wait, 10)
            others = [asyncio.ensure_future(database.work(partial(note, name=each), HERE)) for each in "abc"]
            with pytest.raises(Unavailable):
                await others[2]
            gate.set()
            await asyncio.gather(first, *others[:2])
            assert await database.read(names) == ["a", "b", "slow"]

    asyncio.run(run())


def test_stopping_finishes_what_is_queued_and_refuses_what_comes_later(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            queued = [asyncio.ensure_future(database.work(partial(note, name=f"{each:03}"), HERE)) for each in range(200)]
            await asyncio.sleep(0)
            await database.stop()
            assert await asyncio.gather(*queued) == [f"{each:03}" for each in range(200)]
            with pytest.raises(Unavailable):
                await database.work(partial(note, name="late"), HERE)

    asyncio.run(run())


def test_a_caller_who_goes_away_does_not_harm_the_others(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            gone = asyncio.ensure_future(database.work(partial(note, name="a"), HERE))
            stays = asyncio.ensure_future(database.work(partial(note, name="b"), HERE))
            await asyncio.sleep(0)
            gone.cancel()
            assert await stays == "b"

    asyncio.run(run())


def test_a_hot_statement_finds_one_row_or_none(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            at = await database.work(lambda work: (note(work, "a"), work.now)[1], HERE)
            assert await database.read(lambda tx: tx.hot(NOTE, name="a")) == ("a", int(at.timestamp() * 1_000_000))
            assert await database.read(lambda tx: tx.hot(NOTE, name="b")) is None

    asyncio.run(run())


def test_a_read_that_leaves_rows_unread_does_not_hold_the_next_one_back(database_url: str) -> None:
    first = select(notes.c.name).order_by(notes.c.name)
    any_note = Hot(first)

    async def run() -> None:
        async with opened(database_url) as database:
            for name in "abc":
                await database.work(partial(note, name=name), HERE)
            assert await database.read(lambda tx: (tx.hot(any_note), tx.one(first))) == (("a",), ("a",))
            await database.work(partial(note, name="0"), HERE)
            assert await database.read(lambda tx: tx.hot(any_note)) == ("0",)

    asyncio.run(run())


def test_a_moment_comes_back_as_it_went_in(database_url: str) -> None:
    moment = datetime(2026, 11, 21, 9, 30, 15, 123457, tzinfo=UTC)

    async def run() -> None:
        async with opened(database_url) as database:
            await database.work(lambda work: work.run(insert(notes).values(name="a", at=moment)), HERE)
            row = await database.read(lambda tx: tx.one(select(notes.c.at)))
            assert row is not None
            assert row.at == moment
            assert row.at.tzinfo is UTC

    asyncio.run(run())


def test_running_a_statement_says_how_many_rows_it_touched(database_url: str) -> None:
    async def run() -> None:
        async with opened(database_url) as database:
            counts = await database.work(
                lambda work: (
                    work.run(insert(notes).values([{"name": "a"}, {"name": "b"}])),
                    work.run(notes.update().values(at=work.now)),
                    work.run(notes.delete().where(notes.c.name == "c")),
                    work.run(notes.delete().where(notes.c.name == "a")),
                ),
                HERE,
            )
            assert counts == (2, 2, 0, 1)

    asyncio.run(run())
