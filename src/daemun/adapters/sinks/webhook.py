"""Entries as a signed POST (Standard Webhooks): whoever receives it knows that it is ours, and when it was sent."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from daemun.adapters.sinks.outgoing import Outgoing
from daemun.core.secret import Secret
from daemun.ports.sinks import Answer, Shipment
from daemun.ports.system import Clock

TYPE = "audit.entries"
MARK = "whsec_"


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """`secret`: `whsec_` and the key in base64, as both sides keep it."""

    url: str
    secret: Secret
    clock: Clock
    outgoing: Outgoing

    def send(self, shipment: Shipment) -> Answer:
        body = written(shipment)
        return self.outgoing.call("POST", self.url, body, {"Content-Type": "application/json", **self._signed(shipment.id, body)})

    def _signed(self, message_id: str, body: bytes) -> dict[str, str]:
        at = str(int(self.clock.now().timestamp()))
        said = signature(key_in(self.secret), message_id, at, body)
        return {"webhook-id": message_id, "webhook-timestamp": at, "webhook-signature": said}

    def close(self) -> None:
        """Each call has its own connection."""


def key_in(secret: Secret) -> bytes:
    """ValueError when it is not written as it should be."""
    text = secret.reveal()
    if not text.startswith(MARK):
        raise ValueError("no webhook secret")
    return b64decode(text.removeprefix(MARK), validate=True)


def signature(key: bytes, message_id: str, at: str, body: bytes) -> str:
    return f"v1,{b64encode(hmac.digest(key, f'{message_id}.{at}.'.encode() + body, sha256)).decode()}"


def written(shipment: Shipment) -> bytes:
    """The records go in as they are: nothing of them is parsed again."""
    head = dumps({"origin": shipment.origin, "first": shipment.first, "end": shipment.end, "checkpoint": shipment.checkpoint.decode()})
    records = b",".join(each.body for each in shipment.records)
    return b'{"type":"%s","data":%s,"entries":[%s]}}' % (TYPE.encode(), head[:-1].encode(), records)
