"""What the worker reads, and which file of this package reads it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import FileFormat, media_types


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
    ReadFormat(f"{_OFFICE}.wordprocessingml.document", "docx docm dotx dotm", "docx"),
    ReadFormat(f"{_OFFICE}.presentationml.presentation", "pptx pptm ppsx ppsm potx potm", "pptx"),
    ReadFormat(media_types.XLSX, "xlsx xlsm xltx xltm", "xlsx"),
    ReadFormat(media_types.XLSB, "xlsb", "xlsb"),
    ReadFormat(media_types.XLS, "xls xlt", "xls"),
    ReadFormat(media_types.ODS, "ods ots", "ods"),
    ReadFormat(media_types.ENCRYPTED_OFFICE, "", "encrypted_office"),
    ReadFormat("application/rtf", "rtf", "rtf"),
    ReadFormat("text/html", "html htm xhtml", "html"),
    ReadFormat("text/markdown", "md markdown", "markdown"),
    ReadFormat("text/plain", "txt text log", "text"),
    ReadFormat("text/csv", "csv", "delimited"),
    ReadFormat("text/tab-separated-values", "tsv tab", "delimited"),
    ReadFormat("application/json", "json", "json_file"),
    ReadFormat("application/x-ndjson", "jsonl ndjson", "json_file"),
    ReadFormat("application/xml", "xml svg rss atom", "xml_file"),
    ReadFormat("image/png", "png", "image_file"),
    ReadFormat("image/jpeg", "jpg jpeg", "image_file"),
    ReadFormat("image/gif", "gif", "image_file"),
    ReadFormat("image/webp", "webp", "image_file"),
    ReadFormat("image/bmp", "bmp", "image_file"),
    ReadFormat("image/tiff", "tif tiff", "image_file"),
    ReadFormat("application/zip", "zip", "zip_file"),
    ReadFormat("message/rfc822", "eml mht mhtml", "eml"),
    ReadFormat("application/epub+zip", "epub", "epub"),
)
