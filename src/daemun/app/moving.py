"""How an application's own users become ours: with the password they have, and without a letter."""

from __future__ import annotations

from dataclasses import dataclass, field

from daemun.adapters import foreign
from daemun.app.house import House
from daemun.core.actor import SYSTEM
from daemun.core.secret import Secret
from daemun.features.identity import Newcomer, User
from daemun.ports.database import Work


@dataclass(frozen=True, slots=True)
class Mover:
    handle: str
    """2 to 50 of `a-z A-Z 0-9 . _ -`: with a dot or a hyphen it is one that nobody can sign up with."""
    email: str
    name: str
    password_hash: str | None = field(default=None, repr=False)
    """bcrypt, scrypt, PBKDF2, Argon2, phpass, Firebase or LDAP; without one they choose a password by a letter."""
    email_verified: bool = False
    roles: tuple[str, ...] = ("user",)


def take_in(house: House, work: Work, mover: Mover) -> User:
    """Raises `Malformed`, `HandleTaken` or `EmailTaken`, and ValueError for a hash nobody could log in with."""
    if mover.password_hash is not None and not foreign.known(mover.password_hash):
        raise ValueError(f"{mover.handle} has a password hash that is not known here")
    newcomer = Newcomer(mover.handle, mover.email, mover.name, Secret(""))
    house.identity.well_formed(newcomer)
    user = house.identity.join(work, newcomer, mover.password_hash, by=SYSTEM, role=",".join(mover.roles))
    for role in mover.roles:
        house.access.grant(work, SYSTEM, user.id, role)
    if mover.email_verified:
        house.identity.mailbox.verified(work, user.id, user.email, by=SYSTEM)
    return user
