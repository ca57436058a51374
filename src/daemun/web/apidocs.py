"""The API's documentation page, from files of our own: nothing is loaded from outside, and no script stands in the page."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from daemun.core.circumstance import Language
from daemun.core.errors import Missing
from daemun.web.catalogue import LANGUAGES, preferred
from daemun.web.requires import public

FOLDER = Path(__file__).parent / "static" / "apidocs"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the vendored style sheet draws its arrows and locks from data: URLs
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    )
)
FOR_A_YEAR = "public, max-age=31536000, immutable"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.I)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file under a name that its content decides, so that a changed file is never taken from an old cache."""

    file: Path
    name: str

    @property
    def slot(self) -> str:
        """Where the page's template names it: `swagger-ui.css` is `$swagger_ui_css`."""
        return self.file.name.replace("-", "_").replace(".", "_")


def router() -> APIRouter:
    """`GET /docs`, and what it needs. Every link in it is relative, so a prefix before it is no matter."""
    routes = APIRouter(include_in_schema=False)
    assets = {asset.name: asset for asset in _assets()}
    pages = {language: _page(language, assets) for language in LANGUAGES}

    @routes.get("/docs", dependencies=[public("says what the program's own document says, and openapi.json is public with it")])
    def docs(request: Request) -> Response:
        language = preferred(request.headers.get("accept-language", ""))
        headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Accept-Language"}
        return HTMLResponse(pages[language], headers=headers)

    @routes.get("/docs/static/{name}", dependencies=[public("files that everybody can download with the package")])
    def static(name: str, request: Request) -> Response:
        asset = assets.get(name)
        if asset is None:
            raise Missing
        return _answer(asset, takes_gzip=TAKES_GZIP.search(request.headers.get("accept-encoding", "")) is not None)

    return routes


def _assets() -> list[Asset]:
    """What may be asked for: the files that lie in the folder, and no path is ever made from a request."""
    return [_named(file) for file in sorted(FOLDER.iterdir()) if file.suffix in TYPES]


def _named(file: Path) -> Asset:
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Asset(file, f"{file.stem}.{digest[:12]}{file.suffix}")


def _page(language: Language, assets: Mapping[str, Asset]) -> str:
    template = Template((FOLDER / f"{language}.html").read_text("utf-8"))
    return template.substitute({asset.slot: f"docs/static/{name}" for name, asset in assets.items()})


def _answer(asset: Asset, *, takes_gzip: bool) -> Response:
    headers = {"Cache-Control": FOR_A_YEAR, "Vary": "Accept-Encoding"}
    if takes_gzip:
        headers["Content-Encoding"] = "gzip"
    content = _packed(asset.file) if takes_gzip else asset.file.read_bytes()
    return Response(content, headers=headers, media_type=TYPES[asset.file.suffix])


@cache
def _packed(file: Path) -> bytes:
    """1.9 MB become 0.5 MB on the way; packed when first asked for, because most workers never are."""
    return gzip.compress(file.read_bytes(), 6, mtime=0)
