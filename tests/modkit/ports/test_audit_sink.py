import logging
from uuid import UUID

import pytest

from modkit.ports import AuditEvent, LoggingAuditSink


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("outcome", "level"),
    [("succeeded", logging.INFO), ("denied", logging.WARNING), ("failed", logging.WARNING)],
)
async def test_an_audit_event_is_one_record_with_all_its_fields(caplog, outcome, level):
    caplog.set_level(logging.INFO, "modkit.audit")
    await LoggingAuditSink().record(
        AuditEvent(
            action="documents.delete",
            outcome=outcome,
            subject_id=UUID(int=1),
            tenant_id=UUID(int=2),
            resource_id="d-1",
            details={"reason": "retention"},
        )
    )
    [record] = caplog.records
    assert (record.name, record.levelno) == ("modkit.audit", level)
    assert vars(record)["subject_id"] == str(UUID(int=1))
    assert vars(record)["details"] == {"reason": "retention"}
    assert "request_id" not in vars(record)
