"""Where copies of the audit log go, and who is asked to witness it, from the settings."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from daemun.adapters.sinks import Bucket, Collector, FilesSink, Outgoing, S3Sink, SyslogSink, WebhookSink
from daemun.adapters.sinks import Credentials as S3Credentials
from daemun.adapters.witness import HttpLine
from daemun.features.audit import FilesSettings, Outlet, S3Settings, SinkSettings, SyslogSettings, WebhookSettings
from daemun.ports.system import Clock

PATIENCE: Final = 10.0
"""Seconds for each step of the way: well within the time one process has a destination for itself."""


def outlets(chosen: SinkSettings, data: Path, host: str, clock: Clock) -> tuple[Outlet, ...]:
    return (
        *_files(chosen.files, data / "logs"),
        *_syslog(chosen.syslog, host),
        *_webhook(chosen.webhook, clock),
        *_s3(chosen.s3, clock),
    )


def line(url: str) -> HttpLine:
    """To a witness, which may stand in a network of the operator's own."""
    return HttpLine(url, Outgoing.of(None, PATIENCE, private=True))


def _files(chosen: FilesSettings, usual: Path) -> Iterator[Outlet]:
    if chosen.on:
        folder = chosen.folder or usual
        yield Outlet("files", FilesSink(folder), chosen.personal, most=2000, where=str(folder))


def _syslog(chosen: SyslogSettings, host: str) -> Iterator[Outlet]:
    if chosen.host:
        there = Collector(chosen.host, chosen.port, PATIENCE, chosen.ca, chosen.certificate)
        sink = SyslogSink(there, host or socket.gethostname())
        yield Outlet("syslog", sink, chosen.personal, most=500, where=f"{chosen.host}:{chosen.port}")


def _webhook(chosen: WebhookSettings, clock: Clock) -> Iterator[Outlet]:
    if chosen.url and chosen.secret:
        way = Outgoing.of(chosen.ca, PATIENCE, private=chosen.private)
        sink = WebhookSink(chosen.url, chosen.secret, clock, way)
        # Without path and query: keys are put there.
        yield Outlet("webhook", sink, chosen.personal, most=100, where=urlsplit(chosen.url).hostname or "")


def _s3(chosen: S3Settings, clock: Clock) -> Iterator[Outlet]:
    if chosen.bucket and chosen.key_id and chosen.secret:
        # Its server is the operator's word, like the database's: it may stand in a network of their own.
        way = Outgoing.of(chosen.ca, PATIENCE, private=True)
        bucket = Bucket(chosen.endpoint.rstrip("/"), chosen.bucket, chosen.prefix)
        sink = S3Sink(bucket, S3Credentials(chosen.key_id, chosen.secret, chosen.region), clock, way)
        where = f"{urlsplit(chosen.endpoint).netloc}/{chosen.bucket}"
        yield Outlet("s3", sink, chosen.personal, most=5000, every=max(chosen.every, timedelta(0)), where=where)
