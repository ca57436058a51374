"""Everybody's API keys, as JSON. Nobody makes one for somebody else here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path, Query

from daemun.features.apikeys import ApiKey
from daemun.features.people.administration.answers import RECORDS
from daemun.features.people.administration.bodies import ID
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.keys import TheirKeys
from daemun.features.people.administration.routes import MANAGE, REACH, Limit
from daemun.features.people.desk import Desk
from daemun.features.people.own.key_bodies import KeyAnswer, told_of
from daemun.plugin import APIRouter, Body, CurrentVisit, Missing, refuses, requires

After = Annotated[str, Query(pattern=r"^([0-9A-HJKMNP-TV-Z]{26})?$")]


class ListedKey(KeyAnswer):
    user_id: str
    created_by: str

    @classmethod
    def listed(cls, key: ApiKey, now: datetime) -> ListedKey:
        return cls(**told_of(key, now), user_id=key.user_id, created_by=key.created_by)


class ListedKeys(Body):
    api_keys: list[ListedKey]
    next: str | None


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/api/v1/api-keys", tags=["users"])
    theirs, now = TheirKeys(Hands(desk)), desk.sessions.clock.now

    @routes.get("", dependencies=[requires(RECORDS, keys="too")], summary="모두의 API 키, 새것부터 · Everybody's API keys, newest first")
    async def keys(
        visit: CurrentVisit, user_id: Annotated[str | None, Query(pattern=ID)] = None, limit: Limit = 50, after: After = ""
    ) -> ListedKeys:
        found = await visit.read(desk.keys.page, user_id=user_id, after=after, limit=limit)
        return ListedKeys(api_keys=[ListedKey.listed(each, now()) for each in found], next=found[-1].id if len(found) == limit else None)

    @routes.delete(
        "/{key_id}",
        status_code=204,
        dependencies=[requires(MANAGE, keys="too")],
        summary="API 키 폐기 · Revoke an API key",
        responses=refuses(*REACH, Missing),
    )
    async def end(visit: CurrentVisit, key_id: Annotated[str, Path(pattern=ID)]) -> None:
        await visit.work(theirs.end, visit.actor, key_id)

    return routes
