"""A batch is written: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from daemun.core.actor import Actor
from daemun.core.canonical import email_key
from daemun.core.errors import Flaw
from daemun.core.ids import dated
from daemun.features.identity import Settler
from daemun.features.people.administration.flows.hands import Hands
from daemun.features.people.administration.flows.inviting import Guest, Invite
from daemun.features.people.desk import Desk
from daemun.features.people.importing import store
from daemun.features.people.importing.deciding import Town, decide, handles_of
from daemun.features.people.importing.judging import FIRST_ROLE
from daemun.features.people.importing.models import Fit, Outcome, Terms
from daemun.ports.database import Transaction, Work


def write(work: Work, desk: Desk, by: Actor, batch: Sequence[Fit], terms: Terms) -> list[Outcome]:
    desk.identity.settling.lock(work, [each.email for each in batch])
    found = town(work, desk, batch)
    decided = decide(batch, found, terms)
    settlers = [(fit, _settler(work, fit, handle, terms)) for fit, handle in decided.comers]
    came = desk.identity.settling.settle(work, [settler for _, settler in settlers], by=by)
    arrived = [(fit, settler) for fit, settler in settlers if settler.id in came]
    owners = {**found.emails, **{email_key(fit.email): settler.id for fit, settler in arrived}}
    linked = [(fit, owners[email_key(fit.email)]) for fit in decided.linked if email_key(fit.email) in owners]
    there = [*((fit.mark, fit.trace, settler.id) for fit, settler in arrived), *((fit.mark, fit.trace, user_id) for fit, user_id in linked)]
    store.note(work, there, terms.origin)
    _give(work, desk, by, arrived)
    if terms.writes_letters:
        _write_to(work, desk, by, [settler for _, settler in arrived])
    told = {mark for mark, _, _ in there}
    return [
        *(_known(each, owners) for each in decided.others),
        *(_imported(fit, settler) for fit, settler in arrived),
        *(Outcome(fit.row, fit.source_id, fit.email, "linked", user_id) for fit, user_id in linked),
        *(_late(fit) for fit in (*(fit for fit, _ in settlers), *decided.linked) if fit.mark not in told),
    ]


def town(tx: Transaction, desk: Desk, batch: Sequence[Fit], also: Callable[[Sequence[str]], frozenset[str]] | None = None) -> Town:
    """`also`: which handles are taken besides."""

    def taken(asked: Sequence[str]) -> frozenset[str]:
        here = desk.identity.settling.handles_taken(tx, asked)
        return here | also(asked) if also else here

    emails = desk.identity.settling.emails_taken(tx, [each.email for each in batch])
    return Town(store.found(tx, [each.mark for each in batch]), emails.owners, emails.proven, handles_of(batch, taken))


def _settler(work: Work, fit: Fit, handle: str, terms: Terms) -> Settler:
    return Settler(
        dated(work.new_id(), fit.created_at),
        handle,
        fit.email,
        fit.name,
        fit.password,
        fit.status,
        f"import: {terms.origin}" if fit.status != "NORMAL" else None,
        fit.until if fit.status != "NORMAL" else None,
        fit.verified,
        fit.created_at,
        fit.last_login_at,
        fit.language,
    )


def _give(work: Work, desk: Desk, by: Actor, arrived: Sequence[tuple[Fit, Settler]]) -> None:
    """What everybody has at once; what was asked for by name one by one, and each is recorded."""
    desk.access.welcome(work, [settler.id for _, settler in arrived], FIRST_ROLE)
    for fit, settler in arrived:
        for role in fit.roles:
            if role != FIRST_ROLE:
                desk.access.grant(work, by, settler.id, role)


def _write_to(work: Work, desk: Desk, by: Actor, settlers: Sequence[Settler]) -> None:
    invite = Invite(Hands(desk))
    for each in settlers:
        if each.password is None and each.status == "NORMAL":
            invite.welcome(work, by, Guest(each.email, each.name, (), each.language), each.id)


def _imported(fit: Fit, settler: Settler) -> Outcome:
    return Outcome(
        fit.row,
        fit.source_id,
        fit.email,
        "imported",
        settler.id,
        settler.handle,
        settler.status,
        fit.roles,
        has_password=settler.password is not None,
    )


def _known(outcome: Outcome, owners: Mapping[str, str]) -> Outcome:
    """Whoever stands twice in one batch has a number only now."""
    is_new = outcome.came == "here" and not outcome.user_id
    return replace(outcome, user_id=owners.get(email_key(outcome.email), "")) if is_new else outcome


def _late(fit: Fit) -> Outcome:
    """Somebody signed up with the same name at this very moment."""
    return Outcome(fit.row, fit.source_id, fit.email, "rejected", flaws=(Flaw("email", "import_taken_now"),))
