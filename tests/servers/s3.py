"""A real S3 server (SeaweedFS) out of a wheel: it checks signatures, and keeps what it is given."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from tests.servers.process import free_port, start, stop

from daemun.adapters.sinks import Bucket, Credentials, Outgoing, S3Sink
from daemun.adapters.sinks.sigv4 import signed
from daemun.adapters.system import SystemClock
from daemun.core.secret import Secret

KEY_ID, SECRET = "AKDAEMUNTEST", "a-secret-of-the-test-server"
BUCKET = "audit-copies"


@dataclass(frozen=True, slots=True)
class Store:
    endpoint: str

    def sink(self, secret: str = SECRET, bucket: str = BUCKET, prefix: str = "gate/") -> S3Sink:
        who = Credentials(KEY_ID, Secret(secret), "us-east-1")
        return S3Sink(Bucket(self.endpoint, bucket, prefix), who, SystemClock(), Outgoing.of(None, 10.0, private=True))

    def keys(self) -> list[str]:
        """What is in the bucket."""
        return re.findall(r"<Key>([^<]+)</Key>", self.get("").decode())

    def get(self, key: str) -> bytes:
        url = f"{self.endpoint}/{BUCKET}" + (f"/{key}" if key else "")
        who = Credentials(KEY_ID, Secret(SECRET), "us-east-1")
        headers = signed(who, "GET", url, {}, b"", SystemClock().now())
        with urlopen(Request(url, headers=headers), timeout=10) as answer:
            found: bytes = answer.read()
            return found

    def make_bucket(self) -> None:
        url = f"{self.endpoint}/{BUCKET}"
        who = Credentials(KEY_ID, Secret(SECRET), "us-east-1")
        answer = Outgoing.of(None, 10.0, private=True).call("PUT", url, b"", signed(who, "PUT", url, {}, b"", SystemClock().now()))
        if answer.became != "sent":
            raise RuntimeError(f"no bucket: {answer}")


@contextmanager
def s3_server() -> Iterator[Store]:
    weed = Path(sys.executable).with_name("weed")
    with TemporaryDirectory() as home:
        folder = Path(home)
        known = {"name": "daemun", "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}], "actions": ["Admin"]}
        (folder / "who.json").write_text(json.dumps({"identities": [known]}))
        (folder / "data").mkdir()
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        grpc = {f"{name}.port.grpc": free_port() for name in ports}
        chosen = [f"-{name}.port={port}" for name, port in ports.items()] + [f"-{name}={port}" for name, port in grpc.items()]
        command: list[str | Path] = [
            weed,
            "server",
            "-s3",
            "-ip=127.0.0.1",
            f"-dir={folder / 'data'}",
            f"-s3.config={folder / 'who.json'}",
            *chosen,
        ]
        command += ["-master.volumeSizeLimitMB=64", "-volume.max=20"]
        process = start(command, folder / "log", ready=lambda: answers(ports["s3"]))
        try:
            store = Store(f"http://127.0.0.1:{ports['s3']}")
            store.make_bucket()
            yield store
        finally:
            stop(process)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
