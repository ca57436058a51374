"""Tries counted in Valkey: a sorted set for each thing they count for, changed by one script, so that nothing comes between."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, Protocol

from daemun.core.errors import Unavailable
from daemun.core.ids import RANDOM_BYTES, ulid
from daemun.core.ratelimit import Bound
from daemun.ports.attempts import Blocked, Reserved
from daemun.ports.database import MICROSECOND, micros
from daemun.ports.system import Clock, Entropy

PREFIX: Final = "{daemun}:attempts:"  # the braces keep all keys in one slot of a cluster: a script may not reach further
SECOND: Final = timedelta(seconds=1) // MICROSECOND
PATIENCE_SECONDS: Final = 2.0


class Script(Protocol):
    """The script below, as the client calls it."""

    def __call__(self, *, keys: Sequence[str], args: Sequence[str | int]) -> Awaitable[Sequence[int]]: ...


RESERVE: Final = """
local now, id, worst, which, longest = tonumber(ARGV[1]), ARGV[2], 0, 0, {}
for i, key in ipairs(KEYS) do
    local most, window = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
    local since = '(' .. string.format('%d', now - window)
    local count = redis.call('ZCOUNT', key, since, '+inf')
    if count >= most then
        local first = redis.call('ZRANGEBYSCORE', key, since, '+inf', 'WITHSCORES', 'LIMIT', count - most, 1)
        local left = tonumber(first[2]) + window - now
        if left > worst then worst, which = left, i end
    end
    longest[key] = math.max(longest[key] or 0, window)
end
if which > 0 then return {which, worst} end
for key, window in pairs(longest) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%d', now - window))
    redis.call('ZADD', key, ARGV[1], id)
    redis.call('PEXPIRE', key, math.ceil(window / 1000))
end
return {0, 0}
"""
"""Answers which bound has the longest wait, and how many microseconds that is; 0 when the try was counted for all of them."""


class ValkeyAttempts:
    """Serves the event loop it is first used on. Connects when it is used, and again after the server was away."""

    def __init__(self, url: str, *, clock: Clock, entropy: Entropy) -> None:
        from redis.asyncio import Redis  # late: an extra, loaded only where a Valkey is named

        self._client = Redis.from_url(_address(url), socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
        self._script: Script = self._client.register_script(RESERVE)
        self._clock = clock
        self._entropy = entropy

    async def close(self) -> None:
        await self._client.aclose()

    async def reserve(self, bounds: Sequence[Bound]) -> Reserved | Blocked:
        now = self._clock.now()
        reserved = Reserved(ulid(now, self._entropy.bytes(RANDOM_BYTES)), tuple(sorted({each.key for each in bounds})))
        limits = [number for each in bounds for number in (each.limit.most, each.limit.window // MICROSECOND)]
        with counting():
            which, left = await self._script(keys=[PREFIX + each.key for each in bounds], args=[micros(now), reserved.id, *limits])
        return Blocked(bounds[which - 1].key, max(1, -(-left // SECOND))) if which else reserved

    async def forgive(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        with counting():
            async with self._client.pipeline(transaction=True) as together:
                for key in reserved.keys:
                    together.zrem(PREFIX + key, reserved.id)
                for key in clear:
                    together.delete(PREFIX + key)
                await together.execute()

    def forgiving(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        """Nothing: no story reaches a Valkey."""


async def evicts(url: str) -> str:
    """What it throws away when it is full, by Valkey's own name for it; empty where it does not say. Raises `Unavailable`."""
    from redis.asyncio import Redis
    from redis.exceptions import ResponseError

    client = Redis.from_url(_address(url), socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS)
    try:
        with counting():
            await client.ping()
            try:
                return str((await client.info("memory")).get("maxmemory_policy", ""))
            except ResponseError:  # this user may not ask
                return ""
    finally:
        await client.aclose()


def _address(url: str) -> str:
    return url.replace("valkey", "redis", 1) if url.startswith("valkey") else url


@contextmanager
def counting() -> Iterator[None]:
    """Fails closed: what cannot be counted is not allowed."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise Unavailable from error
