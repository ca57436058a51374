"""The generator's settings for one language."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Sequence
from typing import Any, Final

from scripts.site.leaves import PREFIX, Leaf

from daemun.core.circumstance import Language

WORDS: Final = {
    "ko": {
        "name": "대문",
        "about": "파이썬 팀의 대문: 누가 들어오고, 무엇을 할 수 있고, 무엇을 했는지",
        "light": "밝게 보기",
        "dark": "어둡게 보기",
        "system": "시스템 설정대로 보기",
    },
    "en": {
        "name": "Daemun",
        "about": "The gate of a Python team: who comes in, what they may do, and what they did",
        "light": "Switch to light",
        "dark": "Switch to dark",
        "system": "Follow the system",
    },
}
LANGUAGES: Final = {"ko": "한국어", "en": "English"}


def config(language: Language, menu: Sequence[tuple[str, Sequence[Leaf]]]) -> str:
    """JSON, which is YAML, too."""
    words = WORDS[language]
    nav: list[dict[str, Any]] = [{words["name"]: "index.md"}]
    nav += [{title: [{each.title: each.source} for each in pages]} for title, pages in menu]
    told = {
        "site_name": words["name"],
        "site_description": words["about"],
        "docs_dir": language,
        "site_dir": f"site-{language}",
        "use_directory_urls": False,
        "nav": nav,
        "theme": _theme(language),
        "extra_css": ["looks/site.css"],
        "extra": {"generator": False, "alternate": [_alternate(language, other) for other in PREFIX]},
        "markdown_extensions": [
            "tables",
            "admonition",
            "attr_list",
            "md_in_html",
            {"toc": {"permalink": True, "toc_depth": 3, "slugify": {"object": "pymdownx.slugs.slugify", "kwds": {"case": "lower"}}}},
            {"pymdownx.highlight": {"anchor_linenums": False, "pygments_lang_class": True}},
            "pymdownx.superfences",
        ],
    }
    return json.dumps(told, ensure_ascii=False)


def _theme(language: Language) -> dict[str, Any]:
    words = WORDS[language]
    return {
        "language": language,
        "font": False,  # the reader's own, and nothing from outside
        "logo": "looks/mark.svg",
        "favicon": "looks/mark.svg",
        "features": ["content.code.copy", "navigation.footer", "navigation.sections", "navigation.top", "search.highlight"],
        "palette": [
            {"media": "(prefers-color-scheme)", "toggle": {"icon": "lucide/sun-moon", "name": words["light"]}},
            {"media": "(prefers-color-scheme: light)", "scheme": "default", "toggle": {"icon": "lucide/sun", "name": words["dark"]}},
            {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "toggle": {"icon": "lucide/moon", "name": words["system"]}},
        ],
    }


def _alternate(language: Language, other: Language) -> dict[str, str]:
    home = posixpath.relpath(f"{PREFIX[other]}index.html", PREFIX[language] or ".")
    return {"name": LANGUAGES[other], "link": home, "lang": other}
