"""What is counted and measured. Every label has few values, known beforehand: never a path, a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["counter", "gauge", "histogram"]


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """One line of the catalogue. `bounds`: the upper ends of a histogram's buckets, in seconds."""

    name: str
    kind: Kind
    ko: str
    en: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()


Number = tuple[Measure, float, tuple[str, ...]]
"""A value that is looked up when somebody asks, with the values of its labels."""
QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS: Final = Measure(
    "daemun_http_requests_total",
    "counter",
    "응답한 요청. route는 경로의 틀이며, 어느 틀에도 맞지 않으면 비어 있음",
    "Requests that were answered. route is the route's template, and empty where none matched",
    ("method", "route", "status"),
)
DURATION: Final = Measure(
    "daemun_http_request_seconds",
    "histogram",
    "요청을 받아 응답을 마칠 때까지 걸린 시간",
    "How long a request took, to the end of its answer",
    ("method", "route"),
    (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
RUNNING: Final = Measure("daemun_http_requests_running", "gauge", "지금 처리 중인 요청", "Requests that are being answered")
REFUSALS: Final = Measure(
    "daemun_refusals_total", "counter", "거절한 요청, 거절의 코드별", "Requests that were refused, by the refusal's code", ("code",)
)
EVENTS: Final = Measure(
    "daemun_events_total",
    "counter",
    "기록된 사건: 로그인과 그 실패(auth.login), 잠금, 가입, 권한 거절 등",
    "Events that were recorded: logins and failed ones (auth.login), locks, sign-ups, denials and so on",
    ("event", "outcome"),
)
ATTEMPTS: Final = Measure(
    "daemun_attempts_total",
    "counter",
    "세어 둔 시도: reserved(해도 됨), blocked(한도를 넘음), forgiven(실패가 아니었음), unavailable(셀 수 없어 거절함)",
    "Tries that were counted: reserved (may go on), blocked (beyond a limit), forgiven (no failure), unavailable (refused uncounted)",
    ("outcome",),
)
HASHING: Final = Measure(
    "daemun_hashing_jobs", "gauge", "해시 중이거나 차례를 기다리는 비밀번호", "Passwords that are being hashed or wait for it"
)
HASHING_WAIT: Final = Measure(
    "daemun_hashing_wait_seconds", "histogram", "해시가 차례를 기다린 시간", "How long a hash waited for its turn", (), QUICK
)
HASHING_REFUSED: Final = Measure(
    "daemun_hashing_refused_total", "counter", "줄이 가득 차 503으로 거절한 해시", "Hashes refused with 503 because the queue was full"
)
DATABASE: Final = Measure(
    "daemun_database_seconds",
    "histogram",
    "데이터베이스에 맡긴 일이 끝날 때까지, 기다린 시간도 함께: read, work(쓰기)",
    "How long the database took, waiting included: read, and work, which writes",
    ("kind",),
    QUICK,
)
DATABASE_RUNNING: Final = Measure(
    "daemun_database_running",
    "gauge",
    "데이터베이스에 맡겨 답을 기다리는 일",
    "What the database was given and has not answered",
    ("kind",),
)
DATABASE_POOL: Final = Measure(
    "daemun_database_pool_size",
    "gauge",
    "한꺼번에 일하는 데이터베이스 연결 수(모든 프로세스 합)",
    "Connections that work at once, all processes",
)
DATABASE_REFUSED: Final = Measure(
    "daemun_database_refused_total",
    "counter",
    "데이터베이스가 없거나 줄이 가득 차 503이 된 일",
    "What became 503 because the database was away or its queue full",
    ("kind",),
)
DATABASE_SLOWED: Final = Measure(
    "daemun_database_slowed_total",
    "counter",
    "감사 기록이 밀려 잠시 기다린 뒤 시작한 쓰기",
    "Writes that waited a moment before they began, because the audit log was behind",
)
PROCESSES: Final = Measure("daemun_processes", "gauge", "일하고 있는 서버 프로세스", "Server processes at work")
BUILD: Final = Measure(
    "daemun_build_info", "gauge", "실행 중인 버전. 값은 언제나 1", "The version that runs. Its value is always 1", ("version",)
)
SERIES_LOST: Final = Measure(
    "daemun_metrics_lost_total",
    "counter",
    "자리가 없어 세지 못한 값. 0이어야 함",
    "Values that found no room to be counted in. Should be 0",
)
DATABASE_UP: Final = Measure("daemun_database_up", "gauge", "데이터베이스가 답하면 1", "1 when the database answers")
SESSIONS: Final = Measure(
    "daemun_sessions_alive",
    "gauge",
    "살아 있는 세션: tokens(토큰), browser(쿠키)",
    "Living sessions: tokens, and browser (cookies)",
    ("kind",),
)
OUTBOX: Final = Measure(
    "daemun_outbox_letters", "gauge", "보낼 편지: waiting, failed(포기함)", "Letters: waiting, failed (given up)", ("state",)
)
OUTBOX_AGE: Final = Measure(
    "daemun_outbox_oldest_seconds", "gauge", "가장 오래 기다린 편지가 기다린 시간", "How long the oldest waiting letter has waited"
)
JOBS: Final = Measure("daemun_jobs", "gauge", "작업: queued(기다림), running(하는 중)", "Jobs: queued, running", ("state",))
JOBS_AGE: Final = Measure(
    "daemun_jobs_oldest_seconds", "gauge", "가장 오래 기다린 작업이 기다린 시간", "How long the oldest waiting job has waited"
)
CHORE_DONE: Final = Measure(
    "daemun_chore_last_done_timestamp_seconds",
    "gauge",
    "정리 작업을 마지막으로 마친 때(유닉스 시각). 0이면 아직 없음",
    "When a chore was last done, in Unix time; 0: never",
    ("chore",),
)
CHORE_FAILED: Final = Measure(
    "daemun_chore_failed", "gauge", "마지막 정리 작업이 실패했으면 1", "1 when the last run of a chore failed", ("chore",)
)
ALL: Final = (
    REQUESTS,
    DURATION,
    RUNNING,
    REFUSALS,
    EVENTS,
    ATTEMPTS,
    HASHING,
    HASHING_WAIT,
    HASHING_REFUSED,
    DATABASE,
    DATABASE_RUNNING,
    DATABASE_POOL,
    DATABASE_REFUSED,
    DATABASE_SLOWED,
    DATABASE_UP,
    SESSIONS,
    OUTBOX,
    OUTBOX_AGE,
    JOBS,
    JOBS_AGE,
    CHORE_DONE,
    CHORE_FAILED,
    PROCESSES,
    BUILD,
    SERIES_LOST,
)
