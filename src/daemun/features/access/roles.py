"""The roles that are built in, and what roles give. Pure: HALO's thirteen numbered admin roles, then those of the other documents.

A pattern is a permission, `*` for all, `thing.*`, or `*.verb`. What a feature declares for a role comes on top.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from daemun.core.canonical import permission_name

MASTER: Final = "master"
NAME: Final = r"^[a-z][a-z0-9_]{1,49}$"
PATTERN: Final = re.compile(r"\*|(?:\*|[a-z][a-z0-9_-]*)\.(?:\*|[a-z][a-z0-9_.-]*)")


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    ko: str
    en: str
    number: int | None = None
    grants: tuple[str, ...] = ()


BUILT_IN = (
    Role(MASTER, "마스터", "Master", 1, ("*",)),
    Role("service_admin", "서비스 관리자", "Service admin", 2, ("settings.*", "tools.*", "jobs.*")),
    Role("content_admin", "콘텐츠 관리자", "Content admin", 3, ("posts.*", "files.*")),
    Role("community_admin", "커뮤니티 관리자", "Community admin", 4, ("reports.*", "chat.*")),
    Role("user_admin", "회원 관리자", "User admin", 5, ("users.read", "users.manage")),
    Role("security_admin", "보안 관리자", "Security admin", 6, ("security.*", "detections.*", "policies.*", "factors.*", "audit.read")),
    Role("billing_admin", "결제 관리자", "Billing admin", 7, ("plans.*", "payments.*")),
    Role("achievement_admin", "업적 관리자", "Achievement admin", 8, ("achievements.*",)),
    Role("chat_admin", "채팅 관리자", "Chat admin", 9, ("chat.*",)),
    Role("post_admin", "게시글 관리자", "Post admin", 10, ("posts.*",)),
    Role("notice_admin", "공지 관리자", "Notice admin", 11, ("announcements.*",)),
    Role("support_admin", "고객지원 관리자", "Support admin", 12, ("users.read", "users.recover")),
    Role("auditor", "감사자", "Auditor", 13, ("*.read",)),
    Role("admin", "관리자", "Admin", None, ("*",)),
    Role("user", "사용자", "User", None, ("runs.create", "runs.send", "runs.download", "files.own")),
    Role("pro", "프로", "Pro", None, ("runs.create", "runs.send", "runs.download", "files.own")),
    Role("viewer", "조회 전용", "Viewer", None, ("runs.read", "tools.read")),
)
BY_NAME = {role.name: role for role in BUILT_IN}
EVERYDAY = ("user", "pro", "viewer")
"""Roles that make nobody an administrator: what they give does not rank people."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What roles give: the patterns as they are written, and the permissions that these are today."""

    roles: tuple[str, ...] = ()
    grants: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()

    @property
    def is_master(self) -> bool:
        return MASTER in self.roles

    def cover(self, other: Rights, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether all that the other gives is held, `but` some: today, and when an upgrade brings permissions that a pattern takes in."""
        now = other.permissions - but <= self.permissions
        return now and all(any(matches(mine, each) for mine in self.grants) for each in other.grants - but)


def matches(pattern: str, permission: str) -> bool:
    """Also of two patterns: whether the first takes in all of the second."""
    thing, _, verb = pattern.partition(".")
    if pattern == "*":
        return True
    wanted_thing, _, wanted_verb = permission.partition(".")
    return thing in ("*", wanted_thing) and verb in ("*", wanted_verb)


def resolve(grants: Iterable[str], catalogue: Iterable[str]) -> frozenset[str]:
    """The permissions that patterns are, of all that exist."""
    patterns = tuple(grants)
    return frozenset(each for each in catalogue if any(matches(pattern, each) for pattern in patterns))


def normalised(grants: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order, under the one name it has here."""
    return tuple(sorted({"*" if each == "*.*" else permission_name(each) for each in grants}))


def unknown(grants: Iterable[str], catalogue: Iterable[str]) -> tuple[str, ...]:
    """Those that are no pattern, or take in nothing that exists."""
    known = tuple(catalogue)
    return tuple(each for each in grants if not PATTERN.fullmatch(each) or not resolve((each,), known))
