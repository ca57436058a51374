"""What this authorization server is, for programs to read (RFC 8414)."""

from __future__ import annotations

from typing import Any, Final

from daemun.features.oidc.counter import Counter

INTROSPECT: Final = "/oauth/introspect"
REVOKE: Final = "/oauth/revoke"
METADATA: Final = "/.well-known/oauth-authorization-server"
BEARER: Final = ("Bearer",)


def metadata(counter: Counter) -> dict[str, Any]:
    """No grant is offered to other applications yet, and none is claimed."""
    return {
        "issuer": counter.sessions.issuer,
        "jwks_uri": f"{counter.base}/.well-known/jwks.json",
        "response_types_supported": [],
        "grant_types_supported": [],
        "introspection_endpoint": counter.base + INTROSPECT,
        "introspection_endpoint_auth_methods_supported": list(BEARER),
        "revocation_endpoint": counter.base + REVOKE,
        "revocation_endpoint_auth_methods_supported": list(BEARER),
        "ui_locales_supported": ["ko", "en"],
    }
