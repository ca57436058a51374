"""The password credential of Keycloak, which is two texts of JSON, in one line."""

from __future__ import annotations

import json
from typing import Any, Final

VERSIONS: Final = {"1.0": 16, "1.3": 19}


def from_keycloak(credential_data: str, secret_data: str) -> str | None:
    """The encoding of an exported credential; None when it is not a password's, or is made by an extension. `known` tells the rest."""
    try:
        how, secret = json.loads(credential_data), json.loads(secret_data)
        return _encoding(how, salt=secret["salt"], digest=secret["value"])
    except (AttributeError, KeyError, IndexError, RecursionError, TypeError, ValueError):
        return None


def _encoding(how: dict[str, Any], *, salt: str, digest: str) -> str | None:
    name, rounds = how["algorithm"], how["hashIterations"]
    if name == "argon2":
        one = {key: values[0] for key, values in how["additionalParameters"].items() if values}
        cost = f"v={VERSIONS[one['version']]}$m={one['memory']},t={rounds},p={one['parallelism']}"
        return f"$argon2{one['type']}${cost}${salt.rstrip('=')}${digest.rstrip('=')}"
    if name in ("pbkdf2", "pbkdf2-sha256", "pbkdf2-sha512"):
        return f"$keycloak-{name}$i={rounds}${salt}${digest}"
    return None
