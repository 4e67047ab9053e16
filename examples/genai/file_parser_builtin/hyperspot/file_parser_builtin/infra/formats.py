"""What the worker reads, and which file of this package reads it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import FileFormat


@frozen
class ReadFormat:
    """A format and its reader.

    Attributes:
        media_type: Lower case, without parameters.
        extensions: Lower case, without the dot; separated by spaces.
        reader: Name of the file ``infra/<reader>.py``, whose function ``parse_<reader>`` is a `Reader`.
    """

    media_type: str
    extensions: str
    reader: str

    def described(self) -> FileFormat:
        """Return what the gateway is told."""
        return FileFormat(media_type=self.media_type, extensions=tuple(self.extensions.split()))


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"

# Readers are named, not imported: the libraries of all formats together are 150 ms and 12 MiB, which a process pays per
# format at its first document instead of all at its start.
FORMATS: Final = (
    ReadFormat("application/pdf", "pdf", "pdf"),
    ReadFormat(f"{_OFFICE}.wordprocessingml.document", "docx", "docx"),
    ReadFormat("text/html", "html htm xhtml", "html"),
    ReadFormat("text/markdown", "md markdown", "markdown"),
    ReadFormat("text/plain", "txt text log", "text"),
)
