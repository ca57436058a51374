"""RFC 9106: one hash, whichever library makes it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from daemun.adapters.argon2id import Cost

TODAYS = Cost(2, 19_456, 1)
CRAMPED = """
import resource
from daemun.adapters.argon2id import Cost

cost = Cost(2, 19_456, 1)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 8 * 2**20,) * 2)
try:
    cost.derived(b"password", b"s" * 16, 32)
except MemoryError:
    print("refused")
"""


@pytest.mark.parametrize(
    ("cost", "salt", "length"),
    [(TODAYS, 16, 32), (Cost(3, 8, 1), 16, 16), (Cost(1, 4096, 1), 12, 32), (Cost(2, 4096, 4), 16, 64), (Cost(1, 64, 1), 16, 12)],
)
def test_the_reference_code_and_openssl_read_what_is_made_here(cost: Cost, salt: int, length: int) -> None:
    encoded = cost.encoded("비밀 password".encode(), b"0123456789abcdefXYZ"[:salt], length)
    assert PasswordHasher().verify(encoded, "비밀 password")
    Argon2id.verify_phc_encoded("비밀 password".encode(), encoded)
    digest = cost.derived("비밀 password".encode(), b"0123456789abcdefXYZ"[:salt], length)
    assert cost.matches("비밀 password".encode(), b"0123456789abcdefXYZ"[:salt], digest)
    assert not cost.matches("비밀 Password".encode(), b"0123456789abcdefXYZ"[:salt], digest)


def test_where_there_is_no_memory_left_it_says_so() -> None:
    done = subprocess.run([sys.executable, "-c", CRAMPED], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
