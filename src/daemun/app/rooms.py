"""The rooms, built on the ground in the order they depend on each other: those that know no neighbour, then those that join them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from daemun import __version__
from daemun.app import choices, metrics, sinks
from daemun.app.ground import Ground
from daemun.app.sections import Sections
from daemun.app.settings import Settings
from daemun.features import access, apikeys, audit, identity, jobs, mail, oidc, people, sessions, signin
from daemun.features.access import Access
from daemun.features.apikeys import ApiKeys
from daemun.features.audit import Audit, Export, Forgetting, Lexicon, Marks, Named, Place, Projector, Search, Shipping, Spilling, Witnesses
from daemun.features.identity import Blocklist, Identity, IdentitySettings
from daemun.features.jobs import Jobs
from daemun.features.mail import LetterBook, Mail
from daemun.features.oidc import Counter
from daemun.features.people import Desk
from daemun.features.sessions import Sessions
from daemun.features.signin import Door
from daemun.plugin import Feature, Transaction
from daemun.web import catalogue
from daemun.web.catalogue import Catalogue

WEB_LOCALE: Final = Path(catalogue.__file__).parent / "locale"
COUNTRIES: Final = WEB_LOCALE / "countries"


@dataclass(frozen=True, slots=True)
class Rooms:
    identity: Identity
    sessions: Sessions
    mail: Mail
    access: Access
    audit: Audit
    spilling: Spilling
    forgetting: Forgetting
    shipping: Shipping
    witnesses: Witnesses
    projector: Projector
    search: Search
    export: Export
    keys: ApiKeys
    desk: Desk
    door: Door
    letterbook: LetterBook
    jobs: Jobs
    features: tuple[Feature, ...]
    """What they hand over, tools' too. Those that are asked most come first: routes are tried in this order."""


def furnish(settings: Settings, sections: Sections, ground: Ground, work: Jobs, tools: tuple[Feature, ...]) -> Rooms:
    people_ = _identity(ground, sections.identity, settings.core.data / "passwords")
    kept = Sessions.of(sections.sessions, ground.keyring, issuer=ground.base_url, clock=ground.clock, entropy=ground.entropy)
    letters = Mail.of(sections.mail.becomes(settings.core.profile), ground.key("letters"), ground.entropy)
    recorded = _audit(sections, ground)
    spilling = Spilling.of(recorded, ground.spill, ground.key("audit spill"), ground.entropy)
    forgetting = Forgetting.of(recorded, sections.audit)
    keys = ApiKeys.of(sections.apikeys, ground.key("api keys"), ground.entropy)
    shipping = _shipping(settings, sections, ground, recorded)
    witnesses = Witnesses(recorded, tuple(Place(key, sinks.line(url)) for key, url in sections.audit.places))
    projector, search = _search(ground, recorded, people_)
    export = Export(recorded, search, witnesses, __version__)
    log = audit.feature(recorded, spilling, forgetting, shipping, witnesses, projector, search, export, work, ground.clock, time.monotonic)
    alone = (
        identity.feature(people_),
        sessions.feature(kept),
        apikeys.feature(keys),
        log,
        choices.feature(),
        metrics.feature(sections.metrics, ground.metrics),
        *tools,
    )
    done = jobs.feature(work, (each for feature in alone for each in feature.jobs), sections.jobs.folder or settings.core.data / "jobs")
    alone = (*alone, done)
    rights = _access(people_, alone)
    alone = (*alone, access.feature(rights))
    desk = _desk(ground, people_, kept, rights, keys, letters, alone)
    door = Door(people_, kept, rights, letters, ground.places, _spoken_at_the_door(), ground.jar, ground.base_url)
    counter = Counter(people_, kept, rights, keys, letters, ground.base_url)
    features = (people.feature(desk), signin.feature(door, docs=settings.core.docs), oidc.feature(counter), *alone)
    book = LetterBook.read([each.letters for each in features if each.letters], site=ground.base_url)
    post = mail.feature(letters, book, ground.post, ground.clock, ground.entropy)
    everything = (*features, post)
    log_rooms = (recorded, spilling, forgetting, shipping, witnesses, projector, search, export)
    return Rooms(people_, kept, letters, rights, *log_rooms, keys, desk, door, book, work, everything)


def _identity(ground: Ground, rules: IdentitySettings, corpora: Path) -> Identity:
    return Identity.of(
        ground.hasher,
        ground.attempts,
        rules,
        identity.policy_of(rules),
        Blocklist.shipped(corpora),
        index_key=ground.key("attempts"),
        link_key=ground.key("links"),
        entropy=ground.entropy,
    )


def _audit(sections: Sections, ground: Ground) -> Audit:
    return Audit.of(
        ground.ledger,
        ground.pin,
        ground.tally,
        ground.entropy,
        host=urlsplit(ground.base_url).netloc,
        settings=sections.audit,
        key=ground.key,
        pressure=ground.pressure,
    )


def _shipping(settings: Settings, sections: Sections, ground: Ground, recorded: Audit) -> Shipping:
    host = urlsplit(ground.base_url).hostname or ""
    ways = sinks.outlets(sections.sinks, settings.core.data, host, ground.clock)
    return Shipping(recorded, ways, ground.entropy.bytes(12).hex())


def _search(ground: Ground, recorded: Audit, people_: Identity) -> tuple[Projector, Search]:
    marks, lexicon = Marks(ground.key("audit search")), Lexicon()
    projector = Projector(recorded, marks, ground.places.country, lexicon.kinds)
    return projector, Search(recorded, marks, Known(people_), lexicon)


@dataclass(frozen=True, slots=True)
class Known:
    """Identity, as the log asks who people are."""

    identity: Identity

    def known_as(self, tx: Transaction, login: str) -> str | None:
        account = self.identity.directory.known_as(tx, login)
        return account.id if account else None

    def named(self, tx: Transaction, user_ids: Collection[str]) -> Mapping[str, Named]:
        return {each.id: Named(each.handle, each.name) for each in self.identity.directory.accounts(tx, user_ids)}


def _access(people_: Identity, features: Iterable[Feature]) -> Access:
    """Knows every permission there is: its own, and those of the rooms that are built after it."""
    declared = (each for feature in features for each in feature.permissions)
    return Access.of(
        (*access.PERMISSIONS, *mail.PERMISSIONS, *people.PERMISSIONS, *oidc.PERMISSIONS, *declared), alive=people_.active_among
    )


def _desk(
    ground: Ground, people_: Identity, kept: Sessions, rights: Access, keys: ApiKeys, letters: Mail, features: Iterable[Feature]
) -> Desk:
    parts = {each.name: each.about for each in features if each.about} | {"mail": letters.about, "people": people.about}
    return Desk(people_, kept, rights, keys, letters, ground.jar, ground.base_url, ground.places, parts)


def _spoken_at_the_door() -> Catalogue:
    return Catalogue.read([COUNTRIES, signin.LOCALE])
