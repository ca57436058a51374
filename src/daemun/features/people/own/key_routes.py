"""One's own API keys for programs of a person who is signed in. No key comes in here."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from daemun.features.access import UnknownPermission
from daemun.features.apikeys import ApiKeysFull, ApiKeysTooMany, ScopeNotHeld
from daemun.features.people.desk import SUDO
from daemun.features.people.own.account import Own
from daemun.features.people.own.key_bodies import KeyAnswer, KeysAnswer, NewKeyAnswer, NewKeyBody, RotationBody
from daemun.plugin import APIRouter, CurrentVisit, Missing, refuses, signed_in

KeyId = Annotated[str, Path(pattern=r"^[0-9A-Z]{26}$")]
CAREFUL = signed_in(max_age=SUDO)


def router(own: Own) -> APIRouter:
    routes = APIRouter(tags=["me"])
    now = own.desk.sessions.clock.now

    @routes.get("/me/api-keys", dependencies=[signed_in()], summary="내 API 키 · My API keys")
    async def keys(visit: CurrentVisit) -> KeysAnswer:
        return KeysAnswer(api_keys=[KeyAnswer.of(each, now()) for each in await own.keys.look(visit)])

    @routes.post(
        "/me/api-keys",
        status_code=201,
        dependencies=[CAREFUL],
        summary="API 키 만들기: 키는 이 답에만 보임 · Make an API key, which this answer alone shows",
        responses=refuses(UnknownPermission, ScopeNotHeld, ApiKeysFull, ApiKeysTooMany),
    )
    async def make(visit: CurrentVisit, body: NewKeyBody) -> NewKeyAnswer:
        return NewKeyAnswer.made(await own.keys.make(visit, body.draft), now())

    @routes.post(
        "/me/api-keys/{key_id}/rotate",
        status_code=201,
        dependencies=[CAREFUL],
        summary="API 키 교체: 앞의 키는 old_until까지 함께 씀 · Rotate; the old key works until old_until",
        responses=refuses(Missing, ApiKeysTooMany),
    )
    async def rotate(visit: CurrentVisit, key_id: KeyId, body: RotationBody) -> NewKeyAnswer:
        made = await own.keys.rotate(visit, key_id, expires_at=body.expires_at, old_until=body.old_until)
        return NewKeyAnswer.made(made, now())

    @routes.delete(
        "/me/api-keys/{key_id}",
        status_code=204,
        dependencies=[CAREFUL],
        summary="API 키 폐기 · Revoke an API key",
        responses=refuses(Missing),
    )
    async def end(visit: CurrentVisit, key_id: KeyId) -> None:
        await own.keys.end(visit, key_id)

    return routes
