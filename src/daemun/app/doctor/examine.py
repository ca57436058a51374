"""The examination itself: finds the checks, brings up what they need, and asks each of them."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, TypeVar
from urllib.parse import urljoin

from sqlalchemy.exc import DBAPIError

from daemun import features
from daemun.adapters import migrations
from daemun.adapters.attempts import evicts
from daemun.adapters.database import Away, condition, looking
from daemun.adapters.onlooker import Seen, Unseen, look
from daemun.adapters.system import SystemClock
from daemun.app import tools
from daemun.app.build import build
from daemun.app.core_settings import differences
from daemun.app.doctor import checks
from daemun.app.doctor.clauses import clauses
from daemun.app.doctor.examined import Examined, Outside
from daemun.app.doctor.report import Report, Result, judged
from daemun.app.ground import smtp_post
from daemun.app.house import migration_folders
from daemun.app.secrets import MARK
from daemun.app.sections import Sections
from daemun.app.settings import Settings, SettingsError
from daemun.core.collect import modules_in
from daemun.core.errors import Unavailable
from daemun.core.finding import Finding, fails, unseen
from daemun.core.sentence import Sentence
from daemun.features.mail import MailSettings
from daemun.plugin import Check, Feature, Need
from daemun.ports.system import Clock

T = TypeVar("T")
log = logging.getLogger("daemun.doctor")
PUBLISHED: Final = "/.well-known/jwks.json"
AGAIN: Final = Sentence("자세히 보기: DAEMUN_LOG_LEVEL=debug daemun doctor", "To see more: DAEMUN_LOG_LEVEL=debug daemun doctor")
REASONS: Final[dict[str, Sentence]] = {
    "offline": Sentence("--offline이라 묻지 않았습니다.", "Not asked, because of --offline."),
    "house": Sentence("아직 켠 적이 없거나, 켜지지 않는 설정입니다.", "It was not started yet, or does not start with these settings."),
    "server": Sentence("데이터베이스가 아직 없거나 답하지 않습니다.", "There is no database yet, or it does not answer."),
    "database": Sentence("데이터베이스에 우리 스키마가 없습니다.", "Our schema is not in a database that answers."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know, and of what they know already. Names, first words of names, or numbers of clauses."""

    only: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    offline: bool = False

    def wants(self, check: Check[Any]) -> bool:
        return not self.only or bool(self.only & called(check))

    def accepts(self, check: Check[Any]) -> bool:
        return bool(self.accepted & called(check))


def called(check: Check[Any]) -> frozenset[str]:
    return frozenset({check.name, check.name.partition(".")[0], *map(str, check.clauses)})


def found(plugged: tuple[Feature, ...] = ()) -> tuple[Check[Any], ...]:
    """Every check there is: of the house, of each capability that has some, of each tool."""
    own = [each.CHECKS for each in modules_in(checks)]
    rooms = [f"{each.__name__}.checks" for each in modules_in(features)]
    theirs = [import_module(each).CHECKS for each in rooms if find_spec(each) is not None]
    return tuple(check for group in (*own, *theirs, *(tool.checks for tool in plugged)) for check in group)


def examine(settings: Settings, asked: Asked | None = None, *, clock: Clock | None = None) -> Report:
    """Looks at everything, and changes nothing. Whatever is broken is a finding."""
    asked, clock = asked or Asked(), clock or SystemClock()
    plugged, trouble = _plugged(settings)
    wanted = [each for each in found(plugged) if asked.wants(each)]
    patient = _built(Examined(settings, clock, trouble=trouble))
    network = any(each.needs == "network" for each in wanted) and not asked.offline
    outside = asyncio.run(_outside(patient)) if network else Outside()
    with ExitStack() as held:
        patient = _opened(replace(patient, outside=outside), held)
        results = tuple(Result(each, _asked(each, patient, asked), asked.accepts(each)) for each in wanted)
    if patient.house is not None:
        asyncio.run(patient.house.ground.close())
    return _report(settings, results, asked)


def _report(settings: Settings, results: tuple[Result, ...], asked: Asked) -> Report:
    profile = settings.core.profile
    loose = ((each.name, Sentence(each.about.ko, each.about.en), each.values[profile], each.values["prod"]) for each in differences())
    concerned = [each for each in clauses() if not asked.only or any(each.id in result.check.clauses for result in results)]
    return Report(
        profile=profile,
        base_url=settings.core.base_url,
        results=results,
        clauses=judged(concerned, results),
        entries={each.name: each for each in settings.effective()},
        differences=() if asked.only else tuple(each for each in loose if each[2] != each[3]),
    )


def _plugged(settings: Settings) -> tuple[tuple[Feature, ...], tuple[Sentence, ...]]:
    """The tools; and every section is asked for, so that what is wrong is known though nothing is built."""
    Sections.of(settings)
    try:
        return tools.plugged(settings), ()
    except SettingsError as error:
        return (), error.sentences


def _built(patient: Examined) -> Examined:
    """With its house, where one was started here before and would start again. Another one is not founded by looking."""
    settings = patient.settings
    if patient.trouble or not (settings.core.data / MARK).exists():
        return patient
    try:
        return replace(patient, house=build(settings))
    except SettingsError as error:
        return replace(patient, trouble=error.sentences)
    except Exception as error:  # the rim: whatever keeps a house from being built is what we are here to tell
        log.debug("the house cannot be built", exc_info=True)
        said = Sentence(f"집을 지을 수 없습니다: {type(error).__name__}", f"The house cannot be built: {type(error).__name__}")
        return replace(patient, trouble=(said,))


def _opened(patient: Examined, held: ExitStack) -> Examined:
    """With a view of its database, where there is one with our schema."""
    url = patient.core.database.reveal()
    try:
        seen = replace(patient, condition=condition(url, patient.clock))
        if seen.condition is None or seen.house is None or migrations.pending(url, migration_folders(seen.house.features)):
            return seen
        return replace(seen, tx=held.enter_context(looking(url, patient.clock)))
    except Away as away:
        return replace(patient, away=str(away))
    except DBAPIError as error:
        return replace(patient, away=type(error.orig).__name__)


def _asked(check: Check[Any], patient: Examined, asked: Asked) -> tuple[Finding, ...]:
    if (why := _missing(check.needs, patient, asked)) is not None:
        return (unseen(why.ko, why.en),)
    try:
        return tuple(check.look(patient))
    except Exception as error:  # the rim: one check that falls keeps no other from being asked, and is told of
        log.debug("the check %s fell", check.name, exc_info=True)
        return (fails(f"이 점검이 넘어졌습니다: {type(error).__name__}", f"This check fell: {type(error).__name__}", fix=AGAIN),)


def _missing(need: Need, patient: Examined, asked: Asked) -> Sentence | None:
    if need == "network" and asked.offline:
        return REASONS["offline"]
    if need == "house" and patient.house is None:
        return REASONS["house"]
    if need == "server" and patient.condition is None:
        return REASONS["server"]
    return REASONS["database"] if need == "database" and patient.tx is None else None


async def _outside(patient: Examined) -> Outside:
    """All at once: each takes as long as the slowest is patient."""
    front, post, counts = await asyncio.gather(_front(patient), _post(patient), _counts(patient))
    return Outside(front, post, counts)


async def _front(patient: Examined) -> Seen | Unseen | None:
    if patient.core.public_url is None:
        return None
    try:
        # Relative to the host: the set stands at its root though the house may stand under a prefix.
        return await asyncio.to_thread(look, urljoin(patient.core.base_url, PUBLISHED))
    except Unseen as why:
        return why


async def _post(patient: Examined) -> str | None:
    try:
        post = smtp_post(patient.section("mail", MailSettings))
    except OSError:  # a file of authorities that is none
        return "certificate"
    return await post.knock() if post is not None else None


async def _counts(patient: Examined) -> str | None:
    url = patient.core.valkey
    if url is None:
        return None
    try:
        return await evicts(url.reveal())
    except (Unavailable, ImportError, ValueError):
        return None
