"""Office documents behind a password: nothing of them is read, which is said."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from hyperspot.file_parser.contract import DocumentEncrypted, ParseRequest
from hyperspot.file_parser.contract.building import Budget


def parse_encrypted_office(
    path: Path,  # noqa: ARG001 - all readers are called alike
    request: ParseRequest,
    budget: Budget,  # noqa: ARG001
) -> NoReturn:
    """Say that the document needs a password; until it is decrypted nobody can tell texts from sheets."""
    raise DocumentEncrypted(request.filename, request.media_type)
