"""Exports as the real products write them, whatever else stands in them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.typed import Shell
from tests.features.people.importing.arriving import BCRYPT, a_csv, here, logs_in, roles_of

from daemun.adapters.importing import Reading, formats_by_name
from daemun.adapters.importing.formats.keycloak import users_in
from daemun.adapters.importing.jsonstream import Document
from daemun.core.errors import Malformed
from daemun.ports.arrivals import Arrival, Unfit

HERE = Path(__file__).parent


@pytest.fixture
def shell(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path, sqlite_url)
    shell.done("migrate", "up")
    return shell


def read(name: str, where: Path, reading: Reading | None = None) -> list[Arrival | Unfit]:
    source = formats_by_name()[name].open(str(where), reading or Reading())
    try:
        found = list(source)
        assert source.passed == source.size
    finally:
        source.close()
    return found


def codes_of(found: list[Arrival | Unfit]) -> dict[int, list[str]]:
    return {each.row: [flaw.code for flaw in each.flaws] for each in found if each.flaws}


def test_every_file_among_the_formats_is_found_by_the_name_that_is_typed() -> None:
    found = formats_by_name()
    assert set(found) == {"csv", "django", "fastapi-users", "keycloak", "supabase"}
    assert all(each.ko != each.en for each in found.values())


def test_a_realm_of_keycloak_comes_with_its_passwords_and_its_roles_by_name(shell: Shell) -> None:
    result = shell.type(
        "import", "keycloak", str(HERE / "realm.json"), "--json", "--role", "shop:clerk=viewer", "--role", "/staff=support_admin"
    )
    told = json.loads(result.stdout)
    assert (result.exit_code, told["imported"], told["suspended"], told["without_password"]) == (1, 3, 1, 1)
    assert told["reasons"] == {"import_service_account": 1, "import_hash_unknown": 1}
    assert told["unmapped_roles"] == {"default-roles-shop": 2, "editor": 1}
    found = here(shell)
    ann = found["ann@example.com"]
    assert (ann["name"], ann["language"], bool(ann["email_verified"])) == ("안은주", "en", True)
    assert found["bob@example.com"]["handle"] == "bob"
    assert roles_of(shell, "ann") == ["support_admin", "user", "viewer"]
    assert logs_in(shell, "ann", password="secret") == [200]
    assert logs_in(shell, "bob", password="password") == [403]
    assert "$argon2id$v=19$m=19456" in here(shell)["ann@example.com"]["password"]


def test_a_folder_of_a_realm_is_read_file_by_file(tmp_path: Path) -> None:
    whole = json.loads((HERE / "realm.json").read_text("utf-8"))
    users = whole.pop("users")
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "shop-realm.json").write_text(json.dumps(whole))
    for number in (0, 1):
        part = {"realm": "shop", "users": users[number * 2 : number * 2 + 2]}
        (folder / f"shop-users-{number}.json").write_text(json.dumps(part, ensure_ascii=False), "utf-8")
    assert [each.row for each in read("keycloak", folder)] == [1, 2, 3, 4]
    shutil.copy(HERE / "realm.json", tmp_path / "cut.json")
    text = (tmp_path / "cut.json").read_text("utf-8")
    (tmp_path / "cut.json").write_text(text[: text.index("strange@")], "utf-8")
    with pytest.raises(Malformed):
        read("keycloak", tmp_path / "cut.json")
    (tmp_path / "none.json").write_text(json.dumps(whole))
    with pytest.raises(Malformed) as refused:
        read("keycloak", tmp_path / "none.json")
    assert refused.value.flaws[0].code == "import_no_users_in_realm"


@given(
    before=st.dictionaries(
        st.text(max_size=5).filter(lambda key: key != "users"), st.recursive(st.none() | st.text() | st.integers(), st.lists)
    ),
    users=st.lists(st.dictionaries(st.text(max_size=8), st.text() | st.floats(allow_nan=False) | st.lists(st.integers())), max_size=5),
    size=st.integers(1, 40),
    indent=st.none() | st.integers(0, 3),
)
def test_a_list_is_read_in_pieces_as_it_would_be_at_once(
    before: dict[str, object], users: list[dict[str, object]], size: int, indent: int | None
) -> None:
    text, place = json.dumps({**before, "users": users, "after": [1, 23]}, indent=indent), 0

    def piece(_: int) -> str:
        nonlocal place
        place += size
        return text[place - size : place]

    assert [each for each in users_in(Document(piece)) if each is not None] == users


def test_a_dump_of_gotrue_comes_over_and_says_nothing_of_itself_that_it_may_not(shell: Shell) -> None:
    result = shell.type("import", "supabase", str(HERE / "users.sql"), "--json", "--role", "editor=content_admin")
    told = json.loads(result.stdout)
    assert told["reasons"] == {"import_deleted_there": 1, "import_guest_there": 1, "import_row_width": 1}
    found = here(shell)
    assert set(found) == {"ann@example.com", "fire@example.com"}
    assert found["ann@example.com"]["name"] == '안은주 "대문"'
    assert roles_of(shell, "ann") == ["content_admin", "user"], "what people write of themselves gives no rights"
    assert (bool(found["ann@example.com"]["email_verified"]), found["fire@example.com"]["status"]) == (True, "BANNED")
    assert logs_in(shell, "ann@example.com") == [200]
    assert logs_in(shell, "fire@example.com", password="user1password") == [403], "right, and suspended"
    assert logs_in(shell, "fire@example.com", password="user2password") == [401]


def test_inserts_are_read_literal_by_literal_and_nothing_is_computed() -> None:
    ann, bob, eve = read("supabase", HERE / "users_insert.sql")
    assert isinstance(ann, Arrival)
    assert (ann.email, ann.name, ann.roles, ann.verified) == ("ann@example.com", "안 '은주'; (대문)", ("editor",), True)
    assert isinstance(bob, Arrival)
    assert (bob.source_id[-2:], bob.password, bob.roles, bob.verified) == ("e2", None, ("is_super_admin",), False)
    assert isinstance(eve, Unfit)
    assert codes_of([eve]) == {3: ["import_row_computed"]}


def test_a_dump_without_columns_is_told_how_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "bare.sql").write_text("INSERT INTO auth.users VALUES ('a', 'b');\n")
    with pytest.raises(Malformed) as refused:
        read("supabase", tmp_path / "bare.sql")
    assert refused.value.flaws[0].code == "import_dump_without_columns"
    (tmp_path / "open.sql").write_text("INSERT INTO auth.users (id, email) VALUES ('a', 'b\n\n")
    with pytest.raises(Malformed) as refused:
        read("supabase", tmp_path / "open.sql")
    assert refused.value.flaws[0].code == "import_broken_dump"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_korean_spreadsheets_are_read_whatever_wrote_them(encoding: str, separator: str, tmp_path: Path) -> None:
    text = f"번호,아이디,이메일,이름,비밀번호\r\n7,ann,ann@example.com,뷁은주,{BCRYPT}\r\n\r\n8,bob,bob@example.com,홍길동,\r\n"
    (tmp_path / "people.csv").write_bytes(text.replace(",", separator).encode(encoding))
    ann, bob = read("csv", tmp_path / "people.csv")
    assert isinstance(ann, Arrival)
    assert ann.password is not None
    assert (ann.row, ann.source_id, ann.handle, ann.name, ann.password.reveal()) == (2, "7", "ann", "뷁은주", BCRYPT)
    assert bob.row == 4


def test_letters_that_are_no_letters_spoil_their_own_row_only(tmp_path: Path) -> None:
    rows = [b"email,name", "ann@example.com,안은주".encode(), b"bob@example.com,\xff\xfe\x80", "eve@example.com,이브".encode()]
    (tmp_path / "people.csv").write_bytes(b"\n".join(rows) + b"\n")
    assert codes_of(read("csv", tmp_path / "people.csv")) == {3: ["import_row_encoding"]}


def test_a_user_id_is_the_handle_beside_an_id_and_their_number_alone(tmp_path: Path) -> None:
    [ann] = read("csv", a_csv(tmp_path / "ours.csv", [{"id": "7", "user_id": "ann", "email": "ann@example.com"}]))
    [bob] = read("csv", a_csv(tmp_path / "theirs.csv", [{"user_id": "8", "email": "bob@example.com"}]))
    [cho] = read("csv", a_csv(tmp_path / "told.csv", [{"user_id": "cho", "email": "cho@example.com"}]), Reading({"handle": "user_id"}))
    found = [(each.source_id, each.handle) for each in (ann, bob, cho) if isinstance(each, Arrival)]
    assert found == [("7", "ann"), ("8", None), ("cho", "cho")]


def test_a_column_is_taken_by_its_own_name_or_by_the_one_that_is_told(tmp_path: Path) -> None:
    file = a_csv(tmp_path / "people.csv", [{"E-Mail ": "ann@example.com", "Login ID": "ann", "Wachtwoord": BCRYPT, "Email2": "x"}])
    [ann] = read("csv", file, Reading({"password": "wachtwoord"}))
    assert isinstance(ann, Arrival)
    assert (ann.email, ann.handle, ann.password is not None) == ("ann@example.com", "ann", True)
    (tmp_path / "hint.csv").write_text("sep=;\nemail;email\na;b\n")
    with pytest.raises(Malformed) as refused:
        read("csv", tmp_path / "hint.csv")
    assert refused.value.flaws[0].code == "import_column_twice"
