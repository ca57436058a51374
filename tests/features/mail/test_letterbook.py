"""A letter reads well as text and as a page, in Korean and in English, and says nothing its writer did not mean."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.features.mail.rooms import LINK, SITE, a_book, a_letter

from daemun.core.circumstance import Language
from daemun.core.secret import Secret
from daemun.features.mail import BadWords, LetterBook, Unwritable
from daemun.features.mail.letterbook import wrapped
from daemun.ports.letters import Letter

GOOD = '[hello]\nsubject = "Hello"\nlines = ["Hello {name}."]\n'


class Page(HTMLParser):
    """What a reader of the page meets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: list[str] = []
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize(
    ("language", "subject", "button"), [("ko", "안은주 님, 환영합니다", "이메일 확인"), ("en", "Welcome, 안은주", "Confirm the address")]
)
def test_a_letter_says_the_same_as_text_and_as_a_page(language: Language, subject: str, button: str) -> None:
    written = a_book().write(a_letter(language=language))
    page = Page(written.html)
    assert written.subject == subject
    for each in (LINK, "48201937", button, SITE, "ann_2026", "24"):
        assert each in written.text
        assert each in page.said
    assert page.links == [LINK, LINK], "a button, and the bare address beneath it"
    assert f'<html lang="{language}">' in written.html
    assert '<meta name="color-scheme" content="light dark">' in written.html
    assert "prefers-color-scheme: dark" in written.html
    assert 'name="viewport"' in written.html
    assert not {"table", "script", "img", "link"} & set(page.tags)


def test_a_letter_without_a_link_has_no_button() -> None:
    written = a_book().write(Letter("notice", "ann@example.com", "ko", fields={"handle": "ann_2026"}))
    assert Page(written.html).links == []
    assert "ann_2026 계정의 비밀번호가 방금 바뀌었습니다." in written.text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_line_of_the_text_is_wider_than_72_columns_but_an_address(language: Language) -> None:
    """RFC 5322 2.1.1; a Hangul syllable takes two columns."""
    long = replace(a_letter(language=language), link=Secret(f"{SITE}/verify?t={'x' * 100}"))
    for line in a_book().write(long).text.splitlines():
        width = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in line)
        assert width <= 72 or line.startswith("https://")
    assert f"{SITE}/verify?t={'x' * 100}\n" in a_book().write(long).text


def test_words_are_wrapped_where_they_end() -> None:
    assert wrapped("가" * 30 + " " + "나" * 6) == "가" * 30 + "\n" + "나" * 6
    assert wrapped("") == ""
    assert wrapped("x" * 200) == "x" * 200


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{handle}{{ 7*7 }}{% raw %}", "&lt;b&gt;"])
def test_a_name_is_text_and_nothing_more(name: str) -> None:
    written = a_book().write(a_letter(name=name))
    page = Page(written.html)
    assert name in page.said
    assert not {"script", "img", "b"} & set(page.tags)
    assert "onerror" not in page.attributes
    assert name in written.subject
    assert name in written.text


@pytest.mark.parametrize("name", ["https://evil.example/win", "당첨! www.evil.example", "win@evil.example", "evil。example", "http:evil"])
def test_a_name_is_no_address_to_click_on(name: str) -> None:
    """Whoever signs up with somebody else's address would write to them in our name."""
    written = a_book().write(a_letter(name=name))
    for said in (written.subject, written.text.replace(LINK, "").replace(SITE, ""), Page(written.html).said):
        assert name not in said
        assert not re.search(r"evil\S+example|www\.\S|://evil|@evil|http:evil", said)


def test_names_of_people_stay_readable() -> None:
    for name, shown in {"J.R.R. Kim": "J. R. R. Kim", "Dr. Ann O'Neil-Park": "Dr. Ann O'Neil-Park", "안은주": "안은주"}.items():
        assert shown in a_book().write(a_letter(name=name)).text


@pytest.mark.parametrize("name", ["안은주\r\nBcc: eve@example.com", "안은주\nSubject: Hi", "안은주\u2028\u202edlrow\x00", "안 " * 500])
def test_a_name_makes_no_header_and_no_paragraph(name: str) -> None:
    written = a_book().write(a_letter(name=name))
    assert written.subject.isprintable()
    assert len(written.subject) < 300
    assert "\nBcc:" not in written.text
    assert "\u202e" not in written.text


def test_a_letter_with_less_than_its_words_speak_of_is_not_written() -> None:
    book = a_book()
    for letter in (Letter("none", "a@b.example", "ko"), replace(a_letter(), fields={"name": "Ann"}), replace(a_letter(), link=None)):
        with pytest.raises(Unwritable):
            book.write(letter)
    with pytest.raises(Unwritable):
        book.write(Letter("notice", "a@b.example", "ko", fields={"handle": "ann"}, link=Secret(LINK)))


def test_a_letter_may_say_which_installation_it_is_about(tmp_path: Path) -> None:
    words(tmp_path, '[hello]\nsubject = "{site}"\nlines = ["x"]\n')
    assert LetterBook.read([tmp_path], site=SITE).write(Letter("hello", "a@b.example", "en")).subject == SITE


@pytest.mark.parametrize(
    ("ko", "en"),
    [
        (GOOD, ""),
        (GOOD, GOOD.replace("hello]", "other]")),
        (GOOD, GOOD.replace("{name}", "{nmae}")),
        (GOOD, GOOD + 'button = "Press"\n'),
        (GOOD + 'buton = "눌러"\n', GOOD + 'buton = "Press"\n'),
        *((bad, bad) for bad in (
            GOOD.replace("{name}", "{name.__class__}"),
            GOOD.replace("{name}", "{0}"),
            GOOD.replace("{name}", "{name"),
            GOOD.replace("{name}", "{link}"),
            GOOD.replace("{name}", "{code}"),
            GOOD.replace('"Hello"', '"Hello\\r\\nBcc: x"'),
            GOOD.replace('"Hello"', '""'),
            GOOD.replace('"Hello"', "7"),
            '[hello]\nsubject = "Hello"\nlines = []\n',
            '[hello]\nsubject = "Hello"\nlines = "Hello"\n',
            '[hello]\nsubject = "Hello"\n',
            '[Hello]\nsubject = "Hello"\nlines = ["x"]\n',
            'hello = "Hello"\n',
        )),
    ],
)  # fmt: skip
def test_words_that_nobody_could_send_stop_the_start(tmp_path: Path, ko: str, en: str) -> None:
    words(tmp_path, ko, en)
    with pytest.raises(BadWords):
        LetterBook.read([tmp_path], site=SITE)


def test_one_kind_in_two_places_stops_the_start(tmp_path: Path) -> None:
    for each in ("one", "two"):
        (tmp_path / each).mkdir()
        words(tmp_path / each, GOOD)
    LetterBook.read([tmp_path / "one"], site=SITE)
    with pytest.raises(BadWords, match="already"):
        LetterBook.read([tmp_path / "one", tmp_path / "two"], site=SITE)


def test_a_missing_language_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "ko.toml").write_text(GOOD, "utf-8")
    with pytest.raises(FileNotFoundError):
        LetterBook.read([tmp_path], site=SITE)


def words(folder: Path, ko: str, en: str | None = None) -> None:
    (folder / "ko.toml").write_text(ko, "utf-8")
    (folder / "en.toml").write_text(ko if en is None else en, "utf-8")
