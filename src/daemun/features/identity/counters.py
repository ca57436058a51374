"""What is counted against whom. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, Protocol

from daemun.core.address import counted, neighbourhood
from daemun.core.canonical import email_key, handle_key
from daemun.core.ratelimit import Allowance, Bound, Limit

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WARNINGS: Final = 3
"""Letters a day to one account about strangers who guess: more of them would be the attack itself."""
Kind = Literal["account", "address", "device"]
# Consecutive failures do not age: the log of a streak is kept until a success or an administrator clears it.
FOR_EVER: Final = timedelta(days=3650)
# Of names nobody has it is kept for a month: whoever makes up names must not fill the table for years.
A_MONTH: Final = timedelta(days=30)
NEIGHBOURS: Final = 10
"""Households of one IPv6 /48 that may fail as often as one address at the same time."""


class Rules(Protocol):
    @property
    def signups_per_address(self) -> int: ...

    @property
    def recoveries_per_account(self) -> int: ...

    @property
    def recoveries_per_address(self) -> int: ...

    @property
    def login_attempts(self) -> int: ...

    @property
    def login_window(self) -> timedelta: ...

    @property
    def login_streak(self) -> int: ...

    @property
    def known_device_attempts(self) -> int: ...

    @property
    def address_account_attempts(self) -> int: ...

    @property
    def failures_an_address(self) -> int: ...


def subject_of(user_id: str | None, login: str, key: bytes) -> str:
    """One account is one counter, by whichever of its names it is called; a name nobody has counts just the same."""
    if user_id:
        return f"user:{user_id}"
    # The same spellings that would find an account share its counter: else another spelling tells which accounts exist.
    canonical = email_key(login) if "@" in login else handle_key(login)
    return f"name:{hmac.digest(key, canonical.encode(), 'sha256').hex()[:32]}"


def strangers(rules: Rules, subject: str, address: str) -> list[Bound]:
    """A login from a device the account does not know."""
    place, wider = counted(address), neighbourhood(address)
    return [
        *([Bound(f"place:{wider}", Limit(NEIGHBOURS * rules.failures_an_address, MINUTE))] if wider else []),
        Bound(f"streak:{subject}", Limit(rules.login_streak, FOR_EVER if subject.startswith("user:") else A_MONTH)),
        Bound(f"login:{subject}", Limit(rules.login_attempts, rules.login_window)),
        Bound(f"place:{place}:{subject}", Limit(rules.address_account_attempts, MINUTE)),
        Bound(f"place:{place}", Limit(rules.failures_an_address, MINUTE)),
    ]


def acquaintance(rules: Rules, subject: str, device: str, key: bytes) -> list[Bound]:
    """A login from a device the account knows: a budget that nobody else can use up, wherever the device is."""
    mark = hmac.digest(key, f"device\0{device}".encode(), "sha256").hex()[:32]
    return [Bound(f"device:{subject}:{mark}", Limit(rules.known_device_attempts, rules.login_window))]


def cleared_by_success(subject: str, keys: Sequence[str]) -> list[str]:
    """The failures before it are not consecutive any more (NIST 800-63B 3.2.2)."""
    return [f"streak:{subject}", *(each for each in keys if each.startswith(("login:", "device:")))]


def signup(rules: Rules, address: str) -> list[Bound]:
    return _from("signup", rules.signups_per_address, address)


def recovery_from(rules: Rules, address: str) -> list[Bound]:
    return _from("recovery:place", rules.recoveries_per_address, address)


def _from(what: str, most: int, address: str) -> list[Bound]:
    """An hour's, of a household, and of the neighbourhood: one customer of IPv6 is 65,536 households."""
    wider = neighbourhood(address)
    around = [Bound(f"{what}:{wider}", Limit(NEIGHBOURS * most, HOUR))] if wider else []
    return [*around, Bound(f"{what}:{counted(address)}", Limit(most, HOUR))]


def recovery_of(rules: Rules, subject: str) -> Bound:
    return Bound(f"recovery:{subject}", Limit(rules.recoveries_per_account, HOUR))


def help_of(rules: Rules, by: str, user_id: str) -> Bound:
    """Of whoever helps, for each whom they help: nobody else uses it up, and one who helps floods no mailbox."""
    return Bound(f"recovery:help:{by}:{user_id}", Limit(rules.recoveries_per_account, HOUR))


def signup_letter(rules: Rules, email: str, key: bytes) -> Bound:
    """By the mailbox alone, whether it belongs to somebody here or not."""
    mark = hmac.digest(key, f"signup\0{_mailbox(email)}".encode(), "sha256").hex()[:32]
    return Bound(f"signup:letter:{mark}", Limit(rules.recoveries_per_account, HOUR))


def _mailbox(email: str) -> str:
    """Many providers deliver `a.nn+anything@` to `ann@`: else whoever floods a mailbox has as many limits as there are spellings."""
    local, at, domain = email_key(email).rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}{at}{domain}"


def warning(subject: str) -> Bound:
    return Bound(f"warned:{subject}", Limit(WARNINGS, DAY))


def kind_of(key: str) -> Kind:
    """What it is that a key counts for."""
    kind = key.partition(":")[0]
    return "device" if kind == "device" else "address" if kind == "place" else "account"


def allowances(rules: Rules, spent: Kind | None, wait: int | None) -> tuple[Allowance, ...]:
    """What anybody may know of the limits of a login. A known device's budget is told as the account's: who has one is not told."""
    account, address = Limit(rules.login_attempts, rules.login_window), Limit(rules.failures_an_address, MINUTE)
    return (
        Allowance("account", account, wait if spent in ("account", "device") else None),
        Allowance("address", address, wait if spent == "address" else None),
    )
