"""Whose address a request comes from, and how addresses are counted and shortened. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """ValueError when one is no address and no network."""
    return tuple(ip_network(each, strict=False) for each in texts)


LOCAL = networks(["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"])


@lru_cache(maxsize=4096)
def parsed(text: str) -> Address | None:
    """The address in `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; IPv4 inside IPv6 is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return found.ipv4_mapped
    return found


def local(text: str) -> bool:
    """An address, or a shortened one (`10.1.2.0/24`), that lies in no country: this machine, or a private network."""
    address = parsed(text.partition("/")[0])
    return address is not None and _within(address, LOCAL)


def is_here(host: str) -> bool:
    """Whether no network is between."""
    address = parsed(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def trusted(text: str, proxies: Sequence[Network]) -> bool:
    address = parsed(text)
    return address is not None and _within(address, proxies)


def client(peer: str, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The rightmost address that no trusted proxy has. What stands left of it was written by the client, and is worth nothing."""
    if not forwarded_for or not trusted(peer, proxies):
        return _plain(peer)
    nearest = peer
    for hop in reversed(forwarded_for.split(",")):
        if parsed(hop) is None:
            break
        nearest = hop
        if not trusted(hop, proxies):
            break
    return _plain(nearest)


@lru_cache(maxsize=4096)
def counted(text: str) -> str:
    """One household is one counter: IPv6 by /64."""
    address = parsed(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address) if address else "unknown"


@lru_cache(maxsize=4096)
def neighbourhood(text: str) -> str | None:
    """What one provider gives one customer of IPv6, who then has 65,536 households: /48. None for IPv4."""
    address = parsed(text)
    return str(IPv6Network((address, 48), strict=False)) if isinstance(address, IPv6Address) else None


@lru_cache(maxsize=4096)
def truncated(text: str) -> str:
    """Coarse enough to keep: IPv4 by /24, IPv6 by /48."""
    address = parsed(text)
    if address is None:
        return ""
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def _plain(text: str) -> str:
    address = parsed(text)
    return str(address) if address else ""


def _within(address: Address, found: Sequence[Network]) -> bool:
    return any(address in each for each in found if each.version == address.version)
