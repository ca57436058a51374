"""Everything, built and not yet open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from daemun.adapters import foreign, migrations
from daemun.adapters.attempts import MIGRATIONS as ATTEMPTS_MIGRATIONS
from daemun.adapters.memory import MIGRATIONS as MEMORY_MIGRATIONS
from daemun.app import belonging
from daemun.app.bus import Bus
from daemun.app.chores import Chores
from daemun.app.ground import Ground
from daemun.app.rooms import Rooms
from daemun.app.sections import Sections
from daemun.app.settings import Settings
from daemun.core.circumstance import Circumstance
from daemun.features.access import Access
from daemun.features.audit import Audit
from daemun.features.identity import Identity
from daemun.features.mail import LetterBook, Mail
from daemun.features.people import Desk, ImportPeople, MakeAdmin, SetUp
from daemun.features.sessions import Sessions
from daemun.features.signin import Recognise
from daemun.plugin import Background, Feature
from daemun.ports.database import Database
from daemun.ports.keyring import Keyring
from daemun.ports.system import Clock, Entropy
from daemun.ports.watchman import Watchman
from daemun.web.pages import Pages
from daemun.web.visit import Visit


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    sections: Sections
    ground: Ground
    rooms: Rooms
    bus: Bus
    pages: Pages
    recogniser: Recognise
    watchman: Watchman
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None:
        """Brings the schema up under a lock, then lets stories in. Open already, it stays so."""
        if self.opened.is_set():
            return
        await asyncio.to_thread(migrate, self.settings, self.features)
        await self.database.start(self.bus.dispatch)
        try:
            await self.audit.open()
            await asyncio.to_thread(self.rooms.spilling.prepare)
            await self.visit("open").work(belonging.recognise, self.ground.secrets.checks())
        except BaseException:
            await self.close()
            raise
        self.opened.set()

    async def close(self) -> None:
        self.opened.clear()
        await self.ground.close()

    def visit(self, doing: str) -> Visit:
        """For what comes from the command line."""
        return Visit(self.database, Circumstance(method="CLI", path=doing))

    @property
    def chores(self) -> Chores:
        found = tuple(chore for feature in self.features for chore in feature.chores)
        return Chores(found, self.entropy.bytes(16).hex(), self.visit)

    @property
    def background(self) -> tuple[Background, ...]:
        return tuple(each for feature in self.features for each in feature.background)

    @property
    def make_admin(self) -> MakeAdmin:
        return MakeAdmin(self.identity, self.access)

    @property
    def set_up(self) -> SetUp:
        return SetUp(self.desk)

    @property
    def import_people(self) -> ImportPeople:
        return ImportPeople(self.desk, foreign.known)

    # What is asked for most, without its room

    @property
    def clock(self) -> Clock:
        return self.ground.clock

    @property
    def entropy(self) -> Entropy:
        return self.ground.entropy

    @property
    def database(self) -> Database:
        return self.ground.database

    @property
    def keyring(self) -> Keyring:
        return self.ground.keyring

    @property
    def identity(self) -> Identity:
        return self.rooms.identity

    @property
    def sessions(self) -> Sessions:
        return self.rooms.sessions

    @property
    def access(self) -> Access:
        return self.rooms.access

    @property
    def mail(self) -> Mail:
        return self.rooms.mail

    @property
    def letterbook(self) -> LetterBook:
        return self.rooms.letterbook

    @property
    def audit(self) -> Audit:
        return self.rooms.audit

    @property
    def desk(self) -> Desk:
        return self.rooms.desk

    @property
    def features(self) -> tuple[Feature, ...]:
        return self.rooms.features


def migration_folders(features: tuple[Feature, ...]) -> Mapping[str, Path]:
    """One branch a capability."""
    own = {"attempts": ATTEMPTS_MIGRATIONS, "house": belonging.MIGRATIONS, "memory": MEMORY_MIGRATIONS}
    return own | {each.name: each.migrations for each in features if each.migrations}


def migrate(settings: Settings, features: tuple[Feature, ...]) -> list[str]:
    return migrations.upgrade(settings.core.database.reveal(), migration_folders(features))
