"""Which network addresses are public, and what the others are."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

# The standard library's flags change between patch releases; an own table is the same everywhere.
# Source: the IANA special-purpose address registries for IPv4 and IPv6, and the vendors of clouds.
_IPV4: Final = tuple(
    (IPv4Network(block), kind)
    for block, kind in (
        ("168.63.129.16/32", "cloud metadata"),
        ("169.254.0.0/16", "link-local"),
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared"),
        ("127.0.0.0/8", "loopback"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "reserved"),
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_IPV6: Final = tuple(
    (IPv6Network(block), kind)
    for block, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "tunnel"),  # Teredo
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "reserved"),
        ("2002::/16", "tunnel"),  # 6to4
        ("3fff::/20", "reserved"),
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")


def address_kind(address: Address) -> str:
    """Return what *address* is, in one or two words; empty for a public one.

    An IPv4 address inside an IPv6 one (mapped, or behind NAT64) counts as itself; tunnels that could lead anywhere
    (6to4, Teredo) are never public, nor is any IPv6 address outside of what is given out as global unicast.

    Example:
        >>> [address_kind(ip_address(text)) for text in ("9.9.9.9", "127.0.0.1", "::ffff:10.0.0.1")]
        ['', 'loopback', 'private']
    """
    address = unwrapped(address)
    if isinstance(address, IPv4Address):
        return next((kind for block, kind in _IPV4 if address in block), "")
    for block, kind in _IPV6:
        if address in block:
            return kind
    return "" if address in _GLOBAL_UNICAST else "reserved"


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that *address* stands for if it is mapped or behind NAT64, else *address* itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def parse_address(text: str) -> Address | None:
    """Read an address in its usual notation, with or without a zone; ``None`` if *text* is something else."""
    try:
        return ip_address(text)
    except ValueError:
        return None
