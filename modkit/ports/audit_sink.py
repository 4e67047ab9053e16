"""The audit sink: a record of who did what, kept apart from logs."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from attrs import field, frozen

Outcome = Literal["succeeded", "denied", "failed"]


def _now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class AuditEvent:
    """One thing that somebody did or tried.

    Attributes:
        action: Verb and resource, such as ``documents.delete``.
        outcome: ``denied`` was refused by a policy, ``failed`` went wrong.
        subject_id: Who did it; the nil UUID for an anonymous caller.
        tenant_id: Whose tenant it happened in.
        resource_id: What it was done to, or empty.
        request_id: The request that asked for it, or empty.
        details: More for people; must not hold secrets.
        occurred_at: When, in UTC.
    """

    action: str
    outcome: Outcome
    subject_id: UUID
    tenant_id: UUID
    resource_id: str = ""
    request_id: str = ""
    details: Mapping[str, str] = field(factory=dict[str, str])
    occurred_at: datetime = field(factory=_now)


class AuditSink(ABC):
    """Takes audit events."""

    @abstractmethod
    async def record(self, event: AuditEvent) -> None:
        """Keep *event*; when this returns, the sink is answerable for it.

        Raises:
            Unavailable: The event could not be kept; an action that must be audited has to fail then.
        """


class LoggingAuditSink(AuditSink):
    """Writes every event to the logger ``modkit.audit``: the default without an audit module."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("modkit.audit")

    async def record(self, event: AuditEvent) -> None:
        """Log *event* at level INFO, or WARNING when it did not succeed."""
        self._logger.log(
            logging.INFO if event.outcome == "succeeded" else logging.WARNING,
            "%s %s",
            event.action,
            event.outcome,
            extra={
                "action": event.action,
                "outcome": event.outcome,
                "subject_id": str(event.subject_id),
                "tenant_id": str(event.tenant_id),
                "resource_id": event.resource_id,
                "details": dict(event.details),
                "occurred_at": event.occurred_at.isoformat(),
                # An empty id would hide the one that the log pipeline knows.
                **({"request_id": event.request_id} if event.request_id else {}),
            },
        )
