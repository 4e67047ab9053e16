"""Every document of the corpus comes out block by block as its golden file says."""

import os
from pathlib import Path

import pytest
from file_parser_corpus import (
    containers,
    documents,
    images,
    languages,
    pages,
    pdfs,
    presentations,
    samples,
    sheets,
    texts,
)

from hyperspot.file_parser.contract import Block, ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser.contract.sniffing import sniff
from hyperspot.file_parser_builtin.infra.reading import parse_file
from modkit.codec import encoder

SOURCES = (
    containers,
    documents,
    images,
    languages,
    pages,
    pdfs,
    presentations,
    samples,
    sheets,
    texts,
)
DOCUMENTS = {name: make for source in SOURCES for name, make in source.DOCUMENTS.items()}
GOLDEN = Path(__file__).parent / "file_parser_corpus" / "golden"
WRITES = os.environ.get("FILE_PARSER_CORPUS") == "write"
ENCODE = encoder(Block)


def parsed(folder: Path, name: str) -> ParsedContent:
    path = folder / name
    path.write_bytes(DOCUMENTS[name]())
    media_type = sniff(path, filename=name)
    assert media_type is not None
    request = ParseRequest(filename=name, media_type=media_type)
    return parse_file(path, request, Budget(request))


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_document_comes_out_as_its_golden_file_says(tmp_path: Path, name: str) -> None:
    lines = [ENCODE(block).decode() for block in parsed(tmp_path, name).blocks]
    golden = GOLDEN / f"{name}.jsonl"
    if WRITES:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    assert lines == golden.read_text(encoding="utf-8").splitlines()


def test_every_golden_file_has_its_document() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {f"{name}.jsonl" for name in DOCUMENTS}
