"""How an examination reads in a terminal: what is wrong in full with what mends it, what is well in a line a group."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import typer

from daemun import __version__
from daemun.app.doctor import ClauseResult, Report, Result, Standing
from daemun.cli.table import pad, printable, table, width
from daemun.core.circumstance import Language
from daemun.core.finding import RISING, Finding, Verdict
from daemun.core.sentence import Sentence

COLOURS: Final[dict[Standing, str]] = {"pass": "green", "deviation": "yellow", "fail": "red", "unseen": "bright_black"}
NAMES: Final[dict[Standing, Sentence]] = {
    "pass": Sentence("정상", "pass"),
    "deviation": Sentence("벗어남", "deviation"),
    "fail": Sentence("실패", "fail"),
    "unseen": Sentence("못 봄", "unseen"),
    "built-in": Sentence("설정과 무관", "built in"),
    "not-built": Sentence("아직 없음", "not built"),
}
MARGIN: Final = max(width(said) for name in RISING for said in NAMES[name])
CLAUSES: Final = Sentence("조항", "clause")
PROFILE: Final = Sentence("prod와 다른 점", "what prod does not allow, or sets otherwise")
HERE: Final = Sentence("여기", "here")
ACCEPTED: Final = Sentence("[알고 정함]", "[accepted]")
MORE: Final = Sentence("하나씩: daemun doctor -v · 각 점검의 뜻: docs/reference/doctor.ko.md", "One by one: daemun doctor -v")
NARROWEST: Final = 40


@dataclass(frozen=True, slots=True)
class Paper:
    """`columns`: how wide the terminal is; None where there is none, and a line is as long as it is."""

    language: Language
    columns: int | None = None
    verbose: bool = False

    def said(self, sentence: Sentence) -> str:
        return sentence.said(self.language)

    def mark(self, standing: Standing) -> str:
        """The word, as wide as all of them, in its colour."""
        padded = pad(self.said(NAMES[standing]), MARGIN)
        return padded if "NO_COLOR" in os.environ else typer.style(padded, fg=COLOURS.get(standing))

    def flowing(self, start: str, taken: int, text: str) -> Iterator[str]:
        """From the column after `start`, broken between words at the end of the line."""
        room = max(NARROWEST, self.columns - taken) if self.columns else None
        line = ""
        for word in printable(text).split(" "):
            if line and room is not None and width(line) + 1 + width(word) > room:
                yield start + line
                start, line = " " * taken, word
            else:
                line = f"{line} {word}" if line else word
        yield start + line


def shown(report: Report, paper: Paper) -> str:
    wide = max((width(each.check.name) for each in report.results), default=0)
    parts = [
        [f"Daemun {__version__} · {report.profile} · {report.base_url}"],
        list(_checks(report, paper, wide)),
        list(_clauses(report, paper)),
        list(_differences(report, paper)),
        list(_end(report, paper)),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _checks(report: Report, paper: Paper, wide: int) -> Iterator[str]:
    """In the order of the rooms when all is told; else rising, so that what is worst stands last, where it is read first."""
    if paper.verbose:
        for each in report.results:
            yield from _result(report, each, paper, wide)
        return
    for group, names in _by(report, "pass", lambda each: each.group):
        yield from paper.flowing(f"{paper.mark('pass')}  {pad(group, wide)}  ", MARGIN + wide + 4, " · ".join(names))
    for reason, names in _by(report, "unseen", lambda each: paper.said(each.findings[0].what)):
        yield from paper.flowing(f"{paper.mark('unseen')}  ", MARGIN + 2, f"{', '.join(names)}: {reason}")
    for verdict in RISING[RISING.index("unseen") + 1 :]:
        for each in report.results:
            if each.verdict == verdict:
                yield from _result(report, each, paper, wide)


def _by(report: Report, verdict: Verdict, key: Callable[[Result], str]) -> Iterator[tuple[str, list[str]]]:
    """The names of those with that verdict, together where they have the same key; without what the key says already."""
    found: dict[str, list[str]] = {}
    for each in report.results:
        if each.verdict == verdict:
            found.setdefault(key(each), []).append(each.check.name.removeprefix(f"{key(each)}."))
    yield from found.items()


def _result(report: Report, result: Result, paper: Paper, wide: int) -> Iterator[str]:
    check, taken = result.check, MARGIN + wide + 4
    told = result.findings or (Finding("pass", Sentence(check.ko, check.en)),)
    name, more = check.name, f"({paper.said(CLAUSES)} {', '.join(map(str, check.clauses))})" if check.clauses else ""
    more = " ".join(filter(None, (more, paper.said(ACCEPTED) if result.accepted else "")))
    for finding in sorted(told, key=lambda each: -RISING.index(each.verdict)):
        text = " ".join(filter(None, (paper.said(finding.what), more)))
        yield from paper.flowing(f"{paper.mark(finding.verdict)}  {pad(name, wide)}  ", taken, text)
        if finding.fix is not None:
            yield from paper.flowing(" " * taken + "→ ", taken + 2, paper.said(finding.fix) + _causes(report, finding, paper))
        name, more = "", ""


def _causes(report: Report, finding: Finding, paper: Paper) -> str:
    """The values that are in force, and where they came from."""
    listed = "; ".join(f"{each.env}={each.value}, {each.source}" for each in report.caused_by(finding) if each.value)
    return f"  ({paper.said(HERE)}: {listed})" if listed else ""


def _clauses(report: Report, paper: Paper) -> Iterator[str]:
    """A line for each standard: how many of its clauses stand how, and the numbers of those that do not stand well."""
    heads = ("", *(paper.said(name) for name in NAMES.values()))
    rows = []
    for standard, found in groupby(report.clauses, key=lambda each: each.clause.standard):
        listed = list(found)
        rows.append((standard, *(_cell(listed, standing) for standing in NAMES)))
    if rows:
        yield table(heads, rows)
    for each in report.clauses if paper.verbose else ():
        waits = f" ({each.clause.waits})" if each.clause.waits else ""
        text = f"{paper.said(each.clause.asks)} · {each.clause.source}{waits}"
        yield from paper.flowing(f"{each.clause.id:>3} {pad(paper.said(NAMES[each.standing]), MARGIN + 4)}  ", MARGIN + 10, text)


def _cell(found: list[ClauseResult], standing: Standing) -> str:
    those = [str(each.clause.id) for each in found if each.standing == standing]
    if not those:
        return "-"
    return f"{len(those)} ({', '.join(those)})" if standing in ("deviation", "fail", "unseen") else str(len(those))


def _differences(report: Report, paper: Paper) -> Iterator[str]:
    if report.differences:
        rows = [(paper.said(what), here, prod) for _, what, here, prod in report.differences]
        yield table((paper.said(PROFILE), report.profile, "prod"), rows)


def _end(report: Report, paper: Paper) -> Iterator[str]:
    count = report.count()
    yield " · ".join(f"{paper.said(NAMES[each])} {count[each]}" for each in reversed(RISING) if count.get(each))
    if not paper.verbose:
        yield paper.said(MORE)
