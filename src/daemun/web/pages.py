"""Pages for people: one look, one policy, both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Scope

from daemun.core.actor import Actor
from daemun.core.circumstance import Language
from daemun.core.errors import Flaw, Refusal, TooMany, Unauthenticated, Unavailable
from daemun.core.noted import refused
from daemun.ports.system import Entropy
from daemun.web.assets import Assets
from daemun.web.catalogue import LANGUAGES, Catalogue
from daemun.web.cookies import Browser, Jar
from daemun.web.csrf import FIELD, Csrf, CsrfDue
from daemun.web.forms import Form
from daemun.web.problems import headers_of, status_of
from daemun.web.requires import ReauthenticationDue
from daemun.web.returning import local
from daemun.web.visit import Visit

FOLDER: Final = Path(__file__).parent / "templates"
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Vary": "Accept-Language, Cookie",
    "Cache-Control": "no-store",
    # With no-referrer a browser sends `Origin: null` with our own forms, and we could not tell them from a sandbox's.
    "Referrer-Policy": "same-origin",
}
FLOW_BYTES: Final = 18
SIGN_IN: Final = "/signin"
ACCOUNT: Final = "/account"
REAUTHENTICATE: Final = "/reauthenticate"
DONE: Final = "done_"
SHOWN: Final[dict[Language, str]] = {"ko": "%Y. %m. %d. %H:%M UTC", "en": "%Y-%m-%d %H:%M UTC"}


@dataclass(frozen=True, slots=True)
class Pages:
    environment: Environment
    catalogue: Catalogue
    jar: Jar
    csrf: Csrf
    entropy: Entropy
    assets: Assets
    base: str
    """The path in front of ours where people open us: "" or "/gate"."""
    outer: str
    """The path in front of the application we are installed in."""

    @classmethod
    def of(
        cls,
        folders: Sequence[Path],
        *,
        catalogue: Catalogue,
        jar: Jar,
        csrf: Csrf,
        entropy: Entropy,
        base: str = "",
        prefix: str = "",
    ) -> Pages:
        """`folders`: each feature's `templates`, in which its pages lie in a folder of the feature's name.

        `prefix`: the end of `base` that the application itself sees.
        """
        environment = Environment(
            loader=FileSystemLoader([FOLDER, *folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        base = base.rstrip("/")
        return cls(environment, catalogue, jar, csrf, entropy, Assets.read(), base, base.removesuffix(prefix))

    def render(self, visit: Visit, template: str, status: int = 200, **data: Any) -> Response:
        """The page in the visit's language. A browser that comes for the first time is given the cookie its forms are bound to."""
        browser = visit.browser if visit.browser.flow else replace(visit.browser, flow=self.entropy.bytes(FLOW_BYTES).hex())
        words = self._words(visit, browser)
        text = self.environment.get_template(template).render(words | data)
        response = HTMLResponse(text, status, {**HEADERS, "Content-Language": visit.circumstance.language})
        if browser is not visit.browser:
            self.jar.set(response, "flow", browser.flow)
        if visit.browser.language is not None and _asked(visit).get("lang"):
            self.jar.choose(response, visit.browser.language)
        return response

    def again(self, visit: Visit, template: str, form: Form, refusal: Refusal, **data: Any) -> Response:
        """The form once more, with what was typed and what is wrong with it."""
        response = self.render(visit, template, status_of(type(refusal)), form=form.refused(refusal), **data)
        response.headers.update(headers_of(refusal))
        return response

    def to(self, path: str, *, done: str = "") -> Response:
        """Off to another page of ours (303); `done` names the sentence `done_…` that is shown there once."""
        where = local(path)
        if done:
            self._sentence("ko", DONE + done)
            where = where.partition("#")[0]
            where += f"{'&' if '?' in where else '?'}{urlencode({'done': done})}"
        return self._away(self.base + where)

    def back(self, path: str) -> Response:
        """To where somebody came from, as they saw it: a page of ours, or of the application we are installed in."""
        return self._away(local(path, self.base + ACCOUNT))

    def refuse(self, visit: Visit, refusal: Refusal, path: str) -> Response:
        """What a person sees instead of `application/problem+json`. Who only has to sign in, and asked for a page, is led there.

        `path`: of the page they asked for, as they saw it.
        """
        reading = visit.circumstance.method in ("GET", "HEAD")
        back = local(path + (f"?{visit.query}" if visit.query and reading else ""))
        way = Way.after(refusal, back, visit.actor, self.base)
        if reading and isinstance(refusal, Unauthenticated):
            return self._away(way.path)
        refused(refusal.code)
        sentence, status = self._told(visit.circumstance.language, refusal), status_of(type(refusal))
        response = self.render(visit, "refusal.html", status, sentence=sentence, flaws=refusal.flaws, way=way)
        response.headers.update(headers_of(refusal))
        return response

    def trouble(self, visit: Visit, status: int, code: str) -> Response:
        """What is nobody's refusal: an address that is not there, an error of ours."""
        refused(code)
        sentence = self.catalogue.say(visit.circumstance.language, code)
        return self.render(visit, "refusal.html", status, sentence=sentence, flaws=(), way=Way.home(visit.actor, self.base))

    def _away(self, path: str) -> Response:
        return RedirectResponse(path, 303, {"Cache-Control": "no-store"})

    def _words(self, visit: Visit, browser: Browser) -> dict[str, Any]:
        language = visit.circumstance.language
        return {
            "lang": language,
            "say": partial(self._sentence, language),
            "told": partial(self._told, language),
            "csrf_token": partial(self.csrf.token, browser),
            "csrf_field": partial(self._csrf_field, browser),
            "asset": lambda name: self.base + self.assets.path(name),
            "home": self.base + (ACCOUNT if visit.actor.is_known else SIGN_IN),
            "link": lambda path: self.base + path,
            "moment": partial(_moment, language),
            "actor": visit.actor,
            "request_id": visit.circumstance.request_id,
            "done": self._done(visit),
            "languages": _switch(visit),
        }

    def _sentence(self, language: Language, code: str, **data: object) -> str:
        """A word that nobody wrote is a mistake in the template."""
        if code not in self.catalogue.sentences[language]:
            raise LookupError(f"no sentence for {code}")
        return self.catalogue.say(language, code, data)

    def _told(self, language: Language, what: Refusal | Flaw) -> str:
        return self.catalogue.say(language, what.code, dict(what.data))

    def _csrf_field(self, browser: Browser) -> Markup:
        return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, self.csrf.token(browser))

    def _done(self, visit: Visit) -> str | None:
        """Only what we have a sentence for: an address cannot make a page of ours say something else."""
        code = DONE + _asked(visit).get("done", "")
        return self.catalogue.sentences[visit.circumstance.language].get(code)


@dataclass(frozen=True, slots=True)
class Way:
    """Where it is put right, or where to go instead."""

    path: str
    words: str

    @classmethod
    def after(cls, refusal: Refusal, back: str, actor: Actor, base: str) -> Way:
        if isinstance(refusal, ReauthenticationDue):
            return cls(f"{base}{REAUTHENTICATE}?next={quote(back, safe='/')}", "page_refusal_confirm")
        if isinstance(refusal, Unauthenticated):
            return cls(f"{base}{SIGN_IN}?next={quote(back, safe='/')}", "page_refusal_signin")
        if isinstance(refusal, CsrfDue | TooMany | Unavailable):
            return cls(back, "page_refusal_again")
        return cls.home(actor, base)

    @classmethod
    def home(cls, actor: Actor, base: str) -> Way:
        return cls(base + (ACCOUNT if actor.is_known else SIGN_IN), "page_refusal_home")


def is_for_a_person(headers: Headers) -> bool:
    """A browser says when an answer will stand in its window."""
    return headers.get("sec-fetch-dest") == "document"


def path_of(scope: Scope) -> str:
    """Without the prefix under which the application is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _asked(visit: Visit) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(visit.query, max_num_fields=50).items()}
    except ValueError:
        return {}


def _switch(visit: Visit) -> tuple[tuple[Language, str], ...]:
    """The same page in each language: nothing where a form was sent, because its answer has no address."""
    if visit.circumstance.method != "GET":
        return ()
    kept = {name: value for name, value in _asked(visit).items() if name not in ("lang", "done")}
    return tuple((language, "?" + urlencode(kept | {"lang": language})) for language in LANGUAGES)


def _moment(language: Language, at: datetime) -> Markup:
    """UTC, which the page's script turns into the reader's own time."""
    utc = at.astimezone(UTC)
    machine, shown = utc.isoformat(timespec="seconds").replace("+00:00", "Z"), utc.strftime(SHOWN[language])
    return Markup('<time datetime="{}" data-local>{}</time>').format(machine, shown)
