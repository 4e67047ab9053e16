"""Where calls may go: what a URL says, and what it really leads to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modkit.config import Configuration, ConfigurationInvalid
from modkit.http import (
    EgressPolicy,
    EgressRefused,
    HttpClient,
    HttpClientConfig,
    InvalidUrl,
    RetryPolicy,
    UpstreamUnreachable,
)
from modkit.http.addresses import address_kind

from .conftest import ClientMaker, FakeTime, Server

PLAIN = EgressPolicy(allow_http=True)


def names(*answers: list[str]):
    """A resolver that gives these answers in turn, and the last one from then on."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[2001:db8::1]",
        "[100::1]",
    ],
)
async def test_a_literal_address_that_is_not_public_is_refused(
    open_client: ClientMaker, host: str
) -> None:
    async with open_client(egress=PLAIN) as client:
        with pytest.raises(EgressRefused, match="its address is not public"):
            await client.get(f"http://{host}:1/")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7F.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "1.2.3.4.5",
        "256.0.0.1",
        "127.0.0.0x1",
        "0x",
        "127.0.0.1",
        "⑫7.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "[::1%25eth0]",
        "[::1%lo]",
    ],
)
async def test_an_address_in_disguise_is_refused(
    open_client: ClientMaker, server: Server, host: str
) -> None:
    async with open_client(egress=PLAIN) as client:
        with pytest.raises((InvalidUrl, EgressRefused)):
            await client.get(f"http://{host}:{server.port}/")
    assert server.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
async def test_a_name_of_this_machine_is_refused(
    open_client: ClientMaker, server: Server, host: str, time: FakeTime
) -> None:
    async with open_client(egress=PLAIN) as client:
        with pytest.raises(EgressRefused, match=r"not public \(loopback\)"):
            await client.get(f"http://{host}:{server.port}/")
    assert server.requests == []
    assert time.slept == []  # there is no use in trying again


@pytest.mark.anyio
@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::ffff:127.0.0.1", "2130706433", "0x7f.1", "127.1", "nonsense", "::1%lo"],
)
async def test_a_name_that_leads_to_this_machine_is_refused(
    open_client: ClientMaker, server: Server, address: str
) -> None:
    async with open_client(resolve=names([address]), egress=PLAIN) as client:
        with pytest.raises(EgressRefused):
            await client.get(f"http://rebind.example.com:{server.port}/")
    assert server.requests == []


@pytest.mark.anyio
async def test_a_name_that_changes_its_mind_is_refused(
    open_client: ClientMaker, server: Server
) -> None:
    """The first answer stands for a public address: a policy allows it. The second is this machine."""
    server_at = names(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.1"])
    only = EgressPolicy(allow_http=True, allowed_networks=("127.0.0.1/32",))
    async with open_client(resolve=server_at, egress=only) as client:
        url = f"http://rebind.example.com:{server.port}/"
        headers = {"Connection": "close"}
        assert (await client.get(url, headers=headers)).status == 200
        with pytest.raises(EgressRefused):
            await client.get(url, headers=headers)
        assert (await client.get(url, headers=headers)).status == 200
    assert len(server.requests) == 2


@pytest.mark.anyio
async def test_the_allowed_address_among_several_is_called(
    open_client: ClientMaker, server: Server
) -> None:
    both = names(["10.0.0.1", "127.0.0.1"])
    async with open_client(resolve=both) as client:
        assert (await client.get(f"http://mixed.example.com:{server.port}/")).status == 200


@pytest.mark.anyio
async def test_a_name_without_an_address_is_unreachable(open_client: ClientMaker) -> None:
    async def nothing(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async with open_client(resolve=nothing, retries=RetryPolicy(retries=0)) as client:
        with pytest.raises(UpstreamUnreachable, match="its host has no address"):
            await client.get("http://missing.example.com/")


@pytest.mark.anyio
async def test_only_https_by_default() -> None:
    async with HttpClient.open() as client:
        with pytest.raises(EgressRefused, match="only https is allowed"):
            await client.get("http://example.com/")


@pytest.mark.anyio
async def test_a_list_of_hosts_keeps_all_others_out(
    open_client: ClientMaker, server: Server
) -> None:
    listed = EgressPolicy(
        allow_http=True,
        allowed_networks=("127.0.0.0/8",),
        only_hosts=("API.example.com", "*.cdn.example.com"),
    )
    async with open_client(resolve=names(["127.0.0.1"]), egress=listed) as client:
        for host in ("api.example.com", "api.example.com.", "x.cdn.example.com"):
            assert (await client.get(f"http://{host}:{server.port}/")).status == 200
        for host in ("example.com", "cdn.example.com", "xcdn.example.com", "127.0.0.1"):
            with pytest.raises(EgressRefused, match="not among those that may be called"):
                await client.get(f"http://{host}:{server.port}/")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "url", ["https://user:pa55@example.com/", "https://user@example.com/", "https://:@example.com/"]
)
async def test_user_and_password_in_a_url_are_refused_and_not_repeated(
    client: HttpClient, url: str
) -> None:
    with pytest.raises(InvalidUrl, match="belong into a header") as caught:
        await client.get(url)
    assert "user:" not in str(caught.value)
    assert "pa55" not in str(caught.value)


@pytest.mark.anyio
async def test_proxies_of_the_environment_are_not_asked(
    client: HttpClient, server: Server, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port}")
    assert (await client.get(server.url)).status == 200


def test_networks_are_checked_with_the_configuration() -> None:
    configuration = Configuration.load(
        defaults={"client": {"egress": {"allowed_networks": ["10.0.0.1/8"]}}}
    )
    with pytest.raises(ConfigurationInvalid, match=r"10\.0\.0\.1/8 has host bits set"):
        configuration.section("client", HttpClientConfig)


IPV4 = st.integers(0, 2**32 - 1).map(IPv4Address)
EDGES = st.sampled_from(
    [
        ip_network(block)[place]
        for block in (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
            *("172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
        )
        for place in (0, -1)
    ]
).flatmap(
    lambda edge: st.integers(-2, 2).map(
        lambda step: ip_address(int(edge) + step) if 0 <= int(edge) + step < 2**32 else edge
    )
)
IPV6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.integers(0x2000 << 112, (0x4000 << 112) - 1),
    st.integers(0, 2**33),
).map(IPv6Address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_link_local
    )


@given(st.one_of(IPV4, EDGES))
def test_ipv4_kinds_agree_with_the_standard_library(address: IPv4Address) -> None:
    # Stricter than the library: relays of 6to4, protocol assignments, a metadata service on a public address.
    stricter = any(
        address in ip_network(block)
        for block in ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32")
    )
    assert (address_kind(address) == "") == (is_public(address) and not stricter)


@given(IPV6)
def test_no_ipv6_address_is_public_that_the_standard_library_calls_private(
    address: IPv6Address,
) -> None:
    if address_kind(address) == "" and address not in ip_network("64:ff9b::/96"):
        inner = address.ipv4_mapped
        assert is_public(inner) if inner else is_public(address)
        assert address.sixtofour is None
        assert address.teredo is None


@given(st.one_of(IPV4, EDGES), st.sampled_from(["::ffff:0:0", "64:ff9b::"]))
def test_an_ipv4_address_counts_as_itself_inside_ipv6(address: IPv4Address, prefix: str) -> None:
    assert address_kind(IPv6Address(int(IPv6Address(prefix)) | int(address))) == address_kind(
        address
    )


@given(IPV4, st.sampled_from([2002, 2001]))
def test_tunnels_are_never_public(address: IPv4Address, prefix: int) -> None:
    start = int(IPv6Address(f"{prefix}::"))
    shift = 80 if prefix == 2002 else 0
    assert address_kind(IPv6Address(start | (int(address) << shift))) == "tunnel"
