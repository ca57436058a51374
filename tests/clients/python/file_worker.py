"""One of several command lines that share a login. Answers who it is logged in as, and how often it renewed, each time a line comes."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

from tests.clients.python.between import Between, Seen

from daemun_client import Client, FileStore


def main(url: str, path: str, ahead: int) -> None:
    seen = Seen()
    with Client(url, store=FileStore(path), transport=Between(seen), clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead)) as client:
        print("ready", flush=True)
        sys.stdin.readline()
        handles = {client.me().handle for _ in range(5)}
        print(json.dumps({"handles": sorted(handles), "refreshes": seen.refreshes}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
