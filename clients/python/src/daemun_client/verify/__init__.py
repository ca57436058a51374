"""For services: tokens verified without asking the server each time. Needs `daemun-client[verify]`."""

from daemun_client.verify.judging import Claims, TokenRefused
from daemun_client.verify.keyset import KeysUnavailable
from daemun_client.verify.verifier import AsyncVerifier, Verifier

__all__ = ["AsyncVerifier", "Claims", "KeysUnavailable", "TokenRefused", "Verifier"]
