"""Reads SubRip files: numbered pieces of text, each after the time when it is shown."""

import re
from pathlib import Path

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest, Place
from hyperspot.file_parser.contract.building.block_builder import BlockBuilder
from hyperspot.file_parser.contract.building.budget import Budget

STAGE = "reading subtitles"
CUE = re.compile(r"(?P<number>\d+)\n(?P<time>\d[\d:,]+) --> \d[\d:,]+.*(?:\n(?P<text>[\s\S]+))?")


def read_subtitles(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return a paragraph for each piece; its provenance is its time.

    Raises:
        ParseFailed: The file is not UTF-8, or a piece has no number or time.
        ParseLimitExceeded: A limit is not enough.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseFailed(request.filename, request.media_type, "it is not UTF-8") from error
    cues = [cue for cue in re.split(r"\n{2,}", text.replace("\r\n", "\n").strip("\n")) if cue]
    builder = BlockBuilder(budget, STAGE)
    for number, cue in enumerate(cues):
        budget.progress(STAGE, number, len(cues))
        found = CUE.fullmatch(cue)
        if found is None:
            reason = f"piece {number + 1} does not begin with a number and a time"
            raise ParseFailed(request.filename, request.media_type, reason)
        builder.at(Place(element=found["time"]))
        for line in (found["text"] or "").split("\n"):
            builder.text(line)
            builder.line_break()
        builder.end_block()
    return ParsedContent(blocks=builder.finish(), charset="utf-8")
