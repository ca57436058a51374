"""What is refused to API keys, and to those who make them."""

from __future__ import annotations

from daemun.core.errors import Conflict, Denied, TooMany, Unauthenticated


class ApiKeyInvalid(Unauthenticated):
    """No key of ours: mistyped, cut off, or of another house."""

    code = "api_key_invalid"


class ApiKeyEnded(Unauthenticated):
    """It was one, and is no more: revoked, or past its end."""

    code = "api_key_ended"


class ScopeNotHeld(Denied):
    """Nobody gives a key what they do not hold at this moment."""

    code = "scope_not_held"


class ApiKeysFull(Conflict):
    """As many live keys as one person may have."""

    code = "api_keys_full"


class ApiKeysTooMany(TooMany):
    """Keys made too fast, those included that were revoked since."""

    code = "api_keys_too_many"
