"""A reader process whose documents are programs: what a document could do to a library with a hole, it does."""

import sys
from pathlib import Path

from hyperspot.file_parser.contract import Paragraph, ParsedContent, ParseRequest, Provenance, Text
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra import reader_process


def run(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    names = {"budget": budget, "path": path, "request": request, "said": ""}
    exec(path.read_text(), names)
    paragraph = Paragraph(inlines=(Text(text=str(names["said"])),), provenance=Provenance(index=0))
    return ParsedContent(blocks=(paragraph,))


reader_process.parse_file = run
sys.argv = ["reader_process"]
reader_process.main()
