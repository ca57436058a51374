"""What Valkey does in one go. Every change takes a number; an answer holds while no change of its person, or of everybody, is younger."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1
from typing import Final

KEPT_SECONDS: Final = 30
"""So long an answer is kept at most."""
MARKED_SECONDS: Final = 90
"""So long nothing is remembered of somebody whose writer was killed: longer than PostgreSQL lets a transaction idle before its commit."""


@dataclass(frozen=True, slots=True)
class Script:
    text: str

    @property
    def name(self) -> str:
        return sha1(self.text.encode(), usedforsecurity=False).hexdigest()  # how Valkey names scripts


# KEYS: answer, counter, everybody. ARGV: prefix of people, a fresh epoch.
# A counter that was evicted begins again under another epoch, and a person's mark that was evicted counts as changed: what Valkey
# forgets makes it slower and never wrong.
RECALL: Final = Script("""
local epoch = redis.call('HGET', KEYS[2], 'epoch')
if not epoch then
    epoch = ARGV[2]
    redis.call('HSET', KEYS[2], 'epoch', epoch)
    redis.call('HSETNX', KEYS[2], 'number', 0)
end
local number = redis.call('HGET', KEYS[2], 'number')
local found = redis.call('HMGET', KEYS[1], 'epoch', 'number', 'who', 'sealed')
if found[1] ~= epoch then return {epoch, number} end
for _, key in ipairs({KEYS[3], ARGV[1] .. found[3]}) do
    local changed = redis.call('HGET', key, 'changed')
    if not changed or tonumber(changed) > tonumber(found[2]) or redis.call('HLEN', key) > 1 then return {epoch, number} end
end
return {epoch, number, found[4]}
""")

# KEYS: answer, counter, everybody, person. ARGV: epoch, number, who, seconds kept, seconds a mark is kept, sealed.
KEEP: Final = Script("""
if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return 0 end
local kept = 1
for _, key in ipairs({KEYS[3], KEYS[4]}) do
    local changed = redis.call('HGET', key, 'changed')
    if not changed then
        redis.call('HSET', key, 'changed', redis.call('HINCRBY', KEYS[2], 'number', 1))
        redis.call('EXPIRE', key, ARGV[5])
        kept = 0
    elseif tonumber(changed) > tonumber(ARGV[2]) or redis.call('HLEN', key) > 1 then
        kept = 0
    else
        redis.call('EXPIRE', key, ARGV[5])
    end
end
if kept == 1 then
    redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'number', ARGV[2], 'who', ARGV[3], 'sealed', ARGV[6])
    redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return kept
""")

# KEYS: counter, people. ARGV: nonce, seconds. Beside the number stands one field for each writer that is not done: it goes when it
# is, and with the key when it was killed.
BEGIN: Final = Script("""
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
for each = 2, #KEYS do
    redis.call('HSET', KEYS[each], 'changed', number, ARGV[1], 1)
    redis.call('EXPIRE', KEYS[each], ARGV[2])
end
return number
""")

END: Final = Script("""
local number = redis.call('HINCRBY', KEYS[1], 'number', 1)
for each = 2, #KEYS do
    redis.call('HSET', KEYS[each], 'changed', number)
    redis.call('HDEL', KEYS[each], ARGV[1])
    redis.call('EXPIRE', KEYS[each], ARGV[2])
end
return number
""")

READING: Final = (RECALL, KEEP)
