"""Testing modules: run one in memory with fakes around it, call it, and look at its problems."""

from modkit.testing.clock import FakeClock
from modkit.testing.contexts import security_context
from modkit.testing.harness import ModuleHarness
from modkit.testing.http_client import HttpClient, Response
from modkit.testing.minted_tokens import MintedTokens
from modkit.testing.problems import assert_problem

__all__ = [
    "FakeClock",
    "HttpClient",
    "MintedTokens",
    "ModuleHarness",
    "Response",
    "assert_problem",
    "security_context",
]
