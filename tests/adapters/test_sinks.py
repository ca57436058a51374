"""Each destination as its protocol asks, and none that does not prove whose it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from standardwebhooks import Webhook
from tests.servers.process import free_port
from tests.servers.receiving import a_hook, a_syslogd
from tests.servers.s3 import Store, s3_server

from daemun.adapters.sinks import Collector, Credentials, FilesSink, Outgoing, SyslogSink, WebhookSink
from daemun.adapters.sinks.outgoing import is_public, judged
from daemun.adapters.sinks.sigv4 import signed
from daemun.adapters.sinks.webhook import signature
from daemun.adapters.system import SystemClock
from daemun.core.secret import Secret
from daemun.ports.sinks import SENT, Answer, Record, Shipment

AT = datetime(2026, 11, 21, 23, 59, 59, 123456, tzinfo=UTC)
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")


def a_shipment(*bodies: str, first: int = 0, at: datetime = AT) -> Shipment:
    records = [Record(first + number, at, "auth.login", "warning", each.encode()) for number, each in enumerate(bodies)]
    return Shipment("gate.example.com/audit/default", first, first + len(bodies), records, b"origin\n1\nroot\n\n\xe2\x80\x94 sig\n")


def a_webhook(url: str, ca: Path, *, private: bool = True) -> WebhookSink:
    return WebhookSink(url, SECRET, SystemClock(), Outgoing.of(ca, 5.0, private=private))


def stranger(folder: Path) -> Path:
    path = folder / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


def test_a_webhook_is_signed_as_the_standard_says(tmp_path: Path) -> None:
    assert signature(b"\1" * 24, "a/0-1", "1700000000", b"{}").startswith("v1,")
    with a_hook(tmp_path) as hook:
        assert a_webhook(hook.url, hook.ca).send(a_shipment('{"idx":0}', '{"idx":1}')) == SENT
        headers, body = hook.calls[0]
        told = Webhook(SECRET.reveal()).verify(body, headers)
        assert told["data"]["entries"] == [{"idx": 0}, {"idx": 1}]
        assert headers["webhook-id"] == "gate.example.com/audit/default/0-2"


@pytest.mark.parametrize(
    ("status", "became"), [(302, "away"), (400, "refused"), (401, "away"), (413, "refused"), (500, "failed"), (503, "away")]
)
def test_what_a_webhook_answers_is_told_apart_and_followed_nowhere(status: int, became: str, tmp_path: Path) -> None:
    with a_hook(tmp_path) as hook:
        hook.rule = lambda _: status
        answer = a_webhook(hook.url, hook.ca).send(a_shipment('{"idx":0}'))
        assert (answer.became, answer.error) == (became, f"status {status}")
        assert len(hook.calls) == 1


def test_a_webhook_goes_into_no_network_of_our_own_unless_that_was_said(tmp_path: Path) -> None:
    with a_hook(tmp_path) as hook:
        refused = Answer("away", "address_not_public")
        assert a_webhook(hook.url, hook.ca, private=False).send(a_shipment('{"idx":0}')) == refused
        for host in ("169.254.169.254", "[::1]", "[::ffff:10.0.0.1]", "2130706433", "0x7f.1"):
            assert a_webhook(f"http://{host}/", hook.ca, private=False).send(a_shipment('{"idx":0}')) == refused
        assert hook.calls == []
    for inside in (
        "10.1.2.3",
        "100.64.0.1",
        "192.168.0.1",
        "fd00::1",
        "fe80::1%eth0",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "224.0.0.1",
        "0.0.0.0",
    ):
        assert not is_public(inside)
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")


def test_whoever_cannot_prove_who_they_are_is_told_nothing(tmp_path: Path) -> None:
    with a_hook(tmp_path) as hook, a_syslogd(tmp_path) as collector:
        other = stranger(tmp_path)
        assert a_webhook(hook.url, other).send(a_shipment('{"idx":0}')) == Answer("away", "certificate")
        assert a_webhook(hook.url.replace("localhost", "127.0.0.1"), hook.ca).send(a_shipment("{}")) == Answer("away", "certificate")
        there = Collector("localhost", collector.port, 5.0, other)
        assert SyslogSink(there, "gate").send(a_shipment("{}")) == Answer("away", "certificate")
        assert (hook.calls, collector.messages) == ([], [])
    assert a_webhook(f"https://localhost:{free_port()}/", other).send(a_shipment("{}")) == Answer("away", "connection")
    assert a_webhook("https://nowhere.invalid/", other).send(a_shipment("{}")) == Answer("away", "name")


def test_a_polite_server_that_asks_for_patience_gets_it() -> None:
    assert judged(429, "120") == Answer("away", "status 429", 120)
    assert judged(503, "soon").wait == 0
    assert judged(503, "9" * 9).wait == 3600


def test_syslog_is_framed_by_octets_and_says_what_it_is(tmp_path: Path) -> None:
    with a_syslogd(tmp_path, asks=True) as collector:
        there = Collector("localhost", collector.port, 5.0, collector.ca, tmp_path / "client.pem")
        sink = SyslogSink(there, "gate host.example.com")
        assert sink.send(a_shipment('{"idx":7,"name":"\\uc548"}', "{}", first=7)) == SENT
        head, _, rest = collector.messages[0].partition(b" {")
        assert (
            head
            == f'<108>1 2026-11-21T23:59:59.123456Z gatehost.example.com daemun {os.getpid()} auth.login [meta sequenceId="8"]'.encode()
        )
        assert json.loads(b"{" + rest) == {"idx": 7, "name": "안"}
        assert b" checkpoint - origin\\n1\\nroot\\n\\n" in collector.messages[2]
        assert len(collector.messages) == 3
        unknown = SyslogSink(Collector("localhost", collector.port, 5.0, collector.ca), "gate")
        assert unknown.send(a_shipment("{}")).became == "away" or len(collector.messages) == 3


@pytest.fixture(scope="module")
def s3() -> Iterator[Store]:
    with s3_server() as server:
        yield server


@pytest.mark.processes
def test_a_bucket_gets_an_object_a_shipment_and_the_same_one_again(s3: Store) -> None:
    shipment = a_shipment('{"idx":0}', '{"idx":1}')
    assert [s3.sink().send(shipment) for _ in range(2)] == [SENT, SENT]
    folder = "gate/gate.example.com/audit/default"
    name = f"{folder}/2026/11/21/0000000000000000-0000000000000002.jsonl"
    assert sorted(s3.keys()) == [name, f"{folder}/checkpoint/0000000000000002"]
    assert s3.get(name) == b'{"idx":0}\n{"idx":1}\n'
    assert s3.sink(secret="wrong").send(shipment) == Answer("away", "status 403")


def test_requests_are_signed_as_the_published_example() -> None:
    """The example "PUT Object" of the S3 documentation for signature version 4."""
    who = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1")
    headers = {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}
    url = "https://examplebucket.s3.amazonaws.com/test%24file.text"
    told = signed(who, "PUT", url, headers, b"Welcome to Amazon S3.", datetime(2013, 5, 24, tzinfo=UTC))
    assert told["Authorization"].endswith("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


def test_dated_files_are_by_the_day_it_happened_and_for_nobody_else_to_read(tmp_path: Path) -> None:
    sink = FilesSink(tmp_path / "logs")
    assert sink.send(a_shipment('{"idx":0}')) == SENT
    assert sink.send(a_shipment('{"idx":1}', at=AT.replace(day=22))) == SENT
    assert sink.send(a_shipment('{"idx":2}')) == SENT
    assert (tmp_path / "logs" / "security-2026-11-21.jsonl").read_text() == '{"idx":0}\n{"idx":2}\n'
    assert (tmp_path / "logs" / "security-2026-11-22.jsonl").stat().st_mode & 0o777 == 0o600
    (tmp_path / "other").touch()
    assert FilesSink(tmp_path / "other").send(a_shipment("{}")).became == "away"


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.adapters.test_sinks import FilesSink, a_shipment
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30, 30))
sink = FilesSink(Path(sys.argv[1]))
print([sink.send(a_shipment('{"number":%d}' % each, "{}")).became for each in range(4)])
"""


def test_a_disk_that_fills_up_leaves_no_half_line(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout == "['sent', 'away', 'away', 'away']\n"
    (file,) = tmp_path.glob("*.jsonl")
    assert file.read_text() == '{"number":0}\n{}\n'
