"""Nothing but Argon2id: as many threads as the server has for hashing, and no server. Reads a count a line, answers with CPU seconds.

By OpenSSL, as we do it, or by argon2-cffi, the reference code that others use.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from bench.people import PASSWORD
from bench.servers import ROOT

MEMORY_KIB, PASSES, PARALLELISM = 19_456, 2, 1
By = Literal["openssl", "argon2-cffi"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    process: subprocess.Popen[str]

    def cpu_of(self, verifications: int) -> float:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{verifications}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextmanager
def ceiling(by: By = "openssl") -> Iterator[Ceiling]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.ceiling", by], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield Ceiling(process)
        assert process.stdin
        process.stdin.close()


def answer(by: str) -> None:
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)
    encoded, password = hasher.hash(PASSWORD), PASSWORD.encode()

    def verify(_: int) -> None:
        if by == "openssl":
            Argon2id.verify_phc_encoded(password, encoded)
        else:
            hasher.verify(encoded, password)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in sys.stdin:
            before = time.process_time()
            list(pool.map(verify, range(int(line))))
            print(time.process_time() - before, flush=True)


if __name__ == "__main__":
    answer(sys.argv[1])
