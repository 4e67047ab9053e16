import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modkit.ports import FolderBlobStore
from modkit_errors import Malformed, NotFound, Unavailable
from modkit_errors.refusals import RequestTooLarge

pytestmark = pytest.mark.anyio


async def chunked(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def content(store: FolderBlobStore, key: str) -> bytes:
    async with store.open(key) as chunks:
        return b"".join([chunk async for chunk in chunks])


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    blobs=st.dictionaries(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=40
        ),
        st.lists(st.binary(max_size=50), max_size=5),
        max_size=4,
    )
)
async def test_what_goes_in_comes_out(tmp_path: Path, blobs: dict[str, list[bytes]]):
    store = FolderBlobStore(tmp_path)
    for key, chunks in blobs.items():
        info = await store.put(key, chunked(chunks))
        assert info.size_bytes == len(b"".join(chunks))
        assert info.sha256 == hashlib.sha256(b"".join(chunks)).hexdigest()
    for key, chunks in blobs.items():
        assert await content(store, key) == b"".join(chunks)
        assert await store.delete(key)


@pytest.mark.parametrize(
    "key", ["../../escaped", "/etc/escaped", "a/../../escaped", "~", ".", "CON"]
)
async def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str):
    inside = tmp_path / "in" / "side"
    store = FolderBlobStore(inside)
    await store.put(key, chunked([b"x"]))
    assert files(tmp_path) == files(inside) != []
    assert await content(store, key) == b"x"


@pytest.mark.parametrize(
    "key", ["", "a\nb", "a\0b", "a" * 513], ids=["empty", "line", "nul", "long"]
)
async def test_a_bad_key_is_refused(tmp_path: Path, key: str):
    store = FolderBlobStore(tmp_path)
    with pytest.raises(Malformed):
        await store.put(key, chunked([b"x"]))
    with pytest.raises(Malformed):
        await store.delete(key)


async def test_a_missing_blob_is_not_found_and_deleting_it_says_so(tmp_path: Path):
    store = FolderBlobStore(tmp_path)
    assert not await store.delete("k")
    with pytest.raises(NotFound):
        await content(store, "k")


@pytest.mark.parametrize(("store_limit", "limit"), [(4, None), (100, 4), (4, 100), (100, 0)])
async def test_too_much_content_is_refused_and_changes_nothing(
    tmp_path: Path, store_limit: int, limit: int | None
):
    store = FolderBlobStore(tmp_path, max_blob_bytes=store_limit)
    await store.put("k", chunked([b"old"]))
    with pytest.raises(RequestTooLarge):
        await store.put("k", chunked([b"123", b"45"]), max_bytes=limit)
    assert await content(store, "k") == b"old"
    assert len(files(tmp_path)) == 1


async def test_a_source_that_fails_changes_nothing(tmp_path: Path):
    async def failing() -> AsyncIterator[bytes]:
        yield b"new"
        raise ConnectionResetError

    store = FolderBlobStore(tmp_path)
    await store.put("k", chunked([b"old"]))
    with pytest.raises(ConnectionResetError):
        await store.put("k", failing())
    assert await content(store, "k") == b"old"
    assert len(files(tmp_path)) == 1


async def test_a_cancelled_put_leaves_nothing_behind(tmp_path: Path):
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"new"
        begun.set()
        await asyncio.Event().wait()

    store = FolderBlobStore(tmp_path)
    task = asyncio.create_task(store.put("k", endless()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(tmp_path) == []


async def test_a_put_cancelled_before_its_file_is_made_leaves_nothing_behind(tmp_path: Path):
    async def unused() -> AsyncIterator[bytes]:
        yield b"x"

    task = asyncio.create_task(FolderBlobStore(tmp_path).put("k", unused()))
    await asyncio.sleep(0)  # its thread is at work by now, or about to be
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.get_running_loop().shutdown_default_executor()
    assert files(tmp_path) == []


async def test_a_reader_keeps_the_blob_that_it_opened(tmp_path: Path):
    store = FolderBlobStore(tmp_path)
    await store.put("k", chunked([b"old"]))
    async with store.open("k") as chunks:
        await store.put("k", chunked([b"new"]))
        assert b"".join([chunk async for chunk in chunks]) == b"old"
    assert await content(store, "k") == b"new"


async def test_a_disk_that_fails_makes_the_store_unavailable(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        await FolderBlobStore(tmp_path / "file").put("k", chunked([b"x"]))
