"""What the framework calls and others provide, each with a small in-process default."""

from modkit.ports.audit_sink import AuditEvent, AuditSink, LoggingAuditSink, Outcome
from modkit.ports.authenticator import Authenticator
from modkit.ports.blob_store import BlobInfo, BlobStore, FolderBlobStore
from modkit.ports.credential_source import CredentialSource, StaticCredentials
from modkit.ports.entitlements import BASE_FEATURE, BaseEntitlements, Entitlements
from modkit.ports.idempotency import (
    IdempotencyClaim,
    IdempotencyStore,
    InMemoryIdempotencyStore,
    StoredResponse,
)
from modkit.ports.lease_store import InMemoryLeaseStore, Lease, LeaseStore
from modkit.ports.policy import DenyAllPolicy, OwnTenantPolicy, PolicyDecisionPoint
from modkit.ports.rate_limit import (
    InMemoryRateLimitStore,
    RateDecision,
    RateLimit,
    RateLimitStore,
)
from modkit.ports.types_registry import GtsEntity, InMemoryTypesRegistry, TypesRegistry

__all__ = [
    "AuditEvent",
    "AuditSink",
    "Authenticator",
    "BASE_FEATURE",
    "BaseEntitlements",
    "BlobInfo",
    "BlobStore",
    "CredentialSource",
    "DenyAllPolicy",
    "Entitlements",
    "FolderBlobStore",
    "GtsEntity",
    "IdempotencyClaim",
    "IdempotencyStore",
    "InMemoryIdempotencyStore",
    "InMemoryLeaseStore",
    "InMemoryRateLimitStore",
    "InMemoryTypesRegistry",
    "Lease",
    "LeaseStore",
    "LoggingAuditSink",
    "Outcome",
    "OwnTenantPolicy",
    "PolicyDecisionPoint",
    "RateDecision",
    "RateLimit",
    "RateLimitStore",
    "StaticCredentials",
    "StoredResponse",
    "TypesRegistry",
]
