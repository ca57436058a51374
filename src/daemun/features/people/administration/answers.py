"""What the API of administration says. What was written down about somebody is told to those who hold `records.read`, to nobody else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import PlainSerializer

from daemun.features.access import RoleChange
from daemun.features.identity import Account, Link, LoginEntry, Status, User
from daemun.features.people.administration.flows.bulk import Result
from daemun.features.people.administration.flows.inviting import guest_of
from daemun.features.people.administration.flows.look_up import PageOfPeople, Person
from daemun.features.sessions import OpenSession
from daemun.plugin import Actor, Body

RECORDS = "records.read"
Moment = Annotated[datetime, PlainSerializer(lambda at: at.isoformat(timespec="microseconds").replace("+00:00", "Z"), return_type=str)]


class ListedUser(Body):
    id: str
    handle: str
    email: str
    name: str
    language: str
    status: Status
    is_active: bool
    is_verified: bool
    created_at: Moment
    last_login_at: Moment | None
    roles: list[str]

    @classmethod
    def listed(cls, account: Account, roles: tuple[str, ...]) -> Self:
        return cls(**_shown(account, roles))


class UsersAnswer(Body):
    users: list[ListedUser]
    next: str | None
    """What to ask for as `after`; None at the end."""

    @classmethod
    def of(cls, page: PageOfPeople) -> UsersAnswer:
        return cls(users=[ListedUser.listed(each, page.roles.get(each.id, ())) for each in page.accounts], next=page.next)


class RecordAnswer(Body):
    """What administrators wrote about somebody, and how they come in."""

    status_reason: str | None
    status_until: Moment | None
    status_by: str | None
    status_since: Moment | None
    deleted_at: Moment | None
    held: str | None
    held_by: str | None
    password_changed_at: Moment | None
    sessions: int

    @classmethod
    def of(cls, account: Account, sessions: int) -> RecordAnswer:
        return cls(
            status_reason=account.status_reason,
            status_until=account.status_until,
            status_by=account.status_by,
            status_since=account.status_since,
            deleted_at=account.left_at,
            held=account.held,
            held_by=account.held_by,
            password_changed_at=account.password_changed_at,
            sessions=sessions,
        )


class UserAnswer(ListedUser):
    """`record` is null for those who lack `records.read`."""

    permissions: list[str]
    record: RecordAnswer | None

    @classmethod
    def of(cls, person: Person, asker: Actor) -> UserAnswer:
        record = RecordAnswer.of(person.account, person.sessions) if asker.may(RECORDS) else None
        return cls(**_shown(person.account, person.roles), permissions=sorted(person.permissions), record=record)


class RolesAnswer(Body):
    given: list[str]
    taken: list[str]

    @classmethod
    def of(cls, change: RoleChange) -> RolesAnswer:
        return cls(given=list(change.given), taken=list(change.taken))


class SessionAnswer(Body):
    id: str
    kind: Literal["tokens", "browser"]
    name: str | None
    device: str
    address: str
    country: str | None
    started_at: Moment
    used_at: Moment
    expires_at: Moment
    aal: int

    @classmethod
    def of(cls, found: OpenSession) -> SessionAnswer:
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class SessionsAnswer(Body):
    sessions: list[SessionAnswer]


class LoginAnswer(Body):
    id: str
    at: Moment
    success: bool
    reason: str | None
    address: str
    agent: str

    @classmethod
    def of(cls, found: LoginEntry) -> LoginAnswer:
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class LoginsAnswer(Body):
    logins: list[LoginAnswer]
    next: str | None


class EndedAnswer(Body):
    ended: int


class InvitationAnswer(Body):
    """The link itself is told to nobody but the invited. `user_id`: the account that waits for them, if it is there already."""

    id: str
    email: str
    name: str
    roles: list[str]
    invited_by: str
    user_id: str | None
    created_at: Moment
    expires_at: Moment

    @classmethod
    def of(cls, link: Link) -> InvitationAnswer:
        guest = guest_of(link)
        return cls(
            id=link.id,
            email=guest.email,
            name=guest.name,
            roles=list(guest.roles),
            invited_by=link.data.get("by", ""),
            user_id=link.user_id or None,
            created_at=link.created_at,
            expires_at=link.expires_at,
        )


class InvitationsAnswer(Body):
    invitations: list[InvitationAnswer]
    next: str | None


class BulkUser(Body):
    id: str
    result: Literal["done", "unchanged", "refused"]
    code: str | None


class BulkAnswer(Body):
    """In a rehearsal `done` means would be done."""

    action: str
    dry_run: bool
    done: int
    unchanged: int
    refused: int
    users: list[BulkUser]
    """Of a rehearsal everybody; else those who were refused."""

    @classmethod
    def of(cls, action: str, results: list[Result], *, dry_run: bool) -> BulkAnswer:
        shown = results if dry_run else [each for each in results if each.came == "refused"]
        count = [each.came for each in results].count
        return cls(
            action=action,
            dry_run=dry_run,
            done=count("done"),
            unchanged=count("unchanged"),
            refused=count("refused"),
            users=[BulkUser(id=each.id, result=each.came, code=each.code) for each in shown],
        )


class JoinedAnswer(Body):
    """Who one is now."""

    id: str
    handle: str
    email: str
    name: str

    @classmethod
    def of(cls, who: Account | User) -> JoinedAnswer:
        return cls(id=who.id, handle=who.handle, email=who.email, name=who.name)


def _shown(account: Account, roles: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": account.id,
        "handle": account.handle,
        "email": account.email,
        "name": account.name,
        "language": account.language,
        "status": account.status,
        "is_active": account.status == "NORMAL",
        "is_verified": account.email_verified,
        "created_at": account.created_at,
        "last_login_at": account.last_login_at,
        "roles": list(roles),
    }
