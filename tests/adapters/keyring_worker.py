"""One of several processes on one key folder. Prints the key ids it sees, having waited for a line to start together."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from daemun.adapters.keyring import FileKeyring
from daemun.adapters.system import SystemClock, SystemEntropy

WRAPPING = bytes(range(32))


def main(folder: str, rotations: int) -> None:
    ring = FileKeyring(Path(folder), WRAPPING, SystemClock(), SystemEntropy())
    print("ready", flush=True)
    sys.stdin.readline()
    first = ring.signing().kid
    turned = [ring.rotate("signing").kid for _ in range(rotations)]
    mac = ring.mac_key()
    assert mac is not None
    print(json.dumps({"first": first, "turned": turned, "mac": mac[0]}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
