"""Letters over SMTP, against a real server: with the protection that was asked for, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.servers.mail import Mailserver, Postbox, Protection, a_server, mailserver
from tests.servers.process import free_port

from daemun.adapters.smtp import Server, SmtpPost
from daemun.core.secret import Secret
from daemun.ports.post import Message, Outcome

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def a_message(to: str = "ann@example.com", *, letter: str = "01K0000000000000000000LET1", **changes: Any) -> Message:
    given: dict[str, Any] = {
        "subject": "안은주 님, 환영합니다",
        "text": "안녕하십니까.\n",
        "html": "<p>안녕하십니까.</p>\n",
        "language": "ko",
        "date": AT,
    }
    return Message(id=letter, to=to, **given | changes)


async def sent(server: Server, *messages: Message) -> list[Outcome]:
    return [each async for each in SmtpPost(server).send(messages or [a_message()])]


async def became(server: Server, *messages: Message) -> list[tuple[str, str]]:
    return [(each.became, each.error) for each in await sent(server, *messages)]


@pytest.mark.parametrize("protection", ["starttls", "implicit"])
async def test_a_letter_goes_over_tls_after_a_login(tmp_path: Path, protection: Protection) -> None:
    with mailserver(tmp_path, protection) as there:
        assert await became(there.server) == [("sent", "")]
        assert there.box.logins == [True]
        (received,) = there.box.received
        assert (received.sender, received.recipients) == ("gate@example.org", ["ann@example.com"])


async def test_a_letter_says_who_sent_it_when_and_that_a_machine_did(tmp_path: Path) -> None:
    """RFC 5322 3.6, RFC 3834 5."""
    with mailserver(tmp_path) as there:
        await sent(there.server)
        mail = there.box.received[0].mail
    assert str(mail["From"]) == "대문 <gate@example.org>"
    assert (mail["To"], mail["Subject"]) == ("ann@example.com", "안은주 님, 환영합니다")
    assert mail["Message-ID"] == "<01K0000000000000000000LET1@example.org>"
    assert mail["Date"].datetime == AT
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "ko")
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert "안녕하십니까" in plain.get_content()
    assert rich.get_content().strip() == "<p>안녕하십니까.</p>"


@pytest.mark.parametrize("protection", ["starttls", "implicit"])
async def test_a_server_nobody_vouches_for_learns_nothing(tmp_path: Path, protection: Protection) -> None:
    with mailserver(tmp_path, protection) as there:
        assert await became(replace(there.server, ca_file=None)) == [("later", "certificate")]
        learnt_nothing(there)


@pytest.mark.parametrize("protection", ["starttls", "implicit"])
async def test_a_certificate_of_another_name_is_refused(tmp_path: Path, protection: Protection) -> None:
    with mailserver(tmp_path, protection, name="elsewhere.example") as there:
        assert await became(there.server) == [("later", "certificate")]
        learnt_nothing(there)


async def test_a_server_that_offers_no_tls_gets_neither_password_nor_letter(tmp_path: Path) -> None:
    """As somebody between would make it look (RFC 8314 5.2)."""
    with mailserver(tmp_path) as there:
        asked = replace(there.server, protection="starttls", user="gate@example.org", password=Secret("Right-Horse-7"))
        assert await became(asked) == [("later", "protocol")]
        learnt_nothing(there)


async def test_a_wrong_password_is_ours_to_mend(tmp_path: Path) -> None:
    with mailserver(tmp_path, "starttls") as there:
        assert await became(replace(there.server, password=Secret("Wrong-Horse-7"))) == [("later", "535 login")]
        assert not there.box.received
        assert not any(there.box.logins)


async def test_many_letters_take_one_connection(tmp_path: Path) -> None:
    with mailserver(tmp_path) as there:
        outcomes = await became(there.server, *(a_message(letter=f"letter{number}") for number in range(50)))
        assert outcomes == [("sent", "")] * 50
        assert there.box.connections == 1


async def test_a_refused_reader_does_not_keep_the_others_from_their_letters(tmp_path: Path) -> None:
    box = Postbox(answers={"gone@example.com": ["550 5.1.1 gone@example.com unknown"], "full@example.com": ["452 4.2.2 full@example.com"]})
    box.at_data = {"spam@example.com": "554 5.7.1 spam@example.com", "busy@example.com": "451 4.3.0 later"}
    people = ["gone", "ann", "full", "spam", "busy", "bob"]
    with mailserver(tmp_path, box=box) as there:
        outcomes = await became(there.server, *(a_message(f"{each}@example.com") for each in people))
    assert outcomes == [
        ("refused", "550 recipient"),
        ("sent", ""),
        ("later", "452 recipient"),
        ("refused", "554 data"),
        ("later", "451 data"),
        ("sent", ""),
    ]
    assert not [error for _, error in outcomes if "@" in error], "what the server says quotes addresses, and is not kept"


async def test_a_server_that_hangs_up_between_letters_is_called_again(tmp_path: Path) -> None:
    with mailserver(tmp_path, box=Postbox(drops_after=2, slow=0.03)) as there:
        outcomes = await became(there.server, *(a_message(letter=f"letter{number}") for number in range(6)))
    assert [each for each, _ in outcomes].count("sent") >= 4
    assert {each for each, _ in outcomes} <= {"sent", "later"}
    assert there.box.connections > 1


async def test_a_server_that_is_away_is_asked_once_for_all_of_them() -> None:
    assert await became(a_server(free_port()), *[a_message()] * 3) == [("later", "connection")] * 3


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with mailserver(tmp_path, box=Postbox(slow=30)) as there:
        assert await became(replace(there.server, timeout=0.3)) == [("later", "timeout")]


@pytest.mark.parametrize(
    "to", ["a@b.example\r\nBcc: c@d.example", "a@b.example>\r\nDATA", "a@b.example,c@d.example", "Ann <a@b.example>", "a@b.example\x00", ""]
)
def test_a_recipient_cannot_smuggle_in_another(to: str) -> None:
    with pytest.raises(ValueError, match="one plain address"):
        a_message(to)


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: c@d.example", "Hello\nX: y", "Hello\rX: y", "Hello\u2028X: y", "Hello\x00"])
def test_a_subject_cannot_smuggle_in_a_header(subject: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        a_message(subject=subject)


@pytest.mark.parametrize("to", ["=?utf-8?q?c=40d.example=3e=2c?=@b.example", "=?utf-8?b?YSxi?=@b.example", "=?utf-8?q??=@b.example"])
def test_a_recipient_is_written_in_no_code(to: str) -> None:
    """RFC 2047 5: no encoded word in an address; libraries decode it all the same, and fell over the last of these."""
    with pytest.raises(ValueError, match="one plain address"):
        a_message(to)


async def test_a_letter_that_cannot_be_written_does_not_keep_the_others_from_their_readers(tmp_path: Path) -> None:
    crooked = ":;?b?한]😀(:>=_>=??b?_[_)utf-8?=한"  # the standard library falls over it
    with mailserver(tmp_path) as there:
        first, second = await became(there.server, a_message(subject=crooked), a_message("bob@example.com"))
    assert first in [("refused", "unwritable"), ("sent", "")]
    assert second == ("sent", "")


async def test_a_line_with_one_dot_does_not_end_a_letter(tmp_path: Path) -> None:
    """RFC 5321 4.5.2."""
    with mailserver(tmp_path) as there:
        await sent(there.server, a_message(text="one\n.\nMAIL FROM:<c@d.example>\n..\n", html="<p>.\r\n.\r\nQUIT</p>\n"))
        assert len(there.box.received) == 1
        body = there.box.received[0].mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == "one\n.\nMAIL FROM:<c@d.example>\n..\n"


def test_the_password_is_in_no_repr() -> None:
    assert "Right-Horse" not in repr(a_server(25, "starttls"))


def learnt_nothing(there: Mailserver) -> None:
    assert (there.box.received, there.box.asked, there.box.logins) == ([], [], [])
