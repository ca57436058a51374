"""Events in the Open Cybersecurity Schema Framework 1.3: what a SIEM takes in without being taught. Pure."""

from __future__ import annotations

from typing import Any, Final

from daemun.features.audit.exports.lines import Line

SCHEMA: Final = "1.3.0"
ACCOUNT_CHANGE: Final = 3001
AUTHENTICATION: Final = 3002
API_ACTIVITY: Final = 6003
CATEGORIES: Final = {3: "Identity & Access Management", 6: "Application Activity"}
CLASSES: Final = {ACCOUNT_CHANGE: "Account Change", AUTHENTICATION: "Authentication", API_ACTIVITY: "API Activity"}
OTHER: Final = 99
# Activities by the schema's numbers. What has none there is 99 with its own name beside it.
ACTIVITIES: Final[dict[str, tuple[int, int]]] = {
    "auth.login": (AUTHENTICATION, 1),
    "auth.reauthenticate": (AUTHENTICATION, 1),
    "auth.logout": (AUTHENTICATION, 2),
    "auth.refresh": (AUTHENTICATION, 5),
    "session.end": (AUTHENTICATION, 2),
    "account.signup": (ACCOUNT_CHANGE, 1),
    "user.create": (ACCOUNT_CHANGE, 1),
    "user.import": (ACCOUNT_CHANGE, 1),
    "house.set_up": (ACCOUNT_CHANGE, 1),
    "account.lift": (ACCOUNT_CHANGE, 2),
    "account.restore": (ACCOUNT_CHANGE, 2),
    "account.wake": (ACCOUNT_CHANGE, 2),
    "account.unlock": (ACCOUNT_CHANGE, 2),
    "account.password_change": (ACCOUNT_CHANGE, 3),
    "account.recovery": (ACCOUNT_CHANGE, 4),
    "account.temporary_password": (ACCOUNT_CHANGE, 4),
    "account.suspend": (ACCOUNT_CHANGE, 5),
    "account.sleep": (ACCOUNT_CHANGE, 5),
    "account.delete": (ACCOUNT_CHANGE, 6),
    "account.erase": (ACCOUNT_CHANGE, 6),
    "role.grant": (ACCOUNT_CHANGE, 7),
    "role.revoke": (ACCOUNT_CHANGE, 8),
}
CREATED, SEEN, UPDATED, DELETED = 1, 2, 3, 4
VERBS: Final = {
    **dict.fromkeys(("create", "submit", "add"), CREATED),
    **dict.fromkeys(("read", "open", "reveal", "export", "download"), SEEN),
    **dict.fromkeys(("update", "change", "rename", "rotate"), UPDATED),
    **dict.fromkeys(("delete", "end", "remove", "revoke"), DELETED),
}
NAMES: Final[dict[int, dict[int, str]]] = {
    AUTHENTICATION: {1: "Logon", 2: "Logoff", 5: "Service Ticket Renew"},
    ACCOUNT_CHANGE: {
        1: "Create",
        2: "Enable",
        3: "Password Change",
        4: "Password Reset",
        5: "Disable",
        6: "Delete",
        7: "Attach Policy",
        8: "Detach Policy",
    },
    API_ACTIVITY: {1: "Create", 2: "Read", 3: "Update", 4: "Delete"},
}
FAMILIES: Final = dict.fromkeys(("auth", "session"), AUTHENTICATION) | dict.fromkeys(("account", "user", "role"), ACCOUNT_CHANGE)
INFORMATIONAL, LOW, HIGH = 1, 2, 4


def ocsf(line: Line, *, origin: str, version: str) -> dict[str, Any]:
    class_, activity = classified(line.action)
    said: dict[str, Any] = {
        "metadata": {
            "version": SCHEMA,
            "uid": line.id,
            "log_name": origin,
            "sequence": line.idx,
            "product": {"name": "Daemun", "vendor_name": "Daemun", "version": version},
            "profiles": [],
        },
        "category_uid": class_ // 1000,
        "category_name": CATEGORIES[class_ // 1000],
        "class_uid": class_,
        "class_name": CLASSES[class_],
        "activity_id": activity,
        "activity_name": NAMES[class_].get(activity, line.action or line.kind),
        "type_uid": class_ * 100 + activity,
        "type_name": f"{CLASSES[class_]}: {NAMES[class_].get(activity, 'Other')}",
        "time": int(line.at.timestamp() * 1000),
        "severity_id": _severity(line),
        "status_id": 1 if line.outcome in ("", "success") else 2,
        "status_detail": line.outcome or None,
        "actor": {"user": _user(line.actor, line.handle)},
        "unmapped": _more(line),
    }
    said |= _where(line) | _what(class_, line)
    return {name: value for name, value in said.items() if value is not None}


def classified(action: str) -> tuple[int, int]:
    """Class and activity of an action."""
    if action in ACTIVITIES:
        return ACTIVITIES[action]
    family, verb = action.partition(".")[0], action.rpartition(".")[2]
    class_ = FAMILIES.get(family, API_ACTIVITY)
    return class_, VERBS.get(verb, OTHER) if class_ == API_ACTIVITY else OTHER


def _more(line: Line) -> dict[str, Any]:
    """What the schema has no name for."""
    return {
        "action": line.action,
        "kind": line.kind,
        "class": line.retention,
        "details": dict(line.details),
        "network": line.network,
        "gone": list(line.gone),
    }


def _severity(line: Line) -> int:
    if line.altered:
        return HIGH
    return INFORMATIONAL if line.outcome in ("", "success") else LOW


def _user(actor: str, handle: str | None = None) -> dict[str, Any]:
    known = {"uid": actor, "type_id": 3 if actor.startswith("system") else 1 if actor.startswith("user:") else 0}
    return known | ({"name": handle} if handle else {})


def _where(line: Line) -> dict[str, Any]:
    request = {"user_agent": line.agent, "http_method": line.method, "url": {"path": line.path} if line.path else None, "uid": line.request}
    told = {name: value for name, value in request.items() if value}
    # A truncated address is a network, and the schema has no place for one where an address stands.
    known = {"ip": line.address} if line.address else {"name": "unknown"}
    return {"src_endpoint": known} | ({"http_request": told} if told else {})


def _what(class_: int, line: Line) -> dict[str, Any]:
    if class_ == API_ACTIVITY:
        api = {"operation": line.action or line.kind, "request": {"uid": line.request}}
        return {"api": api} | ({"resources": [{"name": line.resource}]} if line.resource else {})
    told: dict[str, Any] = {"user": _user(line.target or line.actor, None if line.target else line.handle)}
    return told | ({"session": {"uid": line.session}} if line.session and class_ == AUTHENTICATION else {})
