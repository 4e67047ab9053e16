"""Which in-process default stands in for a port that no module provides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from modkit.ports.audit_sink import AuditSink, LoggingAuditSink
from modkit.ports.blob_store import BlobStore, FolderBlobStore
from modkit.ports.credential_source import CredentialSource, StaticCredentials
from modkit.ports.entitlements import BaseEntitlements, Entitlements
from modkit.ports.idempotency import IdempotencyStore, InMemoryIdempotencyStore
from modkit.ports.lease_store import InMemoryLeaseStore, LeaseStore
from modkit.ports.rate_limit import InMemoryRateLimitStore, RateLimitStore
from modkit.ports.types_registry import InMemoryTypesRegistry, TypesRegistry


def port_defaults(home: Path) -> dict[Any, Callable[[], Any]]:
    """Return what makes the default of each port, to be called when first needed.

    The two ports that decide access are not among them: without a provider the REST pipeline itself denies, and a
    platform that means to serve callers refuses to start.

    Args:
        home: The platform's folder, for what is kept in files.
    """
    return {
        AuditSink: LoggingAuditSink,
        BlobStore: lambda: FolderBlobStore(home / "blobs"),
        CredentialSource: StaticCredentials,
        Entitlements: BaseEntitlements,
        IdempotencyStore: InMemoryIdempotencyStore,
        LeaseStore: InMemoryLeaseStore,
        RateLimitStore: InMemoryRateLimitStore,
        TypesRegistry: InMemoryTypesRegistry,
    }
