"""What an import writes down, and how it tells how far it is."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from tests.features.people.importing.arriving import lines_of

from daemun.adapters.importing import OnDisk
from daemun.cli.importing.papers import REJECTS, REPORT, Paper, write_rejects, write_report
from daemun.cli.importing.progress import Progress
from daemun.core.errors import Flaw
from daemun.features.people import Outcome, Tally

FLAW = Flaw("email", "email_form")


class Half:
    size, passed = 200, 100


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def rejected(source_id: str = "7", email: str = "ann@example.com") -> Outcome:
    return Outcome(2, source_id, email, "rejected", flaws=(FLAW,))


def test_a_cell_that_a_spreadsheet_would_compute_is_quoted_and_one_that_may_be_a_hash_is_left_out(tmp_path: Path) -> None:
    formula, digest = "=1+1@example.com", "5f4dcc3b5aa765d61d8327deb882cf99" * 2
    with Paper(tmp_path / "rejects.csv", REJECTS) as paper:
        write_rejects(paper, [rejected(email=formula), rejected(digest, "$2a$06$x")], lambda language, _: f"말 {language}")
        assert paper.lines == 2
    first, second = lines_of(tmp_path / "rejects.csv")
    assert (first["email"], first["ko"], first["en"]) == ("'=1+1@example.com", "말 ko", "말 en")
    assert (second["id"], second["email"]) == ("", "")


def test_a_paper_is_its_owners_alone_and_no_link_is_followed_to_another_place(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("everybody's")
    (tmp_path / "old.csv").chmod(0o644)
    with Paper(tmp_path / "old.csv", REPORT) as paper:
        write_report(paper, [rejected()])
    assert stat.S_IMODE((tmp_path / "old.csv").stat().st_mode) == 0o600
    assert [each["came"] for each in lines_of(tmp_path / "old.csv")] == ["rejected"]
    (tmp_path / "link.csv").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="link"):
        Paper(tmp_path / "link.csv", REPORT)
    assert not (tmp_path / "precious").exists()


@pytest.mark.parametrize(("to", "drawn"), [(Terminal(), "█"), (io.StringIO(), "50%")])
def test_a_terminal_sees_a_bar_and_a_log_gets_a_line_now_and_then(to: io.StringIO, drawn: str) -> None:
    moments = iter(range(0, 1000, 11))
    tally = Tally()
    tally.count([rejected()])
    progress = Progress(Half(), to, lambda: float(next(moments)))  # type: ignore[arg-type]  # of a source, size and place are asked
    progress.tell(tally)
    progress.end(tally)
    told = to.getvalue()
    assert drawn in told
    assert "50%" in told
    assert ("\r" in told) is isinstance(to, Terminal)


def test_what_is_remembered_on_the_side_is_known_again_and_leaves_no_file() -> None:
    scratch = OnDisk()
    texts = [f"한글 {each}" for each in range(2000)]
    assert scratch.known(texts) == set()
    scratch.add(texts[:1000])
    scratch.add(texts[500:1500])
    assert scratch.known(texts) == set(texts[:1500])
    scratch.close()
