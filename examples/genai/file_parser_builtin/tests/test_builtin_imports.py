"""A process that lives for one document imports nothing: its parent has done that for all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hyperspot.file_parser.testing import SAMPLES

IMPORTED = """
import sys
from pathlib import Path
from hyperspot.file_parser.contract import ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra import reader_process, walls
from hyperspot.file_parser_builtin.infra.reading import load_reader, parse_file
path, media_type = sys.argv[1:]
request = ParseRequest(filename="a", media_type=media_type)
reader_process.prepare()
load_reader(media_type)
before = set(sys.modules)
walls.limit(request.limits)
parse_file(Path(path), request, Budget(request))
print(*sorted(set(sys.modules) - before))
"""


@pytest.mark.parametrize("media_type", SAMPLES)
def test_a_child_imports_nothing_for_a_usual_document(media_type: str, tmp_path: Path) -> None:
    path = tmp_path / "sample"
    path.write_bytes(SAMPLES[media_type].data)
    command = [sys.executable, "-c", IMPORTED, str(path), media_type]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert not found.split()
