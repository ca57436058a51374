"""What came of an examination: each check, each clause, and one verdict over all. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from daemun.app.doctor.clauses import Clause, Standing, standing
from daemun.app.section import Entry
from daemun.core.finding import Finding, Verdict, worst
from daemun.core.sentence import Sentence
from daemun.plugin import Check

SCHEMA: Final = 1
"""Of the JSON: names that are there stay and keep their meaning; others may come."""


@dataclass(frozen=True, slots=True)
class Result:
    check: Check[Any]
    findings: tuple[Finding, ...]
    accepted: bool = False
    """Known and chosen: shown, and not counted."""

    @property
    def verdict(self) -> Verdict:
        return worst([each.verdict for each in self.findings])

    @property
    def group(self) -> str:
        return self.check.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class ClauseResult:
    clause: Clause
    standing: Standing
    results: tuple[Result, ...]

    @property
    def settings(self) -> tuple[str, ...]:
        """Those that cause what is not as it should be."""
        blamed = (name for result in self.results for finding in result.findings for name in finding.settings)
        return tuple(dict.fromkeys(blamed))


@dataclass(frozen=True, slots=True)
class Report:
    profile: str
    base_url: str
    results: tuple[Result, ...]
    clauses: tuple[ClauseResult, ...]
    entries: Mapping[str, Entry]
    differences: tuple[tuple[str, Sentence, str, str], ...]
    """What the profile changes against prod: name, what it is, here, there."""

    @property
    def verdict(self) -> Verdict:
        return worst([each.verdict for each in self.results if not each.accepted])

    def count(self) -> Mapping[Verdict, int]:
        return Counter(each.verdict for each in self.results)

    def found(self) -> list[str]:
        """The names of the checks that found something, in order."""
        return [each.check.name for each in self.results if each.verdict in ("deviation", "fail")]

    def plain(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "profile": self.profile,
            "url": self.base_url,
            "verdict": self.verdict,
            "counts": {name: self.count().get(name, 0) for name in ("pass", "unseen", "deviation", "fail")},
            "checks": [self._check(each) for each in self.results],
            "clauses": [_clause(each) for each in self.clauses],
            "profile_differences": [
                {"name": name, "what": _both(what), "here": here, "prod": prod} for name, what, here, prod in self.differences
            ],
        }

    def caused_by(self, finding: Finding) -> Iterator[Entry]:
        """The settings as they are in force; secrets are masked."""
        yield from (self.entries[name] for name in finding.settings if name in self.entries)

    def _check(self, result: Result) -> dict[str, Any]:
        check = result.check
        return {
            "name": check.name,
            "verdict": result.verdict,
            "accepted": result.accepted,
            "what": {"ko": check.ko, "en": check.en},
            "clauses": list(check.clauses),
            "findings": [self._finding(each) for each in result.findings],
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        causes = [{"env": each.env, "value": each.value, "source": each.source} for each in self.caused_by(finding)]
        return {
            "verdict": finding.verdict,
            "what": _both(finding.what),
            "fix": _both(finding.fix) if finding.fix else None,
            "settings": causes,
        }


def judged(clauses: Iterable[Clause], results: Iterable[Result]) -> tuple[ClauseResult, ...]:
    seen = tuple(results)
    return tuple(_judged(clause, tuple(each for each in seen if clause.id in each.check.clauses)) for clause in clauses)


def _judged(clause: Clause, results: tuple[Result, ...]) -> ClauseResult:
    return ClauseResult(clause, standing(clause, [each.verdict for each in results]), results)


def _clause(found: ClauseResult) -> dict[str, Any]:
    clause = found.clause
    return {
        "id": clause.id,
        "source": clause.source,
        "standing": found.standing,
        "waits_for": clause.waits or None,
        "asks": _both(clause.asks),
        "checks": [each.check.name for each in found.results],
        "settings": list(found.settings),
    }


def _both(sentence: Sentence) -> dict[str, str]:
    return {"ko": sentence.ko, "en": sentence.en}
