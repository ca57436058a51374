"""Signature version 4, as S3 and what is like it ask for: every header we send and the whole body are under it. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote, urlsplit

from daemun.core.secret import Secret

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    key_id: str
    secret: Secret
    region: str
    service: str = "s3"


def signed(who: Credentials, method: str, url: str, headers: Mapping[str, str], body: bytes, at: datetime) -> dict[str, str]:
    """The headers with the signature among them. `url` is escaped as it is sent, and asks nothing behind a question mark."""
    parts, digest, stamp = urlsplit(url), sha256(body).hexdigest(), f"{at:%Y%m%dT%H%M%SZ}"
    told = {**headers, "host": parts.netloc, "x-amz-content-sha256": digest, "x-amz-date": stamp}
    lowered = sorted((name.lower(), " ".join(value.split())) for name, value in told.items())
    names = ";".join(name for name, _ in lowered)
    asked = "\n".join([method, parts.path or "/", "", *(f"{name}:{value}" for name, value in lowered), "", names, digest])
    scope = f"{stamp[:8]}/{who.region}/{who.service}/aws4_request"
    text = "\n".join([ALGORITHM, stamp, scope, sha256(asked.encode()).hexdigest()])
    proof = hmac.digest(_key(who, stamp[:8]), text.encode(), sha256).hex()
    said = f"{ALGORITHM} Credential={who.key_id}/{scope}, SignedHeaders={names}, Signature={proof}"
    return {**{name: value for name, value in told.items() if name != "host"}, "Authorization": said}


def escaped(path: str) -> str:
    return quote(path, safe="/-_.~")


def _key(who: Credentials, day: str) -> bytes:
    key = f"AWS4{who.secret.reveal()}".encode()
    for part in (day, who.region, who.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), sha256)
    return key
