"""What a batch would come to. Whoever would have come before it is remembered on the side, so that the last row is answered as well as
the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemun.core.canonical import email_key, handle_key
from daemun.features.people.desk import Desk
from daemun.features.people.importing.deciding import Town, decide
from daemun.features.people.importing.models import Fit, Outcome, Terms
from daemun.features.people.importing.writing import town
from daemun.ports.arrivals import Scratch
from daemun.web.visit import Visit


async def rehearse(visit: Visit, desk: Desk, batch: Sequence[Fit], terms: Terms, scratch: Scratch) -> list[Outcome]:
    def taken(handles: Sequence[str]) -> frozenset[str]:
        texts = {f"handle {handle_key(each)}": handle_key(each) for each in handles}
        return frozenset(texts[each] for each in scratch.known(list(texts)))

    found = _with(await visit.read(town, desk, batch, taken), batch, scratch)
    decided = decide(batch, found, terms)
    scratch.add([text for fit, handle in decided.comers for text in _noted(fit, handle)])
    scratch.add([text for fit in decided.linked for text in _marks(fit)])
    return [
        *decided.others,
        *(_would_come(fit, handle) for fit, handle in decided.comers),
        *(Outcome(fit.row, fit.source_id, fit.email, "linked", found.emails.get(email_key(fit.email), "")) for fit in decided.linked),
    ]


def _with(found: Town, batch: Sequence[Fit], scratch: Scratch) -> Town:
    """As if those before them were here."""
    known = scratch.known([text for each in batch for text in (*_marks(each), *_emails(each))])
    marks = {each.mark: (each.trace if _marks(each)[1] in known else "", "") for each in batch if _marks(each)[0] in known}
    emails = {email_key(each.email): "" for each in batch if _emails(each)[0] in known}
    proven = {email_key(each.email) for each in batch if _emails(each)[1] in known}
    return replace(found, marks={**marks, **found.marks}, emails={**emails, **found.emails}, proven=found.proven | proven)


def _marks(fit: Fit) -> tuple[str, str]:
    return f"mark {fit.mark}", f"mark {fit.mark} {fit.trace}"


def _emails(fit: Fit) -> tuple[str, str]:
    return f"email {email_key(fit.email)}", f"proven {email_key(fit.email)}"


def _noted(fit: Fit, handle: str) -> tuple[str, ...]:
    email, proven = _emails(fit)
    return (*_marks(fit), email, f"handle {handle_key(handle)}", *((proven,) if fit.verified else ()))


def _would_come(fit: Fit, handle: str) -> Outcome:
    return Outcome(fit.row, fit.source_id, fit.email, "imported", "", handle, fit.status, fit.roles, has_password=fit.password is not None)
