"""Who of a batch comes in, and under which handle: first come, first served, by the order of the rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Flaw
from daemun.features.people.importing.models import Fit, Outcome, Terms

MOST_HANDLES: Final = 4
ERASED: Final = "erased"
"""In the place of a number: whoever was erased does not come back with an old export."""
Marks = Mapping[str, tuple[str, str]]
"""Who came before: of which trace, and who they are here."""


@dataclass(frozen=True, slots=True)
class Decided:
    comers: Sequence[tuple[Fit, str]]
    """Each with the handle they get."""
    linked: Sequence[Fit]
    """Whose account is there already, or comes with an earlier row."""
    others: Sequence[Outcome]


@dataclass(frozen=True, slots=True)
class Town:
    """Who is here already, as far as this batch is concerned."""

    marks: Marks
    emails: Mapping[str, str]
    proven: frozenset[str]
    handles: Mapping[str, bool]
    """Of every handle that was asked for: whether it is taken."""


def decide(batch: Sequence[Fit], town: Town, terms: Terms) -> Decided:
    comers: list[tuple[Fit, str]] = []
    linked: list[Fit] = []
    others: list[Outcome] = []
    marks, emails, proven = dict(town.marks), set(town.emails), set(town.proven)
    handles = {key for key, taken in town.handles.items() if taken}
    for fit in batch:
        key = email_key(fit.email)
        if (before := marks.get(fit.mark)) is not None:
            others.append(_again(fit, *before))
        elif key in emails:
            if terms.links_taken_emails and fit.verified and key in proven:
                linked.append(fit)
                marks[fit.mark] = (fit.trace, town.emails.get(key, ""))
            else:
                others.append(_rejected(fit, Flaw("email", "email_taken")))
        elif (handle := _free(fit, town.handles, handles)) is None:
            others.append(_rejected(fit, Flaw("user_id", "handle_taken")))
        else:
            comers.append((fit, handle))
            marks[fit.mark] = (fit.trace, "")
            emails.add(key)
            handles.add(handle_key(handle))
            if fit.verified:
                proven.add(key)
    return Decided(comers, linked, others)


def handles_of(batch: Sequence[Fit], taken: Callable[[Sequence[str]], frozenset[str]]) -> dict[str, bool]:
    """Asked for one after the other: most people get the first they would have, and the next ones are not looked for."""
    found: dict[str, bool] = {}
    wanting = Counter(handle_key(each.handles[0]) for each in batch)

    def is_due(fit: Fit, turn: int) -> bool:
        """Whether those before it are taken already, or may be by another row of this batch."""
        before = [handle_key(each) for each in fit.handles[:turn]]
        return len(fit.handles) > turn and all(found.get(key) or wanting[key] > 1 for key in before)

    for turn in range(MOST_HANDLES):
        due = {handle_key(each.handles[turn]): each.handles[turn] for each in batch if is_due(each, turn)}
        if asked := {key: handle for key, handle in due.items() if key not in found}:
            answer = taken(list(asked.values()))
            found |= {key: key in answer for key in asked}
    return found


def _free(fit: Fit, asked: Mapping[str, bool], taken: set[str]) -> str | None:
    keys = ((handle_key(each), each) for each in fit.handles)
    return next((handle for key, handle in keys if key in asked and key not in taken), None)


def _again(fit: Fit, trace: str, user_id: str) -> Outcome:
    if user_id == ERASED:
        return _rejected(fit, Flaw("id", "import_erased"))
    if trace != fit.trace:
        return _rejected(fit, Flaw("id", "import_other_person"))
    return Outcome(fit.row, fit.source_id, fit.email, "here", user_id)


def _rejected(fit: Fit, flaw: Flaw) -> Outcome:
    return Outcome(fit.row, fit.source_id, fit.email, "rejected", flaws=(flaw,))
