"""Mutants of the corpus: a document, hurt outside or inside what it wraps."""

from __future__ import annotations

import io
import itertools
import pkgutil
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import file_parser_corpus
from attrs import frozen

from file_parser_fuzz.damage import damaged
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser_builtin.infra.formats import FORMATS

_STREAM: Final = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_MISLABELLED: Final = 0.03
_AS_A_WHOLE: Final = 0.3
_MAX_BYTES: Final = 4 * 1024**2


@frozen(kw_only=True)
class Document:
    """A document of the corpus."""

    name: str
    media_type: str
    data: bytes


@frozen(kw_only=True)
class Mutant:
    """A damaged document.

    Attributes:
        label: How to make it again: ``<document>:<seed>:<turn>``.
        media_type: What it is said to be.
        data: At most 4 MiB.
    """

    label: str
    media_type: str
    data: bytes


def corpus() -> tuple[Document, ...]:
    """Return the documents of every file of the corpus, by name."""
    files = pkgutil.iter_modules(file_parser_corpus.__path__)
    modules = [import_module(f"{file_parser_corpus.__name__}.{file.name}") for file in files]
    made = {
        name: make()
        for module in modules
        for name, make in getattr(module, "DOCUMENTS", {}).items()
    }
    with TemporaryDirectory() as folder:
        return tuple(_document(Path(folder, name), made[name]) for name in sorted(made))


def mutants(documents: tuple[Document, ...], seed: int) -> Iterator[Mutant]:
    """Go through the documents again and again; each time every one is hurt in another way."""
    for turn in itertools.count():
        for document in documents:
            yield mutant(document, seed, turn)


def mutant(document: Document, seed: int, turn: int) -> Mutant:
    """Return one mutant, which depends on nothing else."""
    random = Random(f"{seed}:{turn}:{document.name}")
    media_type = document.media_type
    if random.random() < _MISLABELLED:
        media_type = random.choice(FORMATS).media_type
    return Mutant(
        label=f"{document.name}:{seed}:{turn}",
        media_type=media_type,
        data=_hurt(document.data, random)[:_MAX_BYTES],
    )


def _document(path: Path, data: bytes) -> Document:
    path.write_bytes(data)
    media_type = sniff(path, filename=path.name)
    assert media_type is not None
    return Document(name=path.name, media_type=media_type, data=data)


def _hurt(data: bytes, random: Random) -> bytes:
    if random.random() < _AS_A_WHOLE:
        return damaged(data, random)
    if data.startswith(b"PK"):
        return _hurt_a_member(data, random)
    if data.startswith(b"%PDF"):
        return _hurt_a_stream(data, random)
    return damaged(data, random)


def _hurt_a_member(data: bytes, random: Random) -> bytes:
    """Hurt a file in the archive, and wrap it up again as if nothing were wrong."""
    try:
        members = _unzipped(data)
    except (zipfile.BadZipFile, RuntimeError):  # some documents of the corpus are hurt already
        return damaged(data, random)
    victim = random.randrange(len(members)) if members else None
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of two members with the same name
        for number, (info, content) in enumerate(members):
            archive.writestr(info, _hurt(content, random) if number == victim else content)
    return buffer.getvalue()


def _unzipped(data: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(info, archive.read(info)) for info in archive.infolist()]


def _hurt_a_stream(data: bytes, random: Random) -> bytes:
    """Hurt what a stream of a PDF holds when it is unpacked; its length and offsets are wrong after that."""
    streams = list(_STREAM.finditer(data))
    if not streams:
        return damaged(data, random)
    found = random.choice(streams)
    try:
        inner = zlib.compress(damaged(zlib.decompress(found[1]), random))
    except zlib.error:
        inner = damaged(found[1], random)
    return data[: found.start(1)] + inner + data[found.end(1) :]
