"""What every check promises, whoever brought it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.house import FrozenClock

from daemun.adapters.database import SqliteCondition
from daemun.app.doctor import Asked, Result, clauses, examine, found
from daemun.app.doctor.checks.database import place
from daemun.app.doctor.checks.files import judged
from daemun.app.doctor.clauses import standing
from daemun.app.doctor.examined import Examined
from daemun.app.settings import Settings
from daemun.core.finding import Verdict

HANGUL = re.compile(r"[가-힣]")
CLAUSES = {each.id: each for each in clauses()}


def settings_of(folder: Path, **environ: str) -> Settings:
    return Settings.load(environ=environ, cwd=folder)


def test_every_check_has_a_name_of_its_own_and_says_in_both_languages_what_ought_to_be_so() -> None:
    names = [each.name for each in found()]
    assert len(names) == len(set(names))
    for check in found():
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", check.name)
        assert HANGUL.search(check.ko), check.name
        assert check.en and not HANGUL.search(check.en), check.name


def test_every_check_names_clauses_that_exist_and_are_built() -> None:
    for check in found():
        assert not [each for each in check.clauses if CLAUSES[each].waits], check.name


def test_looking_at_an_empty_folder_makes_nothing_in_it(tmp_path: Path) -> None:
    report = examine(settings_of(tmp_path), Asked(offline=True))
    assert list(tmp_path.iterdir()) == []
    assert "settings.profile" in report.found()
    assert {"database.schema", "people.master"} <= {each.check.name for each in report.results if each.verdict == "unseen"}


def test_a_tool_brings_checks_of_its_own(tmp_path: Path) -> None:
    loud = settings_of(tmp_path, DAEMUN_TOOLS="tests.app.doctor.tool_with_a_check", DAEMUN_BELL__LOUD="1")
    report = examine(loud, Asked(frozenset({"bell"}), offline=True))
    assert report.found() == ["bell.loud"]
    assert [each.value for each in report.caused_by(report.results[0].findings[0])] == ["true"]


def test_what_is_accepted_is_shown_and_not_counted(tmp_path: Path) -> None:
    report = examine(settings_of(tmp_path), Asked(frozenset({"identity"}), frozenset({"26", "identity.length", "identity.composition"})))
    assert report.found() == ["identity.length", "identity.composition", "identity.signup"]
    assert report.verdict == "pass"
    assert all(each["accepted"] for each in report.plain()["checks"] if each["verdict"] == "deviation")


@pytest.mark.parametrize(
    ("verdicts", "stands"),
    [
        ([], "built-in"),
        (["pass", "unseen"], "unseen"),
        (["deviation", "pass", "fail"], "fail"),
    ],
)
def test_a_clause_stands_as_the_worst_of_its_checks(verdicts: list[Verdict], stands: str) -> None:
    assert standing(CLAUSES[1], verdicts) == stands
    assert standing(CLAUSES[84], verdicts) == "not-built"


def test_a_disk_is_full_before_it_is() -> None:
    gigabyte = 1024**3
    assert [judged(Path("/x"), free).verdict for free in (9 * gigabyte, gigabyte // 2, gigabyte // 20)] == ["pass", "deviation", "fail"]


def test_a_file_on_a_network_disk_is_found(tmp_path: Path) -> None:
    for filesystem, many in (("ext4", 0), ("nfs4", 1)):
        condition = SqliteCondition(tmp_path / "x.db", (3, 53, 4), "wal", "UTF-8", filesystem)
        patient = Examined(settings_of(tmp_path), FrozenClock(), condition=condition)
        assert len(list(place(patient))) == many


def test_a_check_that_falls_is_a_finding_and_keeps_no_other_from_being_asked(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, DAEMUN_TOOLS="tests.app.doctor.tool_that_falls")
    report = examine(settings, Asked(frozenset({"fall", "identity"}), offline=True))
    assert report.found()[-1] == "fall.down"
    assert "identity.signup" in report.found()
    assert Result(report.results[-1].check, report.results[-1].findings).verdict == "fail"
