"""The roles that are built in. Pure data: HALO's thirteen numbered admin roles, then those of the other documents.

A pattern is a permission, `*` for all, `thing.*`, or `*.verb`. What a feature declares for a role comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    ko: str
    en: str
    number: int | None = None
    grants: tuple[str, ...] = ()


BUILT_IN = (
    Role("master", "마스터", "Master", 1, ("*",)),
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


def matches(pattern: str, permission: str) -> bool:
    thing, _, verb = pattern.partition(".")
    if pattern == "*":
        return True
    wanted_thing, _, wanted_verb = permission.partition(".")
    return thing in ("*", wanted_thing) and verb in ("*", wanted_verb)


def resolve(role: str, catalogue: Iterable[str], declared: Iterable[str]) -> frozenset[str]:
    """The permissions of a built-in role: its patterns over all that exist, and what features declare for it."""
    known = frozenset(catalogue)
    grants = BY_NAME[role].grants
    found = {each for each in known if any(matches(pattern, each) for pattern in grants)}
    return frozenset(found | (known & frozenset(declared)))
