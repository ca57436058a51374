"""Pages without a browser: cookies are kept, redirects followed, forms filled in and sent as a browser would send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2
from tests.house import ADDRESS, House

Fields = dict[str, list[str]]


@dataclass(slots=True)
class PageForm:
    """A form as it stands on the page: `fields` is what would be sent untouched."""

    action: str = ""
    method: str = "get"
    fields: Fields = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    text: str = ""


@dataclass(slots=True)
class Page:
    answer: httpx2.Response
    forms: list[PageForm] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    """Address by words."""
    text: str = ""
    title: str = ""
    lang: str = ""

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        """Where one is after all redirects, with the query."""
        return self.answer.url.raw_path.decode()

    @property
    def html(self) -> str:
        return self.answer.text

    def form(self, having: str | None = None) -> PageForm:
        """The form that has this field, or these words; the first that is sent by POST when none are said."""
        posted = [each for each in self.forms if each.method == "post"]
        found = [each for each in posted if having is None or having in each.names or having in each.action or having in each.text]
        assert found, f"no form with {having!r} on {self.path} ({self.status}): {self.text}"
        return found[0]


@dataclass(slots=True)
class PageClient:
    """`page = await client.open("/signin")`; `page = await client.submit(page, user_id="ann", password="…")`."""

    http: httpx2.AsyncClient

    async def open(self, path: str, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Page:
        return _read(await self.http.get(path, follow_redirects=follow, headers=headers))

    async def follow(self, page: Page, words: str) -> Page:
        """Clicks the link with these words."""
        return await self.open(urljoin(str(page.answer.url), page.links[words]))

    async def submit(
        self,
        page: Page,
        form: str | None = None,
        *,
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
        without: tuple[str, ...] = (),
        **fields: str | bool,
    ) -> Page:
        """Fills in and sends; a box is ticked with `agree=True`. `form` is a field or words of the one that is meant."""
        chosen = page.form(form)
        sent = {name: values for name, values in chosen.fields.items() if name not in without}
        for name, value in fields.items():
            assert name in chosen.names, f"{name} is not in this form: {sorted(chosen.names)}"
            sent[name] = [] if value is False else ["1" if value is True else value]
        told = {"origin": self.origin, "sec-fetch-site": "same-origin", **(headers or {})}
        address = urljoin(str(page.answer.url), chosen.action)
        return _read(await self.http.post(address, data=sent, headers=told, follow_redirects=follow))

    @property
    def origin(self) -> str:
        parts = urlsplit(str(self.http.base_url))
        return f"{parts.scheme}://{parts.netloc}"

    def cookie(self, name: str) -> str | None:
        return next((each.value for each in self.http.cookies.jar if each.name == name), None)


def a_page_client(house: House, address: str = ADDRESS, *, agent: str = "test/1", language: str = "ko", **headers: str) -> PageClient:
    """A browser of its own, at the address people open."""
    base = urljoin(house.settings.core.public_url or "http://testserver", "/")
    told = {"user-agent": agent, "accept-language": language, "accept": "text/html", **headers}
    transport = httpx2.ASGITransport(house.app, client=(address, 50_000), raise_app_exceptions=True)
    return PageClient(httpx2.AsyncClient(transport=transport, base_url=base, headers=told))


def _read(answer: httpx2.Response) -> Page:
    reader = _Reader(Page(answer))
    if answer.headers.get("content-type", "").startswith("text/html"):
        reader.feed(answer.text)
        reader.close()
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._form: PageForm | None = None
        self._link: tuple[str, str] | None = None
        self._select = self._area = ""
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self._in = tag if tag in ("title", "script", "style") else self._in
        if tag == "html":
            self.page.lang = told.get("lang", "")
        elif tag == "form":
            self._form = PageForm(told.get("action", ""), told.get("method", "get").lower())
            self.page.forms.append(self._form)
        elif tag == "a":
            self._link = (told.get("href", ""), "")
        elif self._form is not None:
            self._control(self._form, tag, told)

    def _control(self, form: PageForm, tag: str, told: dict[str, str]) -> None:
        name, kind = told.get("name", ""), told.get("type", "text")
        if tag == "option" and self._select and ("selected" in told or self._select not in form.fields):
            form.fields[self._select] = [told.get("value", "")]
        if not name:
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            form.fields[name] = [""]
        elif tag == "input" and kind not in ("submit", "button") and (kind not in ("checkbox", "radio") or "checked" in told):
            form.fields.setdefault(name, []).append(told.get("value", "on" if kind in ("checkbox", "radio") else ""))

    def handle_endtag(self, tag: str) -> None:
        self._in = "" if tag == self._in else self._in
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "a" and self._link is not None:
            self.page.links[" ".join(self._link[1].split())] = self._link[0]
            self._link = None

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.page.title += data
        if self._in in ("title", "script", "style"):
            return
        self.page.text += f" {data}"
        if self._form is not None:
            self._form.text += data
            if self._area:
                self._form.fields[self._area] = [data.removeprefix("\n")]
        if self._link is not None:
            self._link = (self._link[0], self._link[1] + data)
