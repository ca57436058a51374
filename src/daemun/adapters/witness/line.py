"""A witness is asked over HTTP (c2sp.org/tlog-witness)."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPException

from daemun.adapters.sinks import Outgoing

PATH = "/add-checkpoint"


@dataclass(frozen=True, slots=True)
class HttpLine:
    """`url` without a slash at its end."""

    url: str
    outgoing: Outgoing

    def ask(self, request: bytes) -> tuple[int, bytes]:
        try:
            status, _, body = self.outgoing.exchange("POST", self.url + PATH, request, {"Content-Type": "text/plain; charset=utf-8"})
        except HTTPException as error:
            raise ValueError from error
        return status, body
