"""What may be said of an import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from daemun.adapters.importing import FIELDS

Pairs = list[str] | None
FormatArgument = Annotated[
    str, typer.Argument(metavar="FORMAT", help="무엇에서: csv, django, fastapi-users, keycloak, supabase · From what")
]
SourceArgument = Annotated[
    str,
    typer.Argument(
        help="파일, 폴더, 또는 데이터베이스 URL. -이면 URL을 표준 입력에서 읽음"
        " · A file, a folder or a database URL; with - the URL is read from standard input"
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="연습: 무엇이 될지 말하고 바꾸지 않음 · Say exactly what would happen, change nothing")
]
Columns = Annotated[
    Pairs,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help=f"필드가 든 열, 여러 번 쓸 수 있음: {', '.join(FIELDS)} · Which column holds a field, may be repeated: {', '.join(FIELDS)}",
    ),
]
Role = Annotated[
    Pairs,
    typer.Option(
        "--role",
        metavar="THEIRS=OURS",
        help="그쪽 역할을 우리 역할로, 여러 번 쓸 수 있음. 적지 않은 역할은 옮기지 않음"
        " · A role of theirs becomes one of ours, may be repeated; others become none",
    ),
]
Encoding = Annotated[str | None, typer.Option(help="글자 인코딩 · The encoding", show_default="찾아냄 · found out")]
Delimiter = Annotated[str | None, typer.Option(help="CSV의 구분 기호 · What separates cells", show_default="찾아냄 · found out")]
Origin = Annotated[
    str | None,
    typer.Option(
        help="이 원본의 이름. 같은 종류의 원본이 둘이면 서로 다르게 · The name of this source; different for two of one kind",
        show_default="FORMAT",
    ),
]
TakenEmail = Annotated[
    Literal["skip", "link"],
    typer.Option(
        help="이메일이 이미 있으면 거절하거나(skip), 양쪽 다 확인된 주소일 때 같은 사람으로 이음(link)"
        " · An address that is taken: reject (skip), or link where both sides have verified it"
    ),
]
TakenHandle = Annotated[
    Literal["skip", "rename"],
    typer.Option(
        help="아이디를 쓸 수 없으면 거절하거나(skip), 비슷한 것을 줌(rename)"
        " · A handle that cannot be had: reject (skip), or give one like it (rename)"
    ),
]
UnknownHash = Annotated[
    Literal["refuse", "drop"],
    typer.Option(
        help="읽을 수 없는 비밀번호 해시면 거절하거나(refuse), 비밀번호 없이 들임(drop)"
        " · A hash that nothing reads: reject (refuse), or import without a password (drop)"
    ),
]
TrustEmails = Annotated[bool, typer.Option("--trust-emails", help="모든 이메일을 확인된 것으로 침 · Take every address as verified")]
WithLetters = Annotated[
    bool,
    typer.Option("--letters", help="비밀번호 없이 온 사람에게 정하라는 편지를 보냄 · Write to those without a password, to set one"),
]
Speaking = Annotated[
    Literal["ko", "en"], typer.Option("--language", help="언어를 모르는 사람의 언어 · The language of those of whom it is not known")
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        help="거절한 행과 까닭을 적을 CSV · Where rejected rows go, with their reasons", show_default="DATA/imports/ORIGIN-rejects.csv"
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(help="한 사람씩의 결과와 새 번호를 적을 CSV · Where the result of each row goes, with the new number"),
]
