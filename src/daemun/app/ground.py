"""What every room stands on: time, chance, secrets, and the outside, answered."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Final

from daemun.adapters.argon2 import Argon2Pool
from daemun.adapters.attempts import CountedAttempts, DatabaseAttempts, ValkeyAttempts
from daemun.adapters.database import Measured, open_database
from daemun.adapters.keyring import FileKeyring, SharedKeyring
from daemun.adapters.ledger import PinFile, SpillFile, TallyFile, open_ledger
from daemun.adapters.memory import ValkeyMarks, ValkeyMemory
from daemun.adapters.places import SHIPPED, PlacesFile
from daemun.adapters.smtp import Server, SmtpPost
from daemun.adapters.system import SystemEntropy
from daemun.app import tracing
from daemun.app.metrics import Metrics
from daemun.app.parsing import Sentence
from daemun.app.secrets import Secrets, derive, load_or_create
from daemun.app.sections import Sections
from daemun.app.settings import Settings, SettingsError
from daemun.core.meter import Meter
from daemun.core.secret import Secret
from daemun.features.audit import Pressure
from daemun.features.identity import IdentitySettings
from daemun.features.mail import PORTS, MailSettings
from daemun.features.sessions import SessionSettings
from daemun.ports.attempts import Attempts
from daemun.ports.database import Database
from daemun.ports.keyring import Keyring
from daemun.ports.ledger import Ledger, Pin, Tally
from daemun.ports.post import Post
from daemun.ports.system import Clock, Entropy
from daemun.ports.tracer import Tracer
from daemun.web.cookies import Jar

MEMORY_NAMES: Final = "gate memory names"


@dataclass(frozen=True, slots=True)
class Ground:
    clock: Clock
    entropy: Entropy
    secrets: Secrets
    database: Measured
    attempts: CountedAttempts
    marks: ValkeyMarks | None
    memory: ValkeyMemory | None
    """What the gate remembers; None where it asks the database every time."""
    hasher: Argon2Pool
    keyring: Keyring
    ledger: Ledger
    pin: Pin
    tally: Tally
    spill: SpillFile
    pressure: Pressure
    """Of the audit log: whoever writes is slowed while it is behind."""
    places: PlacesFile
    post: Post | None
    """Who carries letters; None where they are kept for dev or were chosen to be dropped."""
    jar: Jar
    metrics: Metrics
    tracer: Tracer
    base_url: str
    """The address people open, without a slash at its end."""

    @classmethod
    def of(cls, settings: Settings, sections: Sections, clock: Clock) -> Ground:
        core, entropy, secrets = settings.core, SystemEntropy(), load_or_create(settings)
        meter, tracer = Meter(), tracing.tracer(sections.tracing)
        marks = _marks(settings, secrets, entropy)
        bare = open_database(core.database.reveal(), clock=clock, entropy=entropy, pool=core.pool_size, marks=marks)
        pressure, pool = Pressure.of(sections.audit), core.pool_size if bare.dialect == "postgresql" else 1
        database = Measured(bare, meter, tracer, pool=pool, pause=pressure.pause)
        return cls(
            clock=clock,
            entropy=entropy,
            secrets=secrets,
            database=database,
            attempts=CountedAttempts(_attempts(settings, database, clock, entropy), meter),
            marks=marks,
            memory=_memory(settings, sections.sessions, secrets, database, entropy),
            hasher=_hasher(core.workers, sections.identity, secrets, entropy, meter),
            keyring=_keyring(settings, sections.sessions, secrets, clock, entropy),
            ledger=open_ledger(core.database.reveal()),
            pin=PinFile(sections.audit.pin or core.data / "audit" / f"{sections.audit.log}.pin"),
            tally=TallyFile.of(core.data / "audit" / "running", entropy),
            spill=SpillFile(core.data / "audit" / "spill", sections.audit.spill),
            pressure=pressure,
            places=PlacesFile(core.places_file or SHIPPED),
            post=_post(settings, sections.mail),
            jar=Jar(plain=core.plain_cookies),
            metrics=Metrics(meter, database, core.data / "metrics", entropy),
            tracer=tracer,
            base_url=core.base_url,
        )

    def key(self, purpose: str) -> bytes:
        return derive(self.secrets.encryption_key, purpose)

    async def close(self) -> None:
        """Finishes what is queued; what was answered is durable already."""
        await self.database.stop()
        await asyncio.to_thread(self.ledger.close)
        self.tally.close()
        self.spill.close()
        if isinstance(self.attempts.inner, ValkeyAttempts):
            await self.attempts.inner.close()
        if self.memory:
            await self.memory.close()
        if self.marks:
            self.marks.close()
        self.hasher.close()
        self.places.close()
        await asyncio.to_thread(self.tracer.close)


def _attempts(settings: Settings, database: Database, clock: Clock, entropy: Entropy) -> Attempts:
    if settings.core.valkey is not None:
        return ValkeyAttempts(settings.core.valkey.reveal(), clock=clock, entropy=entropy)
    return DatabaseAttempts(database)


def _marks(settings: Settings, secrets: Secrets, entropy: Entropy) -> ValkeyMarks | None:
    """Whether or not this process remembers anything itself: another one may."""
    if settings.core.valkey is None:
        return None
    return ValkeyMarks(settings.core.valkey.reveal(), key=derive(secrets.encryption_key, MEMORY_NAMES), entropy=entropy)


def _memory(settings: Settings, rules: SessionSettings, secrets: Secrets, database: Database, entropy: Entropy) -> ValkeyMemory | None:
    if not rules.cache:
        return None
    if settings.core.valkey is None:
        raise SettingsError(
            [Sentence("DAEMUN_SESSIONS__CACHE에는 DAEMUN_VALKEY_URL이 필요합니다.", "DAEMUN_SESSIONS__CACHE needs DAEMUN_VALKEY_URL.")]
        )
    return ValkeyMemory(
        settings.core.valkey.reveal(),
        index_key=derive(secrets.encryption_key, MEMORY_NAMES),
        sealing_key=derive(secrets.encryption_key, "gate memory"),
        database=database,
        entropy=entropy,
    )


def _hasher(workers: int, rules: IdentitySettings, secrets: Secrets, entropy: Entropy, meter: Meter) -> Argon2Pool:
    """Threads beyond the cores gain nothing and cost memory: the workers share them."""
    threads = rules.hash_threads or max(1, (os.cpu_count() or 1) // workers)
    return Argon2Pool(threads=threads, queue=rules.hash_queue, pepper=Secret(secrets.pepper.hex()), entropy=entropy, meter=meter)


def _keyring(settings: Settings, chosen: SessionSettings, secrets: Secrets, clock: Clock, entropy: Entropy) -> Keyring:
    files = FileKeyring(
        settings.secrets_dir,
        derive(secrets.encryption_key, "keyring"),
        clock=clock,
        entropy=entropy,
        access_lifetime=chosen.access_lifetime,
        refresh_lifetime=max(chosen.refresh_lifetime, chosen.remember_lifetime),
    )
    if chosen.algorithm == "HS256" and chosen.shared_secret is not None:
        return SharedKeyring(chosen.shared_secret, files)
    return files


def _post(settings: Settings, rules: MailSettings) -> Post | None:
    if rules.transport == "none":
        settings.notice(
            Sentence("편지를 보내지 않습니다(DAEMUN_MAIL__TRANSPORT=none).", "No letters are sent (DAEMUN_MAIL__TRANSPORT=none).")
        )
    return smtp_post(rules)


def smtp_post(rules: MailSettings) -> SmtpPost | None:
    if not rules.by_smtp or rules.host is None:
        return None
    return SmtpPost(
        Server(
            rules.host,
            rules.port or PORTS[rules.protection],
            rules.protection,
            rules.user,
            rules.password,
            rules.sender,
            rules.from_name,
            rules.timeout.total_seconds(),
            rules.ca,
        )
    )
