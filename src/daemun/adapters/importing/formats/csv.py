"""A spreadsheet, or what any system writes as one: columns by their usual names in English and Korean, or as they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from daemun.adapters.importing.files import opened
from daemun.adapters.importing.format import Columns, Format, Reading, Stream, arrived, chosen
from daemun.adapters.importing.tables import Row, header_of, rows_of
from daemun.core.errors import Flaw
from daemun.ports.arrivals import Arrival, Source, Unfit

USUAL: Final[Mapping[str, Sequence[str]]] = {
    "id": ("id", "user_id", "uid", "uuid", "번호", "회원번호", "회원_번호"),
    "handle": ("handle", "username", "user_name", "login", "login_id", "userid", "아이디", "회원아이디", "user_id"),
    "email": ("email", "e-mail", "mail", "email_address", "이메일", "메일", "이메일주소", "이메일_주소"),
    "name": ("name", "full_name", "fullname", "display_name", "이름", "성명", "회원명"),
    "first_name": ("first_name", "firstname", "given_name"),
    "last_name": ("last_name", "lastname", "family_name", "surname"),
    "password": ("password_hash", "hashed_password", "encrypted_password", "password", "passwd", "비밀번호", "비밀번호해시"),
    "verified": ("email_verified", "is_verified", "verified", "이메일인증", "이메일_인증", "인증"),
    "active": ("is_active", "active", "enabled", "상태", "활성"),
    "until": ("banned_until", "suspended_until", "정지기한"),
    "created": ("created_at", "created", "date_joined", "joined_at", "signup_date", "가입일", "가입일시"),
    "last_login": ("last_login", "last_login_at", "last_sign_in_at", "최근접속", "최근로그인", "마지막로그인"),
    "roles": ("roles", "role", "groups", "역할", "권한", "등급"),
    "language": ("language", "locale", "lang", "언어"),
}


def read(where: str, reading: Reading) -> Source:
    return spreadsheet(where, reading, USUAL)


def spreadsheet(where: str, reading: Reading, usual: Mapping[str, Sequence[str]]) -> Source:
    file = opened(where, reading.encoding)
    try:
        header, delimiter = header_of(file.text, reading.delimiter)
        columns = chosen(header, usual, reading.columns, needs=("email",))
    except BaseException:
        file.close()
        raise
    return Stream(_people(rows_of(file.text, header, delimiter), columns, reading), file.size, file.passed, file.close)


def _people(rows: Iterator[Row], columns: Columns, reading: Reading) -> Iterator[Arrival | Unfit]:
    for number, row in rows:
        yield Unfit(number, "", "", (row,)) if isinstance(row, Flaw) else arrived(number, row, columns, reading)


format = Format(  # noqa: A001 - the name by which it is found
    "csv",
    "CSV 파일: 머리줄이 있는 표. 구분 기호와 인코딩(UTF-8, CP949)을 알아냄",
    "A CSV file with a line of names; separator and encoding are found out",
    read,
)
