"""HEAD where only GET is declared: the same answer without its body (RFC 9110 9.3.2)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemun.core.noted import refused

NOT_ALLOWED = 405


class Heads:
    """Asks for HEAD first: a host application may declare it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        again, is_unknown, was_told = {**scope, "method": "GET"}, False, False

        async def bodyless(message: Message) -> None:
            nonlocal is_unknown
            is_unknown = is_unknown or (message.get("status") == NOT_ALLOWED and not was_told)
            if not is_unknown:
                await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app(scope, receive, bodyless)
        if is_unknown:
            refused("")
            is_unknown, was_told = False, True
            await self.app(again, receive, bodyless)
