"""Somebody who was imported logs in for the first time: NIST SP 800-63B-4 3.1.1.2, ASVS 5.0 11.4.2."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from daemun.adapters.argon2 import MARK, Argon2Pool
from daemun.adapters.system import SystemEntropy
from daemun.core.secret import Secret

PASSWORD = Secret("Maru-Bada-72!")
BCRYPT = "$2a$06$cQgOGAmFqucUrwqAMVBYUu2Xq5/xIJVQv7YpSUOsMZE.gU4Tz75nK"
IMPORTED = [
    BCRYPT,
    "argon2$argon2id$v=19$m=102400,t=2,p=8$cnI4OWJZRWJHQm9mTHVrREVaZVZsbg$6BRDh18lEDs7yXWLkYwwbCDBgwilzZ0EHnkXeHUYgNQ",
    "$argon2id$v=19$m=4096,t=3,p=2$rcOs1XELNGx5XWeT7bWmrA$bcwsrKMYM+JQ5KhyFy0LxzaV/TGUfLlsywf81BicOJ0",
    "pbkdf2_sha256$5000$mNFxAFjfjF4xyqkGFVVSRm$WDaPtN6GCd9SAYP5r2qK0mkkK/hY3r6jb3vTbJwiG18=",
    "scrypt:32768:8:1$fcnB8bx6NnXjR5kn$1f8a92f0df0732af762a234aac7e2d9c23fa89c0fb56bd5e0f8c9360a3f9ef00"
    "7ebad6eba1fa727e5b6f5921d6a81e0ef71cf044e21a79e3d44e996cc42369ca",
    "$P$9Dc2zr2L4QsG72hPirjAcZ/RbbPWv4.",
    "{SSHA}zOvDGOI/JIdaaacW4rjGPOJgdx/Qem8N",
]
# passlib 1.7.4 over the decomposed and the composed form of the same password
TYPED_ON_A_MAC = "{SSHA256}B0Xmcma7H99HStIFP9LkiIRTfnSznAJeLoMch3jnb7SulfI+Z2zNOQ=="
TYPED_ELSEWHERE = "{SSHA256}MtrPvfwxZk/ovtiTlzPecuql7XYs1lum6M7X9cpvI62gVCpFaO3dOw=="
WATCHMAN = "새벽 문지기 é"
# bcrypt 4.3.0, which cuts, over 24 syllables (72 bytes) and a sign more
CUT = "$2b$04$abcdefghijklmnopqrstuOPa2dZQr7fs14aUNi5yd0EPfNzdsvzmy"


@pytest.fixture(params=["p" * 32, None], ids=["pepper", "no pepper"])
def pool(request: pytest.FixtureRequest) -> Iterator[Argon2Pool]:
    pepper = Secret(request.param) if request.param else None
    pool = Argon2Pool(threads=2, queue=8, entropy=SystemEntropy(), pepper=pepper)
    yield pool
    pool.close()


@pytest.mark.parametrize("encoded", IMPORTED)
async def test_the_first_login_after_an_import_replaces_the_hash_with_ours(pool: Argon2Pool, encoded: str) -> None:
    verdict = await pool.verify(PASSWORD, encoded)
    assert verdict.matches
    assert verdict.upgrade is not None
    assert verdict.upgrade.partition("$")[2].startswith("argon2id$v=19$m=19456,t=2,p=1$")
    assert verdict.upgrade.startswith(MARK) == pool.nobody.startswith(MARK)
    again = await pool.verify(PASSWORD, verdict.upgrade)
    assert (again.matches, again.upgrade) == (True, None)


@pytest.mark.parametrize("encoded", IMPORTED)
async def test_a_wrong_password_upgrades_nothing(pool: Argon2Pool, encoded: str) -> None:
    verdict = await pool.verify(Secret("Maru-Bada-73!"), encoded)
    assert (verdict.matches, verdict.upgrade, pool.unreadable) == (False, None, 0)


async def test_what_bcrypt_had_cut_off_counts_from_the_first_login_on(pool: Argon2Pool) -> None:
    """NIST SP 800-63B-4 3.1.1.2: the whole password is verified. The imported hash knows 72 bytes of it, the new one all."""
    first = await pool.verify(Secret("가" * 24 + "!"), CUT)
    assert first.matches
    assert first.upgrade is not None
    assert (await pool.verify(Secret("가" * 24 + "!"), first.upgrade)).matches
    assert not (await pool.verify(Secret("가" * 24 + "?"), first.upgrade)).matches
    assert not (await pool.verify(Secret("가" * 24), first.upgrade)).matches
    assert not (await pool.verify(Secret("가" * 23 + "나!"), CUT)).matches


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_password_hashed_decomposed_matches_from_the_same_keyboard_and_afterwards_from_any(pool: Argon2Pool, form: str) -> None:
    """NIST SP 800-63B-4 3.1.1.2: NFC before hashing, which the other system did not do."""
    typed = Secret(unicodedata.normalize("NFD", WATCHMAN))
    first = await pool.verify(typed, TYPED_ON_A_MAC)
    assert first.matches
    assert first.upgrade is not None
    assert (await pool.verify(Secret(unicodedata.normalize("NFD" if form == "NFC" else "NFC", WATCHMAN)), first.upgrade)).matches
    assert (await pool.verify(typed, TYPED_ELSEWHERE)).matches


async def test_a_hash_too_dear_to_check_never_matches_and_is_counted(pool: Argon2Pool) -> None:
    for encoded in (BCRYPT.replace("$06$", "$31$"), IMPORTED[2].replace("m=4096", "m=4194304"), IMPORTED[3].replace("5000", "500000000")):
        assert not (await pool.verify(PASSWORD, encoded)).matches
    assert pool.unreadable == 3


async def test_a_foreign_hash_behind_a_pepper_that_is_not_ours_never_matches(pool: Argon2Pool) -> None:
    for encoded in (f"{MARK}{BCRYPT}", f"{MARK}00000000{IMPORTED[2]}"):
        assert not (await pool.verify(PASSWORD, encoded)).matches
    assert pool.unreadable == 2
