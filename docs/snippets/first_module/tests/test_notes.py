"""What notes does, through its contract and over HTTP."""

from collections.abc import AsyncIterator

import pytest

from acme.notes import NotesModule
from acme.notes.contract import NoteNotFound, NotesClient
from modkit.testing import ModuleHarness, assert_problem, security_context

ALICE = security_context(subject="alice", tenant="acme")
BOB = security_context(subject="bob", tenant="globex")

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(name="harness")
async def harness_fixture() -> AsyncIterator[ModuleHarness]:
    async with ModuleHarness(NotesModule, config={"max_notes": 2}) as harness:
        yield harness


async def test_note_is_found_again(harness: ModuleHarness) -> None:
    notes = harness.hub.get(NotesClient)
    note = await notes.add(ALICE, "buy milk")
    assert await notes.get(ALICE, note.id) == note


async def test_note_of_another_tenant_looks_missing(harness: ModuleHarness) -> None:
    notes = harness.hub.get(NotesClient)
    note = await notes.add(ALICE, "buy milk")
    with pytest.raises(NoteNotFound):
        await notes.get(BOB, note.id)


async def test_created_note_is_where_the_answer_says(harness: ModuleHarness) -> None:
    alice = harness.client(ALICE)
    created = await alice.post("/notes/v1/notes", json={"text": "buy milk"})
    assert created.status_code == 201
    found = await alice.get(created.headers["location"])
    assert found.json() == created.json()


async def test_third_note_is_one_too_many(harness: ModuleHarness) -> None:
    alice = harness.client(ALICE)
    for text in ("one", "two"):
        await alice.post("/notes/v1/notes", json={"text": text})
    refused = await alice.post("/notes/v1/notes", json={"text": "three"})
    assert_problem(refused, status=429, code="TOO_MANY_NOTES")


async def test_caller_without_token_is_refused(harness: ModuleHarness) -> None:
    nobody = harness.client()
    assert_problem(await nobody.post("/notes/v1/notes", json={"text": "one"}), status=401)
