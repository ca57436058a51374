"""How things are called in Valkey, which learns neither who somebody is nor which session is theirs."""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from hmac import digest
from typing import Final

from daemun.ports.database import EVERYBODY

FIELD: Final = re.compile(rb"^(run_id|master_replid|role):(\S+)", re.MULTILINE)


class NoMaster(Exception):
    """What answers is a copy of another server, or no server that says who it is."""


class Elsewhere(Exception):
    """The server that answers is not the one that remembers."""


def life_of(told: bytes) -> str:
    """One life of one server, from its INFO: another one after every restart, and after every time it became the first of several."""
    found = dict(FIELD.findall(told))
    if found.get(b"role") != b"master" or not found.get(b"run_id"):
        raise NoMaster
    return sha256(found[b"run_id"] + b" " + found.get(b"master_replid", b"")).hexdigest()[:32]


def address_of(url: str) -> str:
    return url.replace("valkey", "redis", 1) if url.startswith("valkey") else url


class Names:
    """In one place; another place shares no name with it."""

    def __init__(self, key: bytes, place: str) -> None:
        self.place = place
        self.life, _, nonce = place.partition("/")
        self._key = key
        self._prefix = f"{{daemun}}:gate:{nonce}:"  # the braces keep all in one slot of a cluster: a script may not reach further
        self.counter = self._prefix + "counter"
        self.people = self._prefix + "who:"
        self.everybody = self.people + EVERYBODY

    def expect(self, life: str) -> None:
        if life != self.life:
            raise Elsewhere

    def answer(self, name: str) -> str:
        return self._prefix + "answer:" + self.masked("answer " + name)

    def person(self, user_id: str) -> str:
        return self.people + self.who(user_id)

    def who(self, user_id: str) -> str:
        return EVERYBODY if user_id == EVERYBODY else self.masked("person " + user_id)

    def marked(self, people: Collection[str]) -> list[str]:
        return [self.counter, *(self.person(each) for each in people)]

    def masked(self, text: str) -> str:
        return digest(self._key, text.encode(), "sha256").hex()
