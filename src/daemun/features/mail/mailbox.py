"""The mailbox of the profile dev: letters that went nowhere, for the person who sits at the machine. No other profile has these routes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from jinja2 import Template
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from daemun.core.address import parsed
from daemun.features.mail import store
from daemun.features.mail.letterbook import LetterBook, revealed, templates
from daemun.features.mail.models import Opened
from daemun.features.mail.routes import LETTER_ID
from daemun.features.mail.service import Mail
from daemun.plugin import APIRouter, CurrentVisit, Missing, Visit, public, untold

HERE_ONLY = public("only in the profile dev, and only for requests from this machine to this machine")
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; "
    "frame-ancestors 'self'; base-uri 'none'"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept letter in its words."""

    opened: Opened
    subject: str
    text: str
    html: str

    @property
    def plain(self) -> dict[str, Any]:
        letter = self.opened.letter
        return {
            "id": self.opened.id,
            "kind": letter.kind,
            "to": letter.to,
            "language": letter.language,
            "created_at": self.opened.created_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "subject": self.subject,
            "text": self.text,
            "link": revealed(letter.link),
            "code": revealed(letter.code),
        }


def router(mail: Mail, book: LetterBook) -> APIRouter:
    routes, page = APIRouter(prefix="/dev/mail", include_in_schema=False), templates().get_template("mailbox.html")

    @routes.get("", dependencies=[HERE_ONLY])
    async def mailbox(visit: CurrentVisit, request: Request) -> Response:
        only_from_here(visit, request)
        letters = [_shown(book, each) for each in await visit.read(mail.kept)]
        if "text/html" in request.headers.get("accept", ""):
            return _page(page, letters, visit, book)
        return JSONResponse({"letters": [each.plain for each in letters]})

    @routes.get("/{letter_id}/html", dependencies=[HERE_ONLY])
    async def html(visit: CurrentVisit, request: Request, letter_id: str) -> Response:
        only_from_here(visit, request)
        found = await visit.read(mail.kept_one, letter_id) if re.fullmatch(LETTER_ID, letter_id) else None
        if found is None:
            raise Missing
        return HTMLResponse(
            _shown(book, found).html, headers={"Content-Security-Policy": f"{POLICY}; sandbox", "X-Frame-Options": "SAMEORIGIN"}
        )

    @routes.post("/empty", dependencies=[HERE_ONLY], openapi_extra=untold("letters that nobody was sent, in the profile dev alone"))
    async def empty(visit: CurrentVisit, request: Request) -> Response:
        only_from_here(visit, request)
        await visit.work(store.empty)
        return RedirectResponse("../mail", 303)

    return routes


def only_from_here(visit: Visit, request: Request) -> None:
    """Answers others as if there were nothing. A proxy or tunnel on this machine passes strangers on, and a page elsewhere can give its
    own name our address (DNS rebinding) or send its own form here: so it counts how the request was addressed and where it comes from."""
    peer, name = parsed(visit.circumstance.address), request.headers.get("host", "")
    named_here = name.rpartition(":")[0] == "localhost" or name == "localhost" or _is_loopback(name)
    passed_on = any(each in request.headers for each in FORWARDED)
    from_elsewhere = request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    if peer is None or not peer.is_loopback or not named_here or passed_on or (request.method == "POST" and from_elsewhere):
        raise Missing


def _is_loopback(host: str) -> bool:
    address = parsed(host)
    return address is not None and address.is_loopback


def _shown(book: LetterBook, opened: Opened) -> Shown:
    written = book.write(opened.letter)
    return Shown(opened, written.subject, written.text, written.html)


def _page(page: Template, letters: list[Shown], visit: Visit, book: LetterBook) -> Response:
    language = visit.circumstance.language

    def say(code: str) -> str:
        return book.catalogue.say(language, f"mailbox_{code}")

    shown = page.render(letters=[each.plain for each in letters], language=language, say=say)
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Accept, Accept-Language"}
    return HTMLResponse(shown, headers=headers)
