"""What became of letters, for those who help people that wait for one. Never the words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import PlainSerializer

from daemun.features.mail.errors import LetterNotFailed
from daemun.features.mail.models import Record, State
from daemun.features.mail.service import Mail
from daemun.plugin import APIRouter, Body, CurrentVisit, Missing, Refusal, refuses, requires

Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]
LETTER_ID = r"^[0-9A-HJKMNP-TV-Z]{26}$"


class LetterAnswer(Body):
    id: str
    kind: str
    user_id: str
    language: str
    state: State
    tries: int
    next_at: Moment | None
    created_at: Moment
    done_at: Moment | None
    error: str | None

    @classmethod
    def of(cls, found: Record) -> LetterAnswer:
        return cls(
            id=found.id,
            kind=found.kind,
            user_id=found.user_id,
            language=found.language,
            state=found.state,
            tries=found.tries,
            next_at=found.next_at if found.state == "waiting" else None,
            created_at=found.created_at,
            done_at=found.done_at,
            error=found.last_error,
        )


class LettersAnswer(Body):
    letters: list[LetterAnswer]
    next: str | None
    """What to ask for as `after`; None at the end."""


def router(mail: Mail) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/letters", tags=["letters"])

    @routes.get(
        "", dependencies=[requires("letters.read", keys="too")], summary="보낸 편지의 상태, 새것부터 · What became of letters, newest first"
    )
    async def letters(
        visit: CurrentVisit,
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: Annotated[str | None, Query(pattern=LETTER_ID)] = None,
    ) -> LettersAnswer:
        found = await visit.read(mail.records, state, limit, after)
        return LettersAnswer(letters=[LetterAnswer.of(each) for each in found], next=found[-1].id if len(found) == limit else None)

    @routes.post(
        "/{letter_id}/retry",
        dependencies=[requires("letters.send")],
        summary="보내지 못한 편지 다시 보내기 · Send a failed letter again",
        responses=refuses(Missing, LetterNotFailed),
    )
    async def retry(visit: CurrentVisit, letter_id: Annotated[str, Path(pattern=LETTER_ID)]) -> LetterAnswer:
        answer = await visit.work(mail.retry, letter_id, visit.actor)
        if isinstance(answer, Refusal):
            raise answer
        return LetterAnswer.of(answer)

    return routes
