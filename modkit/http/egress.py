"""The wall around outbound calls: which URLs, and which addresses behind them."""

from __future__ import annotations

from ipaddress import ip_network

from yarl import URL

from modkit.http.addresses import Address, Network, address_kind, parse_address, unwrapped
from modkit.http.config import EgressPolicy
from modkit.http.origins import host_of, is_one_of, shown_url
from modkit_errors.outbound import EgressRefused


class AddressRefused(OSError):
    """No connection is made to this address; an `OSError`, so that the next address of the host is tried."""

    def __init__(self, kind: str) -> None:
        super().__init__("refused by the egress policy")
        self.kind = kind


class EgressGuard:
    """Checks calls against a policy: the URL before, the address at the moment of connecting.

    Args:
        policy: What may be called.
    """

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy
        self._networks: list[Network] = [ip_network(text) for text in policy.allowed_networks]

    def check_url(self, url: URL) -> None:
        """Refuse what can be seen from the URL alone.

        Raises:
            EgressRefused: Its scheme, host or literal address may not be called.
        """
        if url.scheme != "https" and not self._policy.allow_http:
            raise EgressRefused(shown_url(url), "only https is allowed")
        host = host_of(url)
        if self._policy.only_hosts and not is_one_of(host, self._policy.only_hosts):
            raise EgressRefused(shown_url(url), "its host is not among those that may be called")
        address = parse_address(host)
        if address is not None and (kind := self._kind_refused(address)):
            raise refusal_of(url, kind)

    def check_address(self, text: str) -> None:
        """Refuse an address that a connection is about to be made to.

        Raises:
            AddressRefused: It is not public, and no allowed network has it.
        """
        address = parse_address(text)
        # What is no address in the usual notation would be resolved once more, by something that we do not see.
        if kind := "unreadable" if address is None else self._kind_refused(address):
            raise AddressRefused(kind)

    def _kind_refused(self, address: Address) -> str:
        kind = address_kind(address)
        inner = unwrapped(address)
        if kind and any(address in network or inner in network for network in self._networks):
            return ""
        return kind


def refusal_of(url: URL, kind: str) -> EgressRefused:
    """Return the error for a call of *url* whose address is of that *kind*; the address itself stays untold."""
    return EgressRefused(shown_url(url), f"its address is not public ({kind})")
