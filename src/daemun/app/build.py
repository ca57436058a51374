"""Where everything meets, once, in the order it depends on each other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from daemun.adapters import migrations
from daemun.adapters.argon2 import Argon2Pool
from daemun.adapters.attempts import MIGRATIONS as ATTEMPTS_MIGRATIONS
from daemun.adapters.attempts import DatabaseAttempts, ValkeyAttempts
from daemun.adapters.database import open_database
from daemun.adapters.dated_files import DatedFiles
from daemun.adapters.keyring import FileKeyring, SharedKeyring
from daemun.adapters.places import SHIPPED, PlacesFile
from daemun.adapters.smtp import Server, SmtpPost
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.app import belonging, routes, tools
from daemun.app.bus import Bus
from daemun.app.chores import Chores
from daemun.app.parsing import Sentence
from daemun.app.secrets import Secrets, derive, load_or_create
from daemun.app.settings import Settings
from daemun.core.circumstance import Circumstance
from daemun.core.secret import Secret
from daemun.features import access, audit, identity, mail, people, sessions, signin
from daemun.features.access import Access
from daemun.features.identity import Blocklist, Identity, IdentitySettings
from daemun.features.mail import PORTS, LetterBook, Mail, MailSettings
from daemun.features.people import MakeAdmin, SetUp
from daemun.features.sessions import Sessions, SessionSettings
from daemun.plugin import Background, Feature
from daemun.ports.attempts import Attempts
from daemun.ports.database import Database
from daemun.ports.keyring import Keyring
from daemun.ports.post import Post
from daemun.ports.refusals import Refusals
from daemun.ports.system import Clock, Entropy
from daemun.web import catalogue
from daemun.web.catalogue import Catalogue
from daemun.web.cookies import Jar
from daemun.web.csrf import Csrf, origin_of
from daemun.web.pages import Pages
from daemun.web.settings import WebSettings
from daemun.web.visit import Visit

WEB_LOCALE = Path(catalogue.__file__).parent / "locale"
COUNTRIES = WEB_LOCALE / "countries"


@dataclass(frozen=True, slots=True)
class House:
    """Everything, built and not yet open."""

    settings: Settings
    web: WebSettings
    clock: Clock
    entropy: Entropy
    database: Database
    attempts: Attempts
    keyring: Keyring
    hasher: Argon2Pool
    log: DatedFiles
    places: PlacesFile
    bus: Bus
    features: tuple[Feature, ...]
    catalogue: Catalogue
    jar: Jar
    csrf: Csrf
    pages: Pages
    identity: Identity
    access: Access
    sessions: Sessions
    mail: Mail
    letterbook: LetterBook
    desk: people.Desk
    recogniser: signin.Recognise
    refusals: Refusals
    make_admin: MakeAdmin
    set_up: SetUp
    opened: asyncio.Event
    checks: Mapping[str, str]
    """What tells our secrets from others, and gives nothing of them away."""

    async def open(self) -> None:
        """Brings the schema up under a lock, then lets stories in. Open already, it stays so."""
        if self.opened.is_set():
            return
        await asyncio.to_thread(migrate, self.settings, self.features)
        await self.database.start(self.bus.dispatch)
        try:
            await self.visit("open").work(belonging.recognise, self.checks)
        except BaseException:
            await self.close()
            raise
        self.opened.set()

    async def close(self) -> None:
        """Finishes what is queued; what was answered is durable already."""
        self.opened.clear()
        await self.database.stop()
        if isinstance(self.attempts, ValkeyAttempts):
            await self.attempts.close()
        self.hasher.close()
        self.log.close()
        self.places.close()

    @property
    def chores(self) -> Chores:
        found = tuple(chore for feature in self.features for chore in feature.chores)
        return Chores(found, self.entropy.bytes(16).hex(), self.visit)

    @property
    def background(self) -> tuple[Background, ...]:
        return tuple(each for feature in self.features for each in feature.background)

    def visit(self, doing: str) -> Visit:
        """For what comes from the command line."""
        return Visit(self.database, Circumstance(method="CLI", path=doing))


def build(settings: Settings, *, clock: Clock | None = None) -> House:
    core, web = settings.core, settings.section("web", WebSettings)
    rules, chosen = settings.section("identity", IdentitySettings), settings.section("sessions", SessionSettings)
    post = settings.section("mail", MailSettings)
    tools_ = tools.plugged(settings, core.tools, core.data)
    settings.check()
    clock, entropy, secrets = clock or SystemClock(), SystemEntropy(), load_or_create(settings)
    database = open_database(core.database.reveal(), clock=clock, entropy=entropy, pool=core.pool_size)
    attempts = _attempts(settings, database, clock, entropy)
    hasher = _hasher(core.workers, rules, secrets, entropy)
    keyring = _keyring(settings, chosen, secrets, clock, entropy)
    listed = Blocklist.shipped(core.data / "passwords")
    people_ = Identity.of(
        hasher,
        attempts,
        rules,
        identity.policy_of(rules),
        listed,
        index_key=derive(secrets.encryption_key, "attempts"),
        link_key=derive(secrets.encryption_key, "links"),
        entropy=entropy,
    )
    kept = Sessions.of(chosen, keyring, issuer=core.base_url, clock=clock, entropy=entropy)
    letters = Mail.of(post.becomes(core.profile), derive(secrets.encryption_key, "letters"), entropy)
    log = DatedFiles(core.data / "logs")
    others = (identity.feature(people_), sessions.feature(kept), audit.feature(log), *tools_)
    declared = (each for feature in others for each in feature.permissions)
    rights = Access.of((*access.PERMISSIONS, *mail.PERMISSIONS, *people.PERMISSIONS, *declared), alive=people_.active_among)
    plugged = (*others, access.feature(rights))
    jar = Jar(plain=core.plain_cookies)
    places = PlacesFile(core.places_file or SHIPPED)
    parts = {each.name: each.about for each in plugged if each.about} | {"mail": letters.about}
    desk = people.Desk(people_, kept, rights, letters, jar, core.base_url, places, parts)
    words = Catalogue.read([COUNTRIES, signin.LOCALE])
    door = signin.Door(people_, kept, rights, letters, places, words, jar, core.base_url)
    # Those that are asked most come first: routes are tried in this order.
    features = (people.feature(desk), signin.feature(door, docs=core.docs), *plugged)
    book = LetterBook.read([each.letters for each in features if each.letters], site=core.base_url)
    features = (*features, mail.feature(letters, book, _post(settings, post), clock, entropy))
    routes.check(features)
    pages = _pages(settings, features, derive(secrets.encryption_key, "csrf"), entropy)
    return House(
        settings=settings,
        web=web,
        clock=clock,
        entropy=entropy,
        database=database,
        attempts=attempts,
        keyring=keyring,
        hasher=hasher,
        log=log,
        places=places,
        bus=Bus(features),
        features=features,
        catalogue=pages.catalogue,
        jar=pages.jar,
        csrf=pages.csrf,
        pages=pages,
        identity=people_,
        access=rights,
        sessions=kept,
        mail=letters,
        letterbook=book,
        desk=desk,
        recogniser=signin.Recognise(kept, people_, rights),
        refusals=access.Denials(clock),
        make_admin=MakeAdmin(people_, rights),
        set_up=SetUp(desk),
        opened=asyncio.Event(),
        checks=secrets.checks(),
    )


def migration_folders(features: tuple[Feature, ...]) -> Mapping[str, Path]:
    """One branch a capability."""
    return {"attempts": ATTEMPTS_MIGRATIONS, "house": belonging.MIGRATIONS} | {
        each.name: each.migrations for each in features if each.migrations
    }


def migrate(settings: Settings, features: tuple[Feature, ...]) -> list[str]:
    return migrations.upgrade(settings.core.database.reveal(), migration_folders(features))


def _pages(settings: Settings, features: tuple[Feature, ...], key: bytes, entropy: Entropy) -> Pages:
    public = settings.core.public_url
    return Pages.of(
        [feature.templates for feature in features if feature.templates],
        catalogue=Catalogue.read([WEB_LOCALE, COUNTRIES, *(feature.locale for feature in features if feature.locale)]),
        jar=Jar(plain=settings.core.plain_cookies),
        csrf=Csrf(key, entropy, origin_of(public) if public else None),
        entropy=entropy,
        base=urlsplit(public or "").path,
    )


def _attempts(settings: Settings, database: Database, clock: Clock, entropy: Entropy) -> Attempts:
    if settings.core.valkey_url is not None:
        return ValkeyAttempts(settings.core.valkey_url.reveal(), clock=clock, entropy=entropy)
    return DatabaseAttempts(database)


def _post(settings: Settings, rules: MailSettings) -> Post | None:
    """Who carries letters; None where they are kept for dev or were chosen to be dropped."""
    if rules.transport == "none":
        settings.notice(
            Sentence("편지를 보내지 않습니다(DAEMUN_MAIL__TRANSPORT=none).", "No letters are sent (DAEMUN_MAIL__TRANSPORT=none).")
        )
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


def _hasher(workers: int, rules: IdentitySettings, secrets: Secrets, entropy: Entropy) -> Argon2Pool:
    """Threads beyond the cores gain nothing and cost memory: the workers share them."""
    threads = rules.hash_threads or max(1, (os.cpu_count() or 1) // workers)
    return Argon2Pool(threads=threads, queue=rules.hash_queue, pepper=Secret(secrets.pepper.hex()), entropy=entropy)


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
