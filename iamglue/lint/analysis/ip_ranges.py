"""IP address ranges in condition values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    Network = IPv4Network | IPv6Network

IP_OPERATORS = frozenset({"IpAddress", "NotIpAddress"})
# RFC 1918 and RFC 4193. The ranges for documentation (such as 203.0.113.0/24) are not included.
_PRIVATE_RANGES = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


@lru_cache(maxsize=4096)
def parse_network(text: str) -> Network | None:
    """Parse an IP address range, ignoring host bits; None if it is not valid."""
    from ipaddress import ip_network  # noqa: PLC0415 - startup: only needed for policies that compare addresses

    if "/" in text and not text.rpartition("/")[2].isdigit():
        return None  # IAM does not accept dotted netmasks
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def is_private_range(text: str) -> bool | None:
    """True if the whole range is private; None if the text is not a range."""
    network = parse_network(text)
    if network is None:
        return None
    private_ranges = map(parse_network, _PRIVATE_RANGES)
    return any(private_range is not None and _contains(private_range, network) for private_range in private_ranges)


def _contains(outer: Network, inner: Network) -> bool:
    """Whether a range has all addresses of the other; ranges of IPv4 and IPv6 have none in common."""
    if outer.version != inner.version or inner.prefixlen < outer.prefixlen:
        return False
    return inner.network_address in outer
