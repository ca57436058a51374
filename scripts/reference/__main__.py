"""`make reference`: writes every generated page anew, and says which have changed."""

from __future__ import annotations

from scripts.reference.pages import ROOT, written
from scripts.reference.source import built


def main() -> None:
    with built() as source:
        for path, text in written(source):
            if not path.exists() or path.read_text("utf-8") != text:
                path.write_text(text, "utf-8")
                print(path.relative_to(ROOT))  # noqa: T201 - for whoever ran it


if __name__ == "__main__":
    main()
