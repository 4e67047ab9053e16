"""Testing modules: run one in memory with fakes around it, call it, and look at its problems."""

from modkit.testing.access import MintedTokens, OwnTenantPolicy
from modkit.testing.clock import FakeClock
from modkit.testing.contexts import security_context
from modkit.testing.harness import ModuleHarness
from modkit.testing.http_client import HttpClient, Response
from modkit.testing.problems import assert_problem

__all__ = [
    "FakeClock",
    "HttpClient",
    "MintedTokens",
    "ModuleHarness",
    "OwnTenantPolicy",
    "Response",
    "assert_problem",
    "security_context",
]
