"""`daemun serve`."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shlex
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from daemun.app.build import House
from daemun.app.settings import Settings
from daemun.cli.draining import Draining, notify
from daemun.cli.speaking import DatabaseOption, DataOption, fail, say, sentences
from daemun.cli.workers import Workers
from daemun.core.secret import Secret
from daemun.server import FLAGS, create, prepare
from daemun.web.catalogue import Catalogue
from daemun.web.settings import WebSettings


def serve(
    host: Annotated[str | None, typer.Option(help="기다릴 주소 · Address to listen on", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="기다릴 포트 · Port to listen on", show_default="8000", min=1, max=65535)] = None,
    data: DataOption = None,
    database_url: DatabaseOption = None,
    workers: Annotated[int | None, typer.Option(help="서버 프로세스 수 · Server processes", show_default="1", min=1, max=64)] = None,
) -> None:
    """서버를 켭니다 · Start the server.

    처음 켤 때 데이터 폴더와 비밀 값, 데이터베이스를 만듭니다.
    The first start makes the data folder, the secrets and the database.

        daemun serve --port 8123 --data /srv/daemun
    """
    flags = {"host": host, "port": port, "data": _absolute(data), "database_url": database_url, "workers": workers}
    told = {name: str(value) for name, value in flags.items() if value is not None}
    settings = Settings.load(flags=told)
    spoken: list[Catalogue] = []
    with sentences(lambda: spoken[0] if spoken else None):
        app = create(settings)
        prepare(settings)
        house: House = app.state.daemun
        spoken.append(house.pages.catalogue)
        _open_files()
        sock = _bound(settings.core.host, settings.core.port)
        delay = house.sections.web.shutdown_delay.total_seconds()
        if settings.core.workers == 1:
            config = _config(settings, app)
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                server = Draining(config, delay=delay, started=partial(notify, "READY=1"))
                runner.run(_serve(house, server, sock, partial(_welcome, settings, data)))
            return
        # Once here, so that what is wrong is told once, as a sentence, and not by every worker.
        link = asyncio.run(_opened_once(house))
    _welcome(settings, data, link)
    os.environ[FLAGS] = json.dumps(told)
    if code := Workers(_config(settings, "daemun.server:worker"), [sock], delay=delay).run():
        raise typer.Exit(code)


async def _serve(house: House, server: uvicorn.Server, sock: socket.socket, welcome: Callable[[Secret | None], None]) -> None:
    """Opened before the server starts: what is wrong is then told as a sentence. The application's lifespan closes it."""
    await house.open()
    welcome(await _offered(house))
    await server.serve(sockets=[sock])


async def _opened_once(house: House) -> Secret | None:
    await house.open()
    try:
        return await _offered(house)
    finally:
        await house.close()


async def _offered(house: House) -> Secret | None:
    """Asked once a start, before there are workers: so it is printed once."""
    return await house.visit("serve").work(house.set_up.offer)


def _open_files() -> None:
    """As many connections as the system allows us: the usual 1,024 are held open by one slow stranger."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        sock = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        why = error.strerror
        fail(
            f"{host}:{port}에서 기다릴 수 없습니다: {why}. 다른 포트: --port",
            f"Cannot listen on {host}:{port}: {why}. Another port: --port",
        )
    sock.set_inheritable(True)
    return sock


def _config(settings: Settings, app: object) -> uvicorn.Config:
    core, web = settings.core, settings.section("web", WebSettings)
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an application or the name of its factory
        factory=isinstance(app, str),
        host=core.host,
        port=core.port,
        workers=core.workers,
        log_level=None,
        log_config=None,
        access_log=False,  # the gate's own line has no query in it
        server_header=False,
        proxy_headers=False,  # the gate decides which proxies are believed
        timeout_graceful_shutdown=int(web.shutdown_grace.total_seconds()),
        limit_concurrency=None,
        h11_max_incomplete_event_size=65_536,
    )


def _welcome(settings: Settings, data: Path | None, link: Secret | None) -> None:
    core = settings.core
    same = f" --data {shlex.quote(str(_absolute(data)))}" if data else ""
    if core.https_redirect and not core.trusted_proxies:
        say(
            "주의: 프록시 뒤라면 DAEMUN_TRUSTED_PROXIES에 그 주소를 주세요. 없으면 모든 요청을 https로 끝없이 돌려보냅니다.",
            "Mind: behind a proxy, name it in DAEMUN_TRUSTED_PROXIES; else every request is sent on to https for ever.",
        )
    for warning in settings.warnings():
        say(f"주의: {warning.ko}", f"Mind: {warning.en}")
    where = f"{core.base_url}  ({core.host}:{core.port})" + (f"  ·  API: {core.base_url}/docs" if core.docs else "")
    say(f"대문이 열립니다: {where}  ·  멈추기: Ctrl+C", f"The gate opens: {where}  ·  stop: Ctrl+C")
    if link is not None:
        say(
            f"첫 관리자를 만드십시오. 1시간 안에 한 번만 열립니다: {link.reveal()}\n  터미널에서: daemun admin create{same}",
            f"Make the first administrator; it opens once, within an hour: {link.reveal()}\n  in a terminal: daemun admin create{same}",
        )


def _absolute(data: Path | None) -> Path | None:
    return data.expanduser().absolute() if data else None
