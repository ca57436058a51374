"""HTTP as bytes: requests made beforehand, answers cut from the stream."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    body: bytes
    rest: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)


def request(
    method: str, path: str, body: Any = None, *, token: str | None = None, form: str | None = None, client: str | None = None
) -> bytes:
    """`body` goes as JSON, `form` as it is. `client`: the address a proxy would tell."""
    content = form.encode() if form is not None else b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench/1", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    if client is not None:
        lines.append(f"X-Forwarded-For: {client}")
    if content:
        kind = "application/json" if form is None else "application/x-www-form-urlencoded"
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


def answer(received: bytes) -> Answer | None:
    """The first answer in what has come, or None while it is not whole."""
    head, gap, rest = received.partition(b"\r\n\r\n")
    if not gap:
        return None
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
        elif name.lower() == b"transfer-encoding":
            raise ValueError("a chunked answer: this reader takes whole ones only")
    return Answer(int(head.split(b" ", 2)[1]), rest[:length], rest[length:]) if len(rest) >= length else None
