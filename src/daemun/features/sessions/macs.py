"""Codes that only the holder of a key can make. Pure."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode


def mac(key: bytes, purpose: str, *parts: str) -> str:
    """HMAC-SHA256 over a list that cannot be read in two ways, apart for each purpose."""
    return written(hmac.digest(key, json.dumps(["daemun 1", purpose, *parts]).encode(), "sha256"))


def written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
