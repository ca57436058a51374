"""What people says has happened, beyond what the rooms it joins say themselves."""

from __future__ import annotations

from collections.abc import Mapping

from daemun.core.event import EventKind, Holder

RECOVERY_ASKED = EventKind("account.recovery", "success", "security", resource_type="user", fields={"way": "public"})
# Administration
USER_CREATED = EventKind("user.create", "success", "admin", resource_type="user", fields={"handle": "target", "roles": "public"})
INVITED = EventKind("user.invite", "success", "admin", resource_type="invitation", fields={"roles": "public", "again": "public"})
UNINVITED = EventKind("user.uninvite", "success", "admin", resource_type="invitation")
INVITATION_USED = EventKind("user.invitation", "success", "account", resource_type="user", fields={"invited_by": "public"})
RECOVERY_STARTED = EventKind("user.recover", "success", "security", resource_type="user")
BULK_DONE = EventKind(
    "user.bulk",
    "success",
    "admin",
    fields={"action": "public", "done": "public", "unchanged": "public", "refused": "public", "reason": "public"},
)
ADMINISTRATION_REFUSED = EventKind(
    "user.administer", "denied", "security", resource_type="user", fields={"needs": "public", "reason": "public"}
)
FIRST_MASTER = EventKind("house.set_up", "success", "admin", resource_type="user")
SETUP_OFFERED = EventKind("house.offer_setup", "success", "admin")
_COUNTED: Mapping[str, Holder] = dict.fromkeys(("origin", "imported", "linked", "here", "rejected"), "public")
IMPORT_BEGUN = EventKind("user.import_begin", "success", "admin", fields={"origin": "public"})
IMPORT_DONE = EventKind("user.import", "success", "admin", fields=_COUNTED)
IMPORT_STOPPED = EventKind("user.import", "failure", "admin", fields=_COUNTED)
ADMINISTRATION = (
    USER_CREATED,
    INVITED,
    UNINVITED,
    INVITATION_USED,
    RECOVERY_STARTED,
    BULK_DONE,
    ADMINISTRATION_REFUSED,
    FIRST_MASTER,
    SETUP_OFFERED,
    IMPORT_BEGUN,
    IMPORT_DONE,
    IMPORT_STOPPED,
)
