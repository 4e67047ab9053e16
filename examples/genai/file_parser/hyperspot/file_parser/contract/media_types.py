"""The media types that are told apart, each under one name."""

from __future__ import annotations

from typing import Final

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_OPEN: Final = "application/vnd.oasis.opendocument"

PDF: Final = "application/pdf"
DOCX: Final = f"{_OFFICE}.wordprocessingml.document"
XLSX: Final = f"{_OFFICE}.spreadsheetml.sheet"
XLSB: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
PPTX: Final = f"{_OFFICE}.presentationml.presentation"
ODT: Final = f"{_OPEN}.text"
ODS: Final = f"{_OPEN}.spreadsheet"
ODP: Final = f"{_OPEN}.presentation"
DOC: Final = "application/msword"
XLS: Final = "application/vnd.ms-excel"
MSG: Final = "application/vnd.ms-outlook"
PPT: Final = "application/vnd.ms-powerpoint"
ENCRYPTED_OFFICE: Final = "application/vnd.ms-office.encrypted"
"""An Office document behind a password; nobody has registered a type for it."""
OLE: Final = "application/x-ole-storage"
EPUB: Final = "application/epub+zip"
ZIP: Final = "application/zip"
GZIP: Final = "application/gzip"
RTF: Final = "application/rtf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
GIF: Final = "image/gif"
WEBP: Final = "image/webp"
BMP: Final = "image/bmp"
TIFF: Final = "image/tiff"
HTML: Final = "text/html"
XML: Final = "application/xml"
JSON: Final = "application/json"
JSON_LINES: Final = "application/x-ndjson"
EML: Final = "message/rfc822"
CSV: Final = "text/csv"
TSV: Final = "text/tab-separated-values"
MARKDOWN: Final = "text/markdown"
PLAIN_TEXT: Final = "text/plain"

KNOWN: Final = frozenset(
    (
        *(PDF, DOCX, XLSX, XLSB, PPTX, ODT, ODS, ODP, DOC, XLS, PPT, MSG, ENCRYPTED_OFFICE, OLE),
        *(EPUB, ZIP, GZIP, RTF, PNG, JPEG, GIF, WEBP, BMP, TIFF),
        *(HTML, XML, JSON, JSON_LINES, EML, CSV, TSV, MARKDOWN, PLAIN_TEXT),
    )
)
