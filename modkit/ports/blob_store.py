"""The blob store: large values by key, streamed in and out."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import IO, Final, ParamSpec, TypeVar

from attrs import frozen

from modkit_errors import Malformed, NotFound, Unavailable
from modkit_errors.refusals import RequestTooLarge

MAX_KEY_CHARACTERS: Final = 512
_READ_BYTES: Final = 256 * 1024
P = ParamSpec("P")
T = TypeVar("T")


@frozen(kw_only=True)
class BlobInfo:
    """What has been stored.

    Attributes:
        key: Where.
        size_bytes: How much.
        sha256: Digest of the content, 64 lower-case hex digits.
    """

    key: str
    size_bytes: int
    sha256: str


class BlobStore(ABC):
    """Keeps blobs. A key is chosen by the module, and holds the tenant's id where a tenant owns the blob."""

    @abstractmethod
    async def put(
        self, key: str, chunks: AsyncIterable[bytes], *, max_bytes: int | None = None
    ) -> BlobInfo:
        """Store *chunks* under *key*, in place of what was there.

        Readers see the old blob or the whole new one, never a part. A call that fails changes nothing; one that is
        cancelled at its very end may have succeeded.

        Args:
            key: 1..512 printable characters, such as ``rag/<tenant>/<document>``.
            chunks: The content, taken as it comes and never held in memory as a whole.
            max_bytes: Bound of this blob; by default the store's own, which also bounds this one.

        Raises:
            Malformed: *key* is empty, too long or has unprintable characters.
            RequestTooLarge: There is more content than *max_bytes*.
            Unavailable: The store cannot be reached, or is full.
        """

    @abstractmethod
    def open(self, key: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Read the blob *key* inside ``async with``, in chunks of any size.

        Raises:
            NotFound: There is no such blob; raised on entering.
        """

    @abstractmethod
    async def delete(self, key: str) -> bool:
        """Remove the blob *key*; false if there was none."""


class FolderBlobStore(BlobStore):
    """One file per blob, named by the digest of its key, so that no key can lead anywhere else.

    Args:
        folder: Where; made if missing. Files in it that have other names are left alone.
        max_blob_bytes: Bound of every blob.
    """

    def __init__(self, folder: Path, *, max_blob_bytes: int = 1024**3) -> None:
        self._folder = folder
        self._max_blob_bytes = max_blob_bytes

    async def put(
        self, key: str, chunks: AsyncIterable[bytes], *, max_bytes: int | None = None
    ) -> BlobInfo:
        """Store *chunks* under *key*, in place of what was there."""
        limit_bytes = self._max_blob_bytes
        if max_bytes is not None:
            limit_bytes = min(limit_bytes, max_bytes)
        incoming = _Incoming(self._path(key))
        try:
            await _on_disk(incoming.create)
            async for chunk in chunks:
                if incoming.size_bytes + len(chunk) > limit_bytes:
                    raise RequestTooLarge(limit_bytes)
                await _on_disk(incoming.append, chunk)
            await _on_disk(incoming.publish)
        finally:
            incoming.discard()
        return BlobInfo(key=key, size_bytes=incoming.size_bytes, sha256=incoming.digest.hexdigest())

    @asynccontextmanager
    async def open(self, key: str) -> AsyncGenerator[AsyncIterator[bytes]]:
        """Read the blob *key* inside ``async with``."""
        try:
            file = await _on_disk(self._path(key).open, "rb")
        except FileNotFoundError:
            raise NotFound(detail=f"There is no blob {key!r}.") from None
        with file:
            yield _read(file)

    async def delete(self, key: str) -> bool:
        """Remove the blob *key*; false if there was none."""
        try:
            await _on_disk(self._path(key).unlink)
        except FileNotFoundError:
            return False
        return True

    def _path(self, key: str) -> Path:
        if not (0 < len(key) <= MAX_KEY_CHARACTERS and key.isprintable()):
            raise Malformed(
                detail=f"A blob's key has 1..{MAX_KEY_CHARACTERS} printable characters, not {key[:80]!r}."
            )
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._folder / name[:2] / name


class _Incoming:
    """A blob on its way in; its methods but ``discard`` run in threads, one at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._discarded = False
        self._lock = threading.Lock()  # a cancelled caller discards while a thread is still at work
        self.digest = hashlib.sha256()
        self.size_bytes = 0

    def create(self) -> None:
        with self._lock:
            if self._discarded:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed by discard
                dir=self._path.parent, prefix="incomplete-", delete=False
            )

    def append(self, chunk: bytes) -> None:
        with self._lock:
            if self._file is not None:
                self._file.write(chunk)
                self.digest.update(chunk)
                self.size_bytes += len(chunk)

    def publish(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.flush()
                os.fsync(self._file.fileno())
                Path(self._file.name).replace(self._path)

    def discard(self) -> None:
        """Remove the file unless it has been published; whatever a thread does after this changes nothing."""
        with self._lock:
            self._discarded = True
            file, self._file = self._file, None
        if file is not None:
            with file:  # closes even when the last bytes do not fit the disk any more
                Path(file.name).unlink(missing_ok=True)


async def _on_disk(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable(detail="The blob store failed to read or write.") from error


async def _read(file: IO[bytes]) -> AsyncGenerator[bytes]:
    while chunk := await _on_disk(file.read, _READ_BYTES):
        yield chunk
