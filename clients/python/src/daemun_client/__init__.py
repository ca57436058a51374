"""A client for Daemun: signs in, keeps its tokens fresh, and says in types what was refused."""

from daemun_client.asyncclient import AsyncClient
from daemun_client.client import Client
from daemun_client.errors import (
    ClientError,
    Conflict,
    Denied,
    Flaw,
    KeyRefused,
    LoginEnded,
    LoginReplayed,
    Malformed,
    Missing,
    Refused,
    StoreUnusable,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    Unreachable,
    Unsuitable,
)
from daemun_client.filestore import FileStore
from daemun_client.introspection import Introspection
from daemun_client.patience import Patience
from daemun_client.people import Person
from daemun_client.secret import Secret
from daemun_client.stores import MemoryStore, TokenStore
from daemun_client.tokens import FactorDue, Tokens

__all__ = [
    "AsyncClient",
    "Client",
    "ClientError",
    "Conflict",
    "Denied",
    "FactorDue",
    "FileStore",
    "Flaw",
    "Introspection",
    "KeyRefused",
    "LoginEnded",
    "LoginReplayed",
    "Malformed",
    "MemoryStore",
    "Missing",
    "Patience",
    "Person",
    "Refused",
    "Secret",
    "StoreUnusable",
    "TokenStore",
    "Tokens",
    "TooLarge",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
    "Unreachable",
    "Unsuitable",
]
