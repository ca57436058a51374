"""What pages are dressed with: files of our own under names that their content decides."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from daemun.core.errors import Missing
from daemun.web.requires import public

FOLDER: Final = Path(__file__).parent / "static" / "pages"
TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
HEADERS: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True, slots=True)
class Assets:
    files: dict[str, bytes]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Assets:
        return cls({file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix in TYPES})

    def path(self, name: str) -> str:
        """KeyError for a file that is not there."""
        return f"/assets/{hashlib.sha256(self.files[name]).hexdigest()[:16]}/{name}"


def router(assets: Assets) -> APIRouter:
    """No path is ever made from a request: what may be asked for is listed before anybody asks."""
    routes = APIRouter(include_in_schema=False)
    listed = {assets.path(name): (content, TYPES[Path(name).suffix]) for name, content in assets.files.items()}

    @routes.get("/assets/{digest}/{name}", dependencies=[public("files that everybody can download with the package")])
    async def asset(digest: str, name: str) -> Response:
        found = listed.get(f"/assets/{digest}/{name}")
        if found is None:
            raise Missing
        return Response(found[0], headers=HEADERS, media_type=found[1])

    return routes
