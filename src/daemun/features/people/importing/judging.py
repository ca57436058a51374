"""What can be said of somebody without asking who is here already. Pure."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from daemun.core.canonical import email_key, handle_key
from daemun.core.errors import Flaw
from daemun.features.identity import GIVEN_HANDLE, Status, flaws_of_given, is_email, is_reserved
from daemun.features.people.importing.handles import derived
from daemun.features.people.importing.models import Fit, Outcome, Terms
from daemun.ports.arrivals import Arrival, Unfit

LONGEST_HASH: Final = 512
ANY: Final = "any"
FIRST_ROLE: Final = "user"


def judged(arrival: Arrival | Unfit, terms: Terms, *, readable: Callable[[str], bool], key: bytes, now: datetime) -> Fit | Outcome:
    """`readable`: whether a login can be checked against a hash. `key`: without it nobody learns from the marks who was where."""
    if isinstance(arrival, Unfit):
        return Outcome(arrival.row, arrival.source_id, arrival.email, "rejected", flaws=arrival.flaws)
    handles, name = _handles(arrival, terms), arrival.name or arrival.handle or arrival.email.partition("@")[0]
    password, flaws = _password(arrival, terms, readable), [*arrival.flaws, *_flaws(arrival, handles, name, terms)]
    if isinstance(password, Flaw):
        flaws.append(password)
        password = None
    if flaws:
        return Outcome(arrival.row, arrival.source_id, arrival.email, "rejected", flaws=tuple(flaws))
    mark = f"{terms.origin}\0{arrival.source_id}"
    return Fit(
        arrival.row,
        _mark(key, mark, 16),
        _mark(key, email_key(arrival.email), 8),
        arrival.source_id,
        arrival.email,
        handles,
        name if len(name) > 1 else handles[0],
        password,
        _status(arrival, now),
        arrival.shut_until,
        arrival.verified or terms.vouches_for_emails,
        min(arrival.created_at or now, now),
        min(arrival.last_login_at, now) if arrival.last_login_at else None,
        tuple(dict.fromkeys((FIRST_ROLE, *(ours for theirs in arrival.roles for ours in terms.roles.get(theirs, ()))))),
        arrival.language or terms.language,
    )


def _flaws(arrival: Arrival, handles: tuple[str, ...], name: str, terms: Terms) -> Iterator[Flaw]:
    found = flaws_of_given(handles[0], arrival.email, name if len(name) > 1 else ANY)
    yield from (each if arrival.email or each.code != "email_form" else Flaw("email", "import_email_missing") for each in found)
    if not terms.renames and is_reserved(handle_key(handles[0])) and handles[0] == arrival.handle:
        yield Flaw("user_id", "import_handle_reserved")


def _handles(arrival: Arrival, terms: Terms) -> tuple[str, ...]:
    """A login that is an address is none: here, everybody logs in by the address anyway."""
    if not arrival.handle or is_email(arrival.handle):
        return derived(arrival.email)
    if not terms.renames:
        return (arrival.handle,)
    others = derived(arrival.email, arrival.handle)
    return tuple(dict.fromkeys((arrival.handle, *others))) if GIVEN_HANDLE.fullmatch(arrival.handle) else others


def _password(arrival: Arrival, terms: Terms, readable: Callable[[str], bool]) -> str | Flaw | None:
    encoded = arrival.password.reveal() if arrival.password else None
    if encoded is None or (len(encoded) <= LONGEST_HASH and readable(encoded)):
        return encoded
    return None if terms.drops_unknown_hashes else Flaw("password", "import_hash_unknown")


def _status(arrival: Arrival, now: datetime) -> Status:
    is_over = arrival.shut_until is not None and arrival.shut_until <= now
    return "BANNED" if arrival.shut and not is_over else "NORMAL"


def _mark(key: bytes, text: str, size: int) -> str:
    return urlsafe_b64encode(hmac.digest(key, text.encode("utf-8", "replace"), "sha256")[:size]).decode().rstrip("=")
