"""An installation as its operator would be proud of: production, PostgreSQL, Valkey, letters and the address by TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psycopg
import trustme
from sqlalchemy import make_url
from tests.servers.https import certificate, serving
from tests.servers.mail import PASSWORD, USER, mailserver
from tests.servers.postgres import DURABLE, postgres_server
from tests.servers.process import free_port
from tests.servers.valkey import valkey_server

from daemun.app.build import House, build
from daemun.app.doctor import Asked, Report, examine
from daemun.app.settings import Settings
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer
from daemun.ports.system import Clock
from daemun.server import create

ENCRYPTION_KEY = "q7VhB2mXw0KpZ9tRfL4sYcN8uEaJ6dGiOoT1xMvHb5k"
PEPPER = "Zk3uWq9LxVt7RmB1yHc5NpS0gJf2DaEo8TiKQvX4rYM"
NOTHING: Final[Mapping[str, str | None]] = MappingProxyType({})
BY_HAND = "Dolbi-Samcheong-81!"


@dataclass(frozen=True, slots=True)
class Installation:
    folder: Path
    environ: dict[str, str] = field(repr=False)
    superuser_url: str
    valkey_url: str
    authority: trustme.CA

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def settings(self, **changes: str | None) -> Settings:
        """With other settings; None takes one away."""
        environ = {name: value for name, value in (self.environ | changes).items() if value is not None}
        return Settings.load(environ=environ, cwd=self.folder)

    def examined(self, *only: str, given: Mapping[str, str | None] = NOTHING, offline: bool = False, clock: Clock | None = None) -> Report:
        return examine(self.settings(**given), Asked(frozenset(only), offline=offline), clock=clock)


@contextmanager
def an_installation(folder: Path, authority: trustme.CA) -> Iterator[Installation]:
    """Running, with a master, and housekeeping done. `authority` vouches for its address, and the caller trusts it."""
    with ExitStack() as held:
        server = held.enter_context(postgres_server(DURABLE))
        url = _owned(server.create())
        post = held.enter_context(mailserver(folder, "starttls")).server
        valkey, port = held.enter_context(valkey_server()), free_port()
        environ = {
            "DAEMUN_PROFILE": "prod",
            "DAEMUN_DATA": str(folder / "data"),
            "DAEMUN_PUBLIC_URL": f"https://localhost:{port}",
            "DAEMUN_TRUSTED_PROXIES": "127.0.0.1",
            "DAEMUN_DATABASE_URL": url,
            "DAEMUN_VALKEY_URL": valkey,
            "DAEMUN_ENCRYPTION_KEY": ENCRYPTION_KEY,
            "DAEMUN_PEPPER": PEPPER,
            "DAEMUN_PASSWORD_POLICY": "nist",
            "DAEMUN_SIGNUP": "private",
            "DAEMUN_MAIL__HOST": "localhost",
            "DAEMUN_MAIL__PORT": str(post.port),
            "DAEMUN_MAIL__USER": USER,
            "DAEMUN_MAIL__PASSWORD": PASSWORD,
            "DAEMUN_MAIL__FROM_ADDRESS": "gate@daemun.kr",
            "DAEMUN_MAIL__CA": str(post.ca_file),
        }
        made = Installation(folder, environ, server.url, valkey, authority)
        asyncio.run(kept(build(made.settings())))
        held.enter_context(serving(create(made.settings()), port, certificate(authority, folder)))
        yield made


def _owned(url: str) -> str:
    """The same database, by a role that owns it and nothing else."""
    address = make_url(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE daemun LOGIN")
        connection.execute(f'ALTER DATABASE "{address.database}" OWNER TO daemun')
    return address.set(username="daemun").render_as_string(hide_password=False)


async def kept(house: House) -> None:
    """Opened once: a master is made, keys are there, and the house is kept."""
    await house.open()
    try:
        boss = Newcomer("gatekeeper", "boss@daemun.kr", "문지기", Secret(BY_HAND))
        await house.make_admin(house.visit("admin create"), boss, role="master")
        assert house.keyring.published()
        assert not [each for each in await house.chores.now() if each.failed]
    finally:
        await house.close()
