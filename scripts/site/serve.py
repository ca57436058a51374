"""The site on this machine, built anew when a page has changed."""

from __future__ import annotations

import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scripts.site.build import build
from scripts.site.leaves import leaves


def serve(site: Path, port: int = 8001) -> int:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(SimpleHTTPRequestHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{port}")  # noqa: T201 - for whoever ran it
    seen = _moments()
    try:
        while True:
            time.sleep(0.5)
            if (now := _moments()) != seen:
                seen = now
                print(*build(site) or ["▸ built"], sep="\n")  # noqa: T201 - for whoever ran it
    except KeyboardInterrupt:
        return 0


def _moments() -> dict[Path, int]:
    return {leaf.file: leaf.file.stat().st_mtime_ns for leaf in leaves()}
