"""`make docs`: builds the site into `build/docs`; a link that leads nowhere is an error. `make docs ARGS=serve` shows it as it changes."""

from __future__ import annotations

import sys

from scripts.site.build import build
from scripts.site.leaves import ROOT
from scripts.site.serve import serve

SITE = ROOT / "build" / "docs"


def main(words: list[str]) -> int:
    wrong = build(SITE)
    for each in wrong:
        print(each, file=sys.stderr)  # noqa: T201 - for whoever ran it
    if words[:1] == ["serve"]:
        return serve(SITE)
    print(SITE / "index.html")  # noqa: T201 - for whoever ran it
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
