"""What was sent to Tika, and what it answered.

`exchanges.jsonl` was recorded by `record.py` over HTTP. No release of the Tika server could be had where that was done:
Tika's own parsers, compiled into the Python package iscc-tika 0.6.0, did the parsing, behind a stand-in that put their
results into the JSON of `/rmeta/xml` as the server's documentation and source describe it. Content and metadata are
Tika's; statuses other than 200, and the texts of exceptions in them, are written from the documentation.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from attrs import frozen

from hyperspot.file_parser.testing import SAMPLES

FOLDER: Final = Path(__file__).parent
RECORDED: Final = FOLDER / "exchanges.jsonl"
HTML: Final = "text/html"
MEDIA_TYPES: Final = {
    ".doc": "application/msword",
    ".ppt": "application/vnd.ms-powerpoint",
    ".xls": "application/vnd.ms-excel",
    ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}


@frozen(kw_only=True)
class Exchange:
    """One recorded call.

    Attributes:
        name: Of the document, with ``:cut`` for one that is cut off after so many bytes.
        sha256: Of the bytes that were sent.
        media_type: What they were sent as.
        status: Of the answer.
        body: Of the answer.
    """

    name: str
    sha256: str
    media_type: str
    status: int
    body: str


def recorded() -> dict[str, Exchange]:
    """Return all exchanges by the digest of what was sent."""
    lines = RECORDED.read_bytes().splitlines()
    found = [msgspec.json.decode(line, type=Exchange) for line in lines]
    return {exchange.sha256: exchange for exchange in found}


def documents() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, media type and bytes of every document that is sent, damaged ones included."""
    for path in sorted((FOLDER / "documents").iterdir()):
        name = path.name.removesuffix(".gz")
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield name, MEDIA_TYPES[Path(name).suffix], data
    sample = SAMPLES[HTML]
    yield sample.name, HTML, sample.data
    for cut in range(1, len(sample.data), max(len(sample.data) // 40, 1)):
        yield f"{sample.name}:{cut}", HTML, sample.data[:cut]
    yield "harvest.odt:6000", MEDIA_TYPES[".odt"], document("harvest.odt")[:6000]


def document(name: str) -> bytes:
    """Return a document of the folder."""
    path = FOLDER / "documents" / name
    return path.read_bytes()


def digest(data: bytes) -> str:
    """Return what an exchange is found by."""
    return hashlib.sha256(data).hexdigest()
