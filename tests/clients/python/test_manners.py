"""What is tried again, after how long, and where tokens are never sent. Without a server of Daemun's."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.clients.python.answering import Answer, a_server

from daemun_client import AsyncClient, Client, FactorDue, Missing, Patience, Refused, TooMany, Unavailable, Unreachable
from daemun_client.calls import safe_address

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
BUSY: Answer = (503, {}, "")
FINE: Answer = (200, {}, "{}")


def waits(answers: Sequence[Answer], call: Callable[[Client], object]) -> list[float]:
    """How long the client waited before each further try."""
    waited: list[float] = []
    with a_server(answers) as (url, _), Client(url, sleep=waited.append, dice=lambda: 0.5, clock=lambda: NOW) as client:
        call(client)
    return waited


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_done_twice_is_tried_again(method: str) -> None:
    """RFC 9110 9.2.2."""
    assert len(waits([BUSY, BUSY, FINE], lambda client: client.request(method, "/x"))) == 2


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_what_may_not_be_done_twice_is_not(method: str) -> None:
    with a_server([BUSY, FINE]) as (url, asked), Client(url, sleep=lambda _: None) as client:
        with pytest.raises(Unavailable):
            client.request(method, "/x", json={"a": 1})
        assert asked == [f"{method} /x"]


def test_tries_are_bounded_and_the_pauses_grow() -> None:
    def call(client: Client) -> None:
        with pytest.raises(Unavailable):
            client.get("/x")

    assert waits([BUSY], call) == pytest.approx([0.15, 0.3])


@pytest.mark.parametrize("said", ["7", "Sat, 21 Nov 2026 09:00:07 GMT"])
def test_a_server_that_says_when_is_not_asked_sooner(said: str) -> None:
    """RFC 9110 10.2.3: seconds or a date."""
    assert waits([(429, {"Retry-After": said}, ""), FINE], lambda client: client.get("/x")) == pytest.approx([7.1])


def test_one_that_asks_for_too_much_patience_is_refused_at_once() -> None:
    def call(client: Client) -> None:
        with pytest.raises(TooMany) as refused:
            client.get("/x")
        assert refused.value.retry_after == 600

    assert waits([(429, {"Retry-After": "600"}, "")], call) == []


@pytest.mark.parametrize("said", ["soon", "-3", "", "Sat, 99 Nov", "٣"])
def test_a_retry_after_that_says_nothing_is_passed_over(said: str) -> None:
    header = said.encode("latin-1", "ignore").decode("latin-1")
    assert waits([(503, {"Retry-After": header}, ""), FINE], lambda client: client.get("/x")) == pytest.approx([0.15])


def test_two_clients_refused_together_do_not_come_back_together() -> None:
    patience, busy = Patience(), Unavailable(status=503, code="unavailable", detail="", retry_after=1.0)
    pauses = {patience.pause(busy, 1, repeatable=True, dice=dice / 10) for dice in range(10)}
    assert len(pauses) == 10
    assert all(pause is not None and pause >= 1.0 for pause in pauses)


def test_the_longest_pause_is_kept_however_often_it_is_tried() -> None:
    patience = Patience(attempts=5000)
    assert patience.pause(Unreachable("x"), 1000, repeatable=True, dice=0.999) == pytest.approx(5.0, abs=0.01)


@pytest.mark.parametrize("body", ["<html>", '{"detail":', "[]", '{"code":7,"errors":{"a":1},"retry_after":"x"}'])
def test_whatever_a_proxy_says_becomes_a_refusal_with_a_code(body: str) -> None:
    with a_server([(502, {"Content-Type": "application/problem+json"}, body)]) as (url, _), Client(url, sleep=lambda _: None) as client:
        with pytest.raises(Unavailable) as refused:
            client.get("/x")
        assert (refused.value.code, refused.value.detail, refused.value.errors) == ("http_502", "Bad Gateway", ())


def test_a_status_of_no_family_is_a_refusal_all_the_same() -> None:
    with a_server([(418, {}, "")]) as (url, _), Client(url) as client, pytest.raises(Refused) as refused:
        client.get("/x")
    assert type(refused.value) is Refused


def test_a_redirect_is_handed_over_and_not_followed() -> None:
    with a_server([(302, {"Location": "https://evil.example/"}, "")]) as (url, asked), Client(url) as client:
        assert client.get("/x").status_code == 302
        assert len(asked) == 1


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "me", ""])
def test_a_token_goes_nowhere_but_to_its_server(path: str) -> None:
    with Client("https://auth.example.com") as client, pytest.raises(ValueError, match="one slash"):
        client.get(path)


def test_nobody_else_may_bring_the_authorization() -> None:
    with Client("https://auth.example.com") as client, pytest.raises(ValueError, match="Authorization"):
        client.get("/me", headers={"authorization": "Bearer x"})


@pytest.mark.parametrize("address", ["https://auth.example.com/gate/", "http://localhost:8000", "http://127.9.9.9", "http://[::1]:8000"])
def test_an_address_is_private_or_on_this_machine(address: str) -> None:
    assert safe_address(address) == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "http://auth.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "auth.example.com",
        "https://",
        "https://ann:secret@auth.example.com",
        "https://auth.example.com/?a=1",
        "https://auth.example.com/#a",
    ],
)
def test_one_on_which_tokens_could_be_read_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        safe_address(address)


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_certificates_are_verified_whatever_is_handed_in(client: type[Client | AsyncClient]) -> None:
    blind = ssl.create_default_context()
    blind.check_hostname = False
    with pytest.raises(ValueError, match="verified"):
        client("https://auth.example.com", tls=blind)
    blind.verify_mode = ssl.CERT_NONE
    with pytest.raises(ValueError, match="verified"):
        client("https://auth.example.com", tls=blind)


def test_a_second_factor_that_is_due_is_an_answer_and_no_error() -> None:
    due = '{"mfa_required": true, "mfa_token": "mfa-secret", "methods": ["totp", "recovery_code"]}'
    with a_server([(200, {}, due)]) as (url, _), Client(url) as client:
        answer = client.log_in("ann", "Maru-Bada-72!")
        assert isinstance(answer, FactorDue)
        assert (answer.methods, answer.token.reveal()) == (("totp", "recovery_code"), "mfa-secret")
        assert "mfa-secret" not in repr(answer)
        assert not client.is_logged_in


def test_an_answer_that_is_not_daemuns_logs_nobody_in() -> None:
    for body in ("<html>", "[]", "{}", '{"access_token":"a","refresh_token":"b","expires_in":0}'):
        with a_server([(200, {}, body)]) as (url, _), Client(url) as client:
            with pytest.raises(Unreachable, match="not one of Daemun"):
                client.log_in("ann", "Maru-Bada-72!")
            assert not client.is_logged_in


async def test_tasks_have_the_same_manners() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def ask(answers: Sequence[Answer]) -> int:
        with a_server(answers) as (url, _):
            async with AsyncClient(url, sleep=sleep, dice=lambda: 0.5) as client:
                return (await client.get("/x")).status_code

    assert await ask([BUSY, FINE]) == 200
    assert waited == pytest.approx([0.15])
    with pytest.raises(Missing):
        await ask([(404, {}, "")])
    assert timedelta(seconds=sum(waited)) < timedelta(seconds=1)
