"""What becomes of an account, with all that goes with it: the state, the sessions, the letter; in one work, by whoever it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from daemun.core.actor import Actor
from daemun.core.errors import Refusal
from daemun.core.secret import Secret
from daemun.features.identity import Moved, MoveName
from daemun.features.people import importing
from daemun.features.people.desk import Desk
from daemun.features.people.revocation import Cause
from daemun.ports.database import Work
from daemun.ports.letters import Letter

CAUSES: Final[Mapping[MoveName, Cause]] = {"ban": "banned", "sleep": "slept", "delete": "deleted"}
"""Erasing leaves nothing that could end."""
Write = Callable[[Work, Moved], None]


def move(
    desk: Desk,
    work: Work,
    user_id: str,
    name: MoveName,
    *,
    by: Actor,
    reason: str = "",
    until: datetime | None = None,
    link: Secret | None = None,
    write: Write | None = None,
) -> Moved | Refusal:
    """Decided, written, and said in a letter of the move's own kind, or by `write`; what the move ends has ended with it."""
    protected = name in CAUSES and desk.access.keep_a_master(work, user_id) is not None
    moved = desk.identity.move(work, user_id, name, by=by, reason=reason, until=until, protected=protected)
    if isinstance(moved, Refusal):
        return moved
    if moved.move.to is None:
        _forget(desk, work, moved, by)
    else:
        if cause := CAUSES.get(name):
            desk.revoke(work, cause, user_id, by=by)
        if write:
            write(work, moved)
            return moved
        end = until.date().isoformat() if until else ""
        desk.write(work, moved.move.letter, moved.account, link=link, reason=reason, until=end)
    return moved


def _forget(desk: Desk, work: Work, moved: Moved, by: Actor) -> None:
    """Nothing is left but a mark of the handle, what the log keeps, and one letter that is nobody's: it must outlive their others."""
    user_id, gone = moved.account.id, moved.account
    desk.sessions.forget(work, user_id, by=by)
    desk.keys.forget(work, user_id, by=by)
    desk.access.forget(work, user_id)
    desk.letters.forget(work, user_id)
    importing.forget(work, user_id)
    fields = {"name": gone.name, "handle": gone.handle}
    desk.letters.post(work, Letter(moved.move.letter, gone.email, gone.language, "", fields))
