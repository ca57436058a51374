"""Entries as objects of a bucket, one a shipment: sent twice, the same object is written twice."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from daemun.adapters.sinks.outgoing import Outgoing
from daemun.adapters.sinks.sigv4 import Credentials, escaped, signed
from daemun.ports.sinks import SENT, Answer, Shipment
from daemun.ports.system import Clock


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` without a slash at its end; the bucket stands in the path, which every server understands."""

    endpoint: str
    name: str
    prefix: str


@dataclass(frozen=True, slots=True)
class S3Sink:
    bucket: Bucket
    credentials: Credentials
    clock: Clock
    outgoing: Outgoing

    def send(self, shipment: Shipment) -> Answer:
        lines = b"".join(each.body + b"\n" for each in shipment.records)
        day = f"{shipment.records[0].at.astimezone(UTC):%Y/%m/%d}" if shipment.records else "empty"
        folder = f"{self.bucket.prefix}{shipment.origin}"
        answer = self._put(f"{folder}/{day}/{shipment.first:016d}-{shipment.end:016d}.jsonl", lines, "application/x-ndjson")
        if answer != SENT or not shipment.checkpoint:
            return answer
        return self._put(f"{folder}/checkpoint/{shipment.end:016d}", shipment.checkpoint, "text/plain; charset=utf-8")

    def _put(self, key: str, body: bytes, kind: str) -> Answer:
        url = f"{self.bucket.endpoint}/{escaped(f'{self.bucket.name}/{key}')}"
        # The checksum is what buckets with a lock on their objects ask for.
        headers = {"Content-Type": kind, "x-amz-checksum-sha256": b64encode(sha256(body).digest()).decode()}
        return self.outgoing.call("PUT", url, body, signed(self.credentials, "PUT", url, headers, body, self.clock.now()))

    def close(self) -> None:
        """Each call has its own connection."""
