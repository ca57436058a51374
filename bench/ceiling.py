"""Nothing but Argon2id: as many threads as the server has for hashing, and no server. Reads a count a line, answers with CPU seconds.

By argon2-cffi, the reference code that others use; by OpenSSL; or by libsodium, as we do it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13

from bench.people import PASSWORD
from bench.servers import ROOT

MEMORY_KIB, PASSES, PARALLELISM = 19_456, 2, 1
By = Literal["argon2-cffi", "openssl", "libsodium"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    process: subprocess.Popen[str]

    def cpu_of(self, verifications: int) -> float:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{verifications}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextmanager
def ceiling(by: By) -> Iterator[Ceiling]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.ceiling", by], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        yield Ceiling(process)
        assert process.stdin
        process.stdin.close()


def answer(by: str) -> None:
    hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=PARALLELISM)
    encoded, password = hasher.hash(PASSWORD), PASSWORD.encode()
    salt = b64decode(f"{encoded.split('$')[-2]}==")
    verifying: Callable[[], object] = {
        "argon2-cffi": lambda: hasher.verify(encoded, password),
        "openssl": lambda: Argon2id.verify_phc_encoded(password, encoded),
        "libsodium": lambda: crypto_pwhash_alg(32, password, salt, PASSES, MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13),
    }[by]

    def verify(_: int) -> None:
        verifying()

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in sys.stdin:
            before = time.process_time()
            list(pool.map(verify, range(int(line))))
            print(time.process_time() - before, flush=True)


if __name__ == "__main__":
    answer(sys.argv[1])
