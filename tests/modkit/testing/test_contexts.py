"""Minted callers."""

from __future__ import annotations

from uuid import UUID

from modkit.testing import security_context


def test_same_names_are_the_same_caller() -> None:
    assert security_context(subject="a", tenant="t") == security_context(subject="a", tenant="t")


def test_subject_and_tenant_of_one_name_differ() -> None:
    caller = security_context(subject="a", tenant="a")
    assert caller.subject_id != caller.subject_tenant_id
    assert not caller.is_anonymous


def test_ids_scopes_and_token_are_taken_as_they_are() -> None:
    caller = security_context(
        subject=UUID(int=5), tenant=UUID(int=6), scopes=["read"], subject_type="t~", token="s"
    )
    assert (caller.subject_id, caller.subject_tenant_id) == (UUID(int=5), UUID(int=6))
    assert (caller.token_scopes, caller.subject_type) == ({"read"}, "t~")
    assert caller.bearer_token is not None
    assert caller.bearer_token.reveal() == "s"
    assert security_context().bearer_token is None
