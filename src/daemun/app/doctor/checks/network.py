"""Whose word is taken: proxies for people's addresses, other origins in their browsers."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from daemun.app.doctor.examined import Examined
from daemun.plugin import Check, Finding, deviates, fails, put

Network = IPv4Network | IPv6Network


def trusted(patient: Examined) -> Iterator[Finding]:
    for told in patient.core.trusted_proxies:
        try:
            network = ip_network(told, strict=False)
        except ValueError:
            continue  # what is no network is told where the start is
        if is_too_wide(network):
            say = fails if network.prefixlen == 0 else deviates
            yield say(
                f"프록시로 믿는 대역이 너무 넓습니다: {told}. 그 안의 누구나 남의 주소로 추측할 수 있습니다.",
                f"Too many may be proxies: {told}. Whoever is among them guesses from addresses of their choice.",
                fix=put("DAEMUN_TRUSTED_PROXIES=<IP>"),
                of=("trusted_proxies",),
            )


def is_too_wide(network: Network) -> bool:
    """Beyond what a cluster gives its own machines, or a provider one customer."""
    if network.version == 4:
        return network.prefixlen < (12 if network.is_private else 24)
    return network.prefixlen < (32 if network.is_private else 48)


def named(patient: Examined) -> Iterator[Finding]:
    core = patient.core
    if core.base_url.startswith("https:") and not core.trusted_proxies:
        yield deviates(
            "TLS를 맡은 프록시가 정해지지 않았습니다. 모두가 한 주소로 보여 한 사람의 실패가 모두를 막고, https도 알아보지 못합니다.",
            "The proxy that speaks TLS is not named: all seem to come from one address and share its limits, and https goes unnoticed.",
            fix=put("DAEMUN_TRUSTED_PROXIES=<IP>"),
            of=("trusted_proxies",),
        )


def origins(patient: Examined) -> Iterator[Finding]:
    for origin in patient.core.cors_origins:
        if origin == "*":
            yield deviates(
                "모든 사이트의 페이지가 API를 부를 수 있습니다.",
                "Pages of every site may call the API.",
                fix=put("DAEMUN_CORS_ORIGINS=https://…"),
                of=("cors_origins",),
            )
        elif origin.startswith("http://") and patient.core.base_url.startswith("https:"):
            yield deviates(
                f"{origin}은(는) http입니다. 그 페이지를 바꿔치기한 사람이 API를 부릅니다.",
                f"{origin} is plain http: whoever changes that page on its way calls the API.",
                fix=put(f"DAEMUN_CORS_ORIGINS={origin.replace('http:', 'https:', 1)}"),
                of=("cors_origins",),
            )


CHECKS: Final[tuple[Check[Examined], ...]] = (
    Check("network.trusted", "프록시만 프록시로 믿습니다", "Only proxies are believed to be proxies", trusted, (20,)),
    Check("network.named", "앞에 있는 프록시가 정해져 있습니다", "The proxy in front is named", named, (20,)),
    Check("network.origins", "정해 둔 출처만 API를 부릅니다", "Only origins that were chosen call the API", origins, (68,)),
)
