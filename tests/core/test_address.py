"""Whose address it is."""

from __future__ import annotations

import pytest

from daemun.core.address import client, counted, local, networks, truncated

PROXIES = networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "192.0.2.1", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, forged", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("fd00::1", "[2001:db8::5]:443", "2001:db8::5"),
        ("::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("unix", "192.0.2.1", ""),
    ],
)
def test_the_address_is_the_last_one_that_no_proxy_of_ours_has(peer: str, forwarded: str, found: str) -> None:
    assert client(peer, forwarded, PROXIES) == found


@pytest.mark.parametrize(
    ("address", "counter"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("::ffff:192.0.2.1", "192.0.2.1"), ("", "unknown")],
)
def test_a_household_is_one_counter(address: str, counter: str) -> None:
    assert counted(address) == counter


@pytest.mark.parametrize(("address", "kept"), [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::4", "2001:db8:1::/48"), ("x", "")])
def test_what_is_kept_finds_nobody(address: str, kept: str) -> None:
    assert truncated(address) == kept


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("127.0.0.1", True),
        ("10.1.2.0/24", True),
        ("fe80::1", True),
        ("::1", True),
        ("203.0.113.5", False),
        ("2001:db8::/48", False),
        ("", False),
    ],
)
def test_this_machine_and_private_networks_lie_in_no_country(address: str, is_local: bool) -> None:
    assert local(address) is is_local
