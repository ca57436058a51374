"""A person comes in, is told who they are, and goes; what is refused has a type."""

from __future__ import annotations

import logging
import pickle
import traceback

import pytest
from tests.clients.python.between import pair_in, somebody
from tests.house import Member
from tests.server.running import Server, free_port

from daemun_client import (
    AsyncClient,
    Client,
    Conflict,
    LoginEnded,
    Malformed,
    MemoryStore,
    Missing,
    Refused,
    TooMany,
    Unauthenticated,
    Unreachable,
    Unsuitable,
)

pytestmark = pytest.mark.processes


def test_one_signs_up_logs_in_is_known_and_logs_out(server: Server) -> None:
    member = somebody(server)
    with Client(server.url) as client:
        assert client.log_in(member.email, member.password, remember=True) is None
        person = client.me()
        assert (person.handle, person.email, person.roles) == (member.handle, member.email, ("user",))
        assert client.get("/me", params={"x": 1}).json()["id"] == person.id
        client.log_out()
        assert not client.is_logged_in
        with pytest.raises(Unauthenticated):
            client.me()


async def test_the_same_words_work_for_tasks(server: Server) -> None:
    member = somebody(server)
    async with AsyncClient(server.url) as client:
        assert await client.log_in(member.handle, member.password) is None
        assert (await client.me()).handle == member.handle
        await client.log_out()
        await client.log_out()
        with pytest.raises(Unauthenticated):
            await client.me()


def test_both_clients_have_the_same_surface() -> None:
    renamed = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
    own = {name for name in vars(Client) if not name.startswith("_")}
    assert own == {renamed.get(name, name) for name in vars(AsyncClient) if not name.startswith("_")}


def test_refusals_tell_their_family_code_sentence_and_request(server: Server) -> None:
    member = somebody(server)
    with Client(server.url, language="en") as client:
        with pytest.raises(Unauthenticated) as wrong:
            client.log_in(member.handle, "Wrong-Pass-11!")
        assert (wrong.value.status, wrong.value.code) == (401, "wrong_credentials")
        assert wrong.value.request_id
        assert wrong.value.request_id in str(wrong.value)
        with pytest.raises(Conflict) as taken:
            client.sign_up(member.handle, "other@example.com", member.name, member.password, agree=True)
        assert taken.value.code == "handle_taken"
        with pytest.raises(Unsuitable) as weak:
            client.sign_up("somebody_new", "new@example.com", "New One", "short", agree=True)
        assert weak.value.code == "weak_password"
        assert all(each.message for each in weak.value.errors)
        with pytest.raises(Malformed) as malformed:
            client.sign_up("x", "no address", "N", "Maru-Bada-72!", agree=False)
        assert {each.where for each in malformed.value.errors} >= {"user_id", "email"}
        with pytest.raises(Missing):
            client.get("/no/such/page")


def test_sentences_come_in_the_language_that_was_asked_for(server: Server) -> None:
    def refusal(client: Client) -> str:
        with client, pytest.raises(Refused) as refused:
            client.log_in("nobody_here", "Wrong-Pass-11!")
        return refused.value.detail

    assert refusal(Client(server.url, language="en")).isascii()
    assert not refusal(Client(server.url, language="ko")).isascii()


def test_a_limit_says_for_how_long_and_is_not_knocked_at_again(server: Server) -> None:
    member = somebody(server)
    with Client(server.url, sleep=lambda _: pytest.fail("waited")) as client:
        for _ in range(5):
            with pytest.raises(Unauthenticated):
                client.log_in(member.handle, "Wrong-Pass-11!")
        with pytest.raises(TooMany) as limited:
            client.log_in(member.handle, member.password)
        assert limited.value.retry_after
        assert limited.value.retry_after > 0


def test_a_login_that_was_ended_elsewhere_is_told_as_ended_and_forgotten(server: Server) -> None:
    member, store = somebody(server), MemoryStore()
    with Client(server.url, store=store) as client, Client(server.url) as other:
        client.log_in(member.handle, member.password)
        other.post("/auth/logout", json={"refresh_token": pair_in(store).refresh.reveal()})
        with pytest.raises(LoginEnded) as ended:
            client.me()
        assert ended.value.code == "session_ended"
        assert not client.is_logged_in


def test_who_logs_out_twice_is_not_refused(server: Server) -> None:
    member, store = somebody(server), MemoryStore()
    with Client(server.url, store=store) as client, Client(server.url) as other:
        client.log_in(member.handle, member.password)
        other.post("/auth/logout", json={"refresh_token": pair_in(store).refresh.reveal()})
        client.log_out()
        assert store.load() is None


def test_tokens_and_passwords_are_in_no_log_no_repr_and_no_traceback(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    member, store = somebody(server), MemoryStore()
    caplog.set_level(logging.DEBUG)
    with Client(server.url, store=store) as client:
        client.log_in(member.handle, member.password)
        kept = pair_in(store)
        client.me()
        client.log_out()
        said = [caplog.text, repr(client), repr(vars(client)), repr(kept), f"{kept.access} {kept.refresh}"]
    with Client(f"http://127.0.0.1:{free_port()}", sleep=lambda _: None) as client:
        try:
            client.log_in(member.handle, member.password)
        except Unreachable as error:
            said.append(
                "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()).partition("in test_tokens")[2]
            )
            assert error.__context__ is None
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(kept)
    for each in said[:-1]:
        assert not {secret for secret in (kept.access.reveal(), kept.refresh.reveal(), member.password) if secret in each}


def test_nobody_there_is_told_apart_from_a_refusal() -> None:
    with Client(f"http://127.0.0.1:{free_port()}", sleep=lambda _: None) as client, pytest.raises(Unreachable) as silent:
        client.log_in("ann", Member().password)
    assert not isinstance(silent.value, Refused)
