"""How hard hypothesis tries, in every test of the project: a plugin of pytest, named in pyproject.toml."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Shared machines stall now and then: a deadline or a slow first example says nothing about our code.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", patient, max_examples=50)
settings.register_profile("ci", patient, max_examples=100, derandomize=True, database=None)
settings.register_profile("deep", patient, max_examples=5_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)
