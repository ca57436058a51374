"""What the pages promise: both languages say the same, commands work when pasted."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from tests.server.running import running

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LOCKS = sorted(ROOT.glob("requirements*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
READMES = ("README.md", "README.ko.md")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands_in(name: str) -> list[str]:
    """What a reader would paste, without the remarks; a language header aside, it is the same in both."""
    blocks = "".join(re.findall(r"```sh\n(.*?)```", text_of(name), re.S))
    lines = (line.partition(" #")[0].strip().replace(" -H 'Accept-Language: en'", "") for line in blocks.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def package(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def capabilities(name: str) -> list[tuple[str, str]]:
    states = {"됨": "built", "일부": "in part", "예정": "planned"}
    return [(each, states.get(state, state)) for each, state in re.findall(r"^\| `([\w.-]+)` \| ([^|]+) \|", text_of(name), re.M)]


@pytest.mark.parametrize("name", READMES)
def test_the_readme_starts_and_tests_the_product_by_one_command_each(name: str) -> None:
    assert {"make run", "make test"} <= set(commands_in(name))


def test_both_readmes_give_the_same_commands() -> None:
    assert commands_in("README.md") == commands_in("README.ko.md")


def test_every_make_command_on_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.M))
    for page in PAGES:
        told = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text("utf-8"), re.M))
        assert told <= targets, f"{name_of(page)} tells of {told - targets}"


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("0*.md")), ids=name_of)
def test_a_decision_tells_its_status_context_decision_consequences_and_alternatives(page: Path) -> None:
    found = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.M)
    assert found == ["Status", "Context", "Decision", "Consequences", "Alternatives"]


def test_every_decision_is_in_the_index() -> None:
    index = (DECISIONS / "README.md").read_text("utf-8")
    assert not [page.name for page in DECISIONS.glob("0*.md") if f"({page.name})" not in index]


def test_both_languages_list_the_same_capabilities_in_the_same_state() -> None:
    english = capabilities("docs/built.md")
    assert english == capabilities("docs/built.ko.md")
    assert {state for _, state in english} <= {"built", "in part", "planned"}
    assert len(english) == len({name for name, _ in english}) > 0


def test_every_capability_folder_is_among_what_is_built() -> None:
    told = {name.partition(".")[0] for name, state in capabilities("docs/built.md") if state != "planned"}
    folders = {each.parent.name for each in (ROOT / "src" / "daemun" / "features").glob("*/__init__.py")}
    assert folders <= told


def test_every_run_time_dependency_is_accounted_for() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    needed = {package(each) for each in [*PROJECT["project"]["dependencies"], *(one for extra in extras.values() for one in extra)]}
    rows = re.findall(r"^\| `([\w-]+)` \|(.+)\|$", (DECISIONS / "dependencies.md").read_text("utf-8"), re.M)
    assert {name for name, _ in rows} == needed
    assert all(cell.strip() for _, cells in rows for cell in cells.split("|"))


@pytest.mark.parametrize("lock", LOCKS, ids=name_of)
def test_a_lock_names_versions_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not re.findall(r"\w+://|\s@\s", text)
    pins = re.findall(r"^\S+==.*?(?=^\S|\Z)", text, re.M | re.S)
    assert pins
    assert not [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin]


def pinned(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", text_of(lock), re.M))


@pytest.mark.parametrize(
    ("lock", "asked"),
    [
        (
            "requirements.lock",
            [*PROJECT["project"]["dependencies"], *chain.from_iterable(PROJECT["project"]["optional-dependencies"].values())],
        ),
        ("requirements-dev.lock", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]),
        ("requirements-bench.lock", PROJECT["dependency-groups"]["bench"]),
        ("requirements-streamlit.lock", PROJECT["dependency-groups"]["streamlit"]),
        ("requirements-build.lock", PROJECT["build-system"]["requires"]),
    ],
)
def test_a_lock_covers_what_the_project_asks_for(lock: str, asked: list[str]) -> None:
    assert not {package(each) for each in asked} - pinned(lock).keys()


def test_what_runs_is_the_version_that_was_tested() -> None:
    tested = pinned("requirements-dev.lock")
    assert not {name: version for name, version in pinned("requirements.lock").items() if tested.get(name) != version}


@pytest.mark.processes
@pytest.mark.parametrize("name", READMES)
def test_the_tour_in_the_readme_works_when_pasted(name: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed, and the tour is told with it")
    tour = max(re.findall(r"```sh\n(.*?)```", text_of(name), re.S), key=len)
    with running(tmp_path) as server:
        script = tour.replace("http://localhost:8000", server.url)
        told = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path).stdout
    signed_up, me, listings, logged_out, refused = told.splitlines()
    assert '"user_id":"hong_gildong"' in signed_up
    assert '"user_id":"hong_gildong"' in me
    assert '"market":"KOSPI"' in listings
    assert '"message"' in logged_out
    assert '"status":401' in refused.replace(": ", ":")
