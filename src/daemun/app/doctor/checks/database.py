"""The database: there, current, and keeping the promises we make on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from daemun.adapters import migrations
from daemun.adapters.database import ON_THE_NETWORK, SCHEMA, PostgresCondition, SqliteCondition
from daemun.app.doctor.examined import Examined
from daemun.app.house import migration_folders
from daemun.core.sentence import Sentence
from daemun.plugin import Check, Finding, command, deviates, fails, put, unseen, well

OLDEST_POSTGRES: Final = 14
SOUND_SQLITE: Final = (3, 51, 3)
"""Before it, a check-point beside a reset of the WAL can corrupt the file; we check-point under a lock, and so do not meet it."""
SLACK: Final = 5
SAID_BY_POOLERS: Final = ("unsupported startup parameter", "pgbouncer")
BESIDE_POOLER: Final = Sentence(
    "풀러를 거치지 않는 주소를 쓰거나, 그 풀을 session 방식으로 바꾸십시오.",
    "Name an address that goes around the pooler, or put the pool in session mode.",
)


def reachable(patient: Examined) -> Iterator[Finding]:
    if patient.away and any(said in patient.away for said in SAID_BY_POOLERS):
        yield fails(
            f"사이에 있는 풀러가 우리 연결을 받지 않습니다: {patient.away}",
            f"A pooler in between does not take our connections: {patient.away}",
            fix=BESIDE_POOLER,
            of=("database_url",),
        )
    elif patient.away:
        yield fails(
            f"데이터베이스에 닿을 수 없습니다: {patient.away}",
            f"The database cannot be reached: {patient.away}",
            fix=put("DAEMUN_DATABASE_URL=…"),
            of=("database_url",),
        )
    elif patient.condition is None:
        yield unseen("데이터베이스가 아직 없습니다. 처음 켤 때 만듭니다.", "There is no database yet: the first start makes it.")


def version(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if isinstance(found, SqliteCondition):
        said = ".".join(map(str, found.version))
        if found.version < SOUND_SQLITE:
            yield deviates(
                f"SQLite {said}에는 WAL을 망가뜨릴 수 있는 결함이 있습니다. 다른 프로그램이 파일을 열면 위험합니다.",
                f"SQLite {said} has a fault that can corrupt the WAL when another program opens the file, too.",
                fix=command("pip install pysqlite3"),
            )
        else:
            yield well(f"SQLite {said}", f"SQLite {said}")
    elif isinstance(found, PostgresCondition):
        major = found.version // 10_000
        if major < OLDEST_POSTGRES:
            yield deviates(
                f"PostgreSQL {major}은(는) 더는 고쳐지지 않습니다.",
                f"PostgreSQL {major} is mended no longer.",
                fix=Sentence("새 판으로 올리십시오.", "Upgrade it."),
            )
        else:
            yield well(f"PostgreSQL {major}.{found.version % 10_000}", f"PostgreSQL {major}.{found.version % 10_000}")


def encoding(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    told = found.settings["server_encoding"] if isinstance(found, PostgresCondition) else found.encoding if found else "UTF8"
    if told.replace("-", "") != "UTF8":
        yield fails(
            f"데이터베이스의 글자가 {told}입니다. 한글 이름을 저장하지 못합니다.",
            f"The database is encoded in {told}: Korean names cannot be stored.",
            fix=command("CREATE DATABASE daemun ENCODING 'UTF8' TEMPLATE template0"),
        )


def schema(patient: Examined) -> Iterator[Finding]:
    if patient.house is None or patient.condition is None:
        return
    url, folders = patient.core.database.reveal(), migration_folders(patient.house.features)
    known = {file.stem for label, folder in folders.items() for file in folder.glob(f"{label}_*.py")}
    if newer := [each for each in migrations.current(url) if each not in known]:
        yield fails(
            f"데이터베이스가 이 Daemun보다 새것입니다: {', '.join(newer)}",
            f"The database is newer than this Daemun: {', '.join(newer)}",
            fix=Sentence("Daemun을 새 판으로 올리십시오.", "Upgrade Daemun."),
        )
    elif pending := migrations.pending(url, folders):
        yield fails(
            f"스키마가 뒤처졌습니다: {', '.join(pending)}",
            f"The schema is behind: {', '.join(pending)}",
            fix=command("daemun migrate up"),
        )


def durable(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if isinstance(found, SqliteCondition) and found.journal != "wal":
        yield fails(
            f"WAL을 쓸 수 없는 곳입니다(저널: {found.journal}). 여러 프로세스가 함께 쓰지 못합니다.",
            f"WAL cannot be used there (journal: {found.journal}): several processes cannot share the file.",
            fix=put("DAEMUN_DATA=/…"),
        )
    elif isinstance(found, PostgresCondition):
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            if found.settings[name] == "off":
                yield fails(
                    f"{name}=off: 답한 것이 정전이나 충돌 뒤에 사라질 수 있습니다.",
                    f"{name}=off: what was answered may be gone after a crash.",
                    fix=command(f"psql -c 'ALTER SYSTEM SET {name} = on' -c 'SELECT pg_reload_conf()'"),
                )


def pooler(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if not isinstance(found, PostgresCondition):
        return
    if found.settings["search_path"] != SCHEMA:
        yield fails(
            "사이에 있는 풀러가 연결의 설정(search_path, 시간 제한)을 버립니다.",
            "A pooler in between drops what our connections ask for (search_path, time limits).",
            fix=BESIDE_POOLER,
            of=("database_url",),
        )
    elif found.shares_backends:
        yield fails(
            "트랜잭션 방식의 풀러가 사이에 있습니다. 준비된 문장과 연결의 설정이 뒤섞입니다.",
            "A pooler in transaction mode is in between: prepared statements and connections' settings get mixed up.",
            fix=BESIDE_POOLER,
            of=("database_url",),
        )


def seats(patient: Examined) -> Iterator[Finding]:
    found, core = patient.condition, patient.core
    # Glances hold a few connections beside the pool, and `daemun` on the command line wants one, too.
    wanted = core.workers * core.pool_size + SLACK
    if isinstance(found, PostgresCondition) and wanted > found.seats:
        yield deviates(
            f"워커 {core.workers}개가 연결을 {wanted}개까지 여는데 서버는 {found.seats}개를 줍니다.",
            f"{core.workers} workers open up to {wanted} connections, and the server gives {found.seats}.",
            fix=put(f"DAEMUN_POOL_SIZE={max(1, (found.seats - SLACK) // core.workers)}"),
            of=("pool_size", "workers"),
        )


def rights(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if isinstance(found, PostgresCondition) and found.superuser:
        yield deviates(
            "데이터베이스의 최고 관리자로 접속합니다. 우리에게 생긴 구멍이 서버 전체의 것이 됩니다.",
            "We connect as a superuser of the database: a hole in us would be one in the whole server.",
            fix=command('psql -c "CREATE ROLE daemun LOGIN PASSWORD …" -c "ALTER DATABASE … OWNER TO daemun"'),
            of=("database_url",),
        )
    if isinstance(found, PostgresCondition) and found.read_only:
        yield fails(
            "데이터베이스가 읽기 전용입니다(대기 서버?).",
            "The database can only be read (a standby?).",
            fix=put("DAEMUN_DATABASE_URL=…?target_session_attrs=read-write"),
            of=("database_url",),
        )


def encrypted(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if isinstance(found, PostgresCondition) and not found.nearby and not found.encrypted:
        yield deviates(
            "데이터베이스까지 네트워크를 보호 없이 지납니다.",
            "The way to the database crosses a network unprotected.",
            fix=put("DAEMUN_DATABASE_URL=…?sslmode=verify-full"),
            of=("database_url",),
        )


def place(patient: Examined) -> Iterator[Finding]:
    found = patient.condition
    if isinstance(found, SqliteCondition) and found.filesystem in ON_THE_NETWORK:
        yield fails(
            f"SQLite 파일이 네트워크 디스크({found.filesystem})에 있습니다. 잠금이 듣지 않아 파일이 망가질 수 있습니다.",
            f"The SQLite file lies on a network disk ({found.filesystem}), where locks do not hold and the file can be corrupted.",
            fix=put("DAEMUN_DATABASE_URL=postgresql://…"),
            of=("database_url", "data"),
        )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("database.reachable", "데이터베이스에 닿습니다", "The database can be reached", reachable),
    Check("database.version", "고쳐지고 있는 판입니다", "It is a version that is looked after", version, needs="server"),
    Check("database.encoding", "모든 글자를 저장합니다", "It stores every script", encoding, needs="server"),
    Check("database.schema", "스키마가 최신입니다", "The schema is current", schema, needs="server"),
    Check("database.durable", "답한 것은 사라지지 않습니다", "What was answered is durable", durable, needs="server"),
    Check("database.pooler", "사이에 풀러가 없습니다", "No pooler is in between", pooler, needs="server"),
    Check("database.seats", "연결이 모자라지 않습니다", "It has enough connections", seats, needs="server"),
    Check("database.rights", "우리가 가진 권한이 알맞습니다", "We have the rights we need and no more", rights, needs="server"),
    Check("database.encrypted", "데이터베이스까지 보호됩니다", "The way to it is protected", encrypted, needs="server"),
    Check("database.place", "파일이 이 컴퓨터의 디스크에 있습니다", "The file is on a disk of this machine", place, needs="server"),
)
