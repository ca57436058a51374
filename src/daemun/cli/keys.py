"""`daemun keys`."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

import typer

from daemun.app.build import House
from daemun.cli.opened import within
from daemun.cli.speaking import DatabaseOption, DataOption, JsonOption, fail, settings_from, tell
from daemun.core.actor import SYSTEM
from daemun.features.sessions import CACHED_FOR, KEY_ROTATED
from daemun.ports.database import Work
from daemun.ports.keyring import KeyEntry

app = typer.Typer(no_args_is_help=True, help="서명 열쇠와 갱신 열쇠 · Keys that sign tokens")


@app.command("list")
def list_(data: DataOption = None, database_url: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """어떤 열쇠가 어떤 상태인지 · Which keys there are, and their states."""

    async def story(house: House) -> list[KeyEntry]:
        return list(house.keyring.listing())

    entries = within(settings_from(data, database_url), story)
    table = "\n".join(f"{each.kind:8} {each.kid:24} {each.state:8} {each.created_at:%Y-%m-%d %H:%M} UTC" for each in entries)
    tell({"keys": [_plain(each) for each in entries]}, as_json=as_json, ko=table, en=table)


@app.command()
def rotate(
    kind: Annotated[Literal["signing", "refresh"], typer.Argument(help="서명 또는 갱신 · Which kind")] = "signing",
    now: Annotated[bool, typer.Option("--now", help="막 공개된 열쇠라도 · Even if the next key was published a moment ago")] = False,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """다음 열쇠를 쓰기 시작합니다. 서버를 다시 켤 필요가 없고, 이미 나간 토큰은 계속 통합니다.

    The next key, published long ago, starts to sign. No restart, and tokens that are out stay good.
    """

    async def story(house: House) -> KeyEntry:
        if kind == "signing" and not now and (seconds := _unknown_for(house)):
            fail(
                f"다음 열쇠가 막 공개되어 다른 서비스가 아직 모를 수 있습니다. {seconds}초 뒤에, 또는 --now로.",
                f"The next key was published a moment ago; other services may not know it yet. In {seconds} seconds, or with --now.",
            )
        entry = house.keyring.rotate(kind)

        def told(work: Work) -> None:
            work.publish(KEY_ROTATED.by(SYSTEM, work.now, resource_id=entry.kid, kind=kind))

        await house.visit("keys rotate").work(told)
        return entry

    entry = within(settings_from(data, database_url), story)
    tell(_plain(entry), as_json=as_json, ko=f"이제 {entry.kid} 열쇠가 {kind}에 쓰입니다.", en=f"{entry.kid} is now the {kind} key.")


def _unknown_for(house: House) -> int:
    """For how many seconds a service that keeps our key set for as long as we allow may not know the next key."""
    published = [each.created_at for each in house.keyring.listing() if (each.kind, each.state) == ("signing", "next")]
    age = house.clock.now() - max(published, default=house.clock.now())
    return max(0, ceil((CACHED_FOR - age).total_seconds())) if published else 0


def _plain(entry: KeyEntry) -> dict[str, str]:
    return {"kind": entry.kind, "kid": entry.kid, "state": entry.state, "created_at": entry.created_at.isoformat()}
