"""`permissions.md`: what can be allowed, which calls ask for it, and which roles give it."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.reference.calls import Call, calls
from scripts.reference.source import Source
from scripts.reference.wording import code, codes, finished, headed, table

from daemun.core.canonical import PERMISSION_ALIASES
from daemun.core.circumstance import Language
from daemun.features.access.roles import BUILT_IN, Role
from daemun.plugin import Permission

WORDS = {
    "ko": {
        "title": "권한과 역할",
        "about": "코드는 권한을 묻고, 사람은 역할을 받습니다. 역할은 권한의 묶음이며 한 사람이 여럿을 가질 수 있습니다. "
        "여기 있는 역할은 처음부터 있는 것이고, 같은 권한으로 역할을 새로 만들 수 있습니다.",
        "aliases": "다른 이름으로도 부릅니다:",
        "permissions": "권한",
        "permission": "권한",
        "what": "무엇",
        "held": "가진 역할",
        "asked": "묻는 곳",
        "roles": "기본 역할",
        "role": "역할",
        "number": "번호",
        "title_of": "이름",
        "patterns": "주는 것",
        "now": "지금의 권한",
        "everything": "모든 권한",
    },
    "en": {
        "title": "Permissions and roles",
        "about": "Code asks for permissions, people are given roles. A role is a set of permissions, and a person may have several. "
        "The roles here are built in; others can be made of the same permissions.",
        "aliases": "Also known as:",
        "permissions": "Permissions",
        "permission": "permission",
        "what": "what it allows",
        "held": "roles that have it",
        "asked": "asked for by",
        "roles": "Built-in roles",
        "role": "role",
        "number": "number",
        "title_of": "title",
        "patterns": "gives",
        "now": "which today is",
        "everything": "every permission",
    },
}


def page(source: Source, language: Language) -> str:
    words = WORDS[language]
    also = ", ".join(f"{code(alias)} = {code(name)}" for alias, name in PERMISSION_ALIASES.items())
    lines = headed(language, "permissions", words["title"], words["about"], f"{words['aliases']} {also}")
    asking = list(calls(source.app))
    head = tuple(words[each] for each in ("permission", "what", "held", "asked"))
    permissions = (tuple(_permission(source, language, each, asking)) for each in source.house.access.catalogue.values())
    lines += ["", f"## {words['permissions']}", "", *table(head, permissions)]
    head = tuple(words[each] for each in ("role", "number", "title_of", "patterns", "now"))
    return finished([*lines, "", f"## {words['roles']}", "", *table(head, (tuple(_role(source, language, each)) for each in BUILT_IN))])


def _permission(source: Source, language: Language, permission: Permission, asking: list[Call]) -> Iterator[str]:
    yield code(permission.name)
    yield permission.ko if language == "ko" else permission.en
    yield codes(name for name, rights in source.house.access.built_in.items() if permission.name in rights.permissions)
    yield codes(f"{each.method} {each.path}" for each in asking if each.permission == permission.name)


def _role(source: Source, language: Language, role: Role) -> Iterator[str]:
    rights = source.house.access.built_in[role.name]
    everything = rights.permissions == source.house.access.catalogue.keys()
    yield code(role.name)
    yield str(role.number or "")
    yield role.ko if language == "ko" else role.en
    yield codes(sorted(rights.grants))
    yield WORDS[language]["everything"] if everything else codes(sorted(rights.permissions))
