"""Values of file_parser: a document is a list of blocks, a block of text is a list of inlines.

These classes are also the REST answer. Flags and optional members are left out of JSON when they are not set.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from attrs import frozen

from modkit import UNSET, Meta, UnsetType

StyleFlag: TypeAlias = Literal["bold", "italic", "underline", "strike"]


@frozen(kw_only=True)
class Style:
    """How a piece of text looks; a flag is either True or left out.

    Example:
        >>> Style.of("bold").bold, bool(Style.of("bold").italic)
        (True, False)
    """

    bold: bool | UnsetType = UNSET
    italic: bool | UnsetType = UNSET
    underline: bool | UnsetType = UNSET
    strike: bool | UnsetType = UNSET

    @classmethod
    def of(cls, *flags: StyleFlag) -> Style:
        """Return the style with exactly *flags* set."""
        return cls(**dict.fromkeys(flags, True))


PLAIN = Style()


@frozen(kw_only=True)
class Text:
    """A run of text in one style.

    Attributes:
        text: Characters without control characters; a line feed is a forced line break.
        style: How the run looks.
    """

    type: Literal["text"] = "text"
    text: str
    style: Style = PLAIN


@frozen(kw_only=True)
class Link:
    """A run of text that leads somewhere.

    Attributes:
        text: What is shown.
        target: Address as the document has it: absolute, relative, or a ``#fragment``. Not checked in any way.
        style: How the run looks.
    """

    type: Literal["link"] = "link"
    text: str
    target: str
    style: Style = PLAIN


@frozen(kw_only=True)
class Code:
    """A run of program text inside a line.

    Attributes:
        text: Characters as written, without line feeds.
        style: How the run looks.
    """

    type: Literal["code"] = "code"
    text: str
    style: Style = PLAIN


Inline: TypeAlias = Text | Link | Code


@frozen(kw_only=True)
class Box:
    """A rectangle on a page, in points (1/72 inch) from the upper left corner of the page as it is shown."""

    left: float
    top: float
    right: float
    bottom: float


@frozen(kw_only=True)
class Place:
    """Where in a file something is; only what the format has is set.

    Attributes:
        page: 1-based page.
        box: Where on the page.
        slide: 1-based slide.
        sheet: Name of the sheet.
        cells: Range of cells on the sheet, such as ``B2:D9``, or one cell.
        part: Path of the file inside its container: a member of an archive, a chapter, an attachment. A container in
            a container makes a longer path: ``2024.zip/minutes.docx``.
        element: Path of the element: XPath in XML and HTML (``/html/body/table[2]``), JSON path in JSON (``$.a[0]``).
    """

    page: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    box: Box | UnsetType = UNSET
    slide: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    sheet: str | UnsetType = UNSET
    cells: str | UnsetType = UNSET
    part: str | UnsetType = UNSET
    element: str | UnsetType = UNSET


@frozen(kw_only=True)
class Provenance(Place):
    """Where in the document a top-level block comes from.

    Attributes:
        index: 0-based position of the block in the document.
    """

    index: Annotated[int, Meta(ge=0)]

    @classmethod
    def of(cls, index: int, place: Place) -> Provenance:
        """Return the provenance of block number *index*, found at *place*."""
        return cls(
            index=index,
            page=place.page,
            box=place.box,
            slide=place.slide,
            sheet=place.sheet,
            cells=place.cells,
            part=place.part,
            element=place.element,
        )


@frozen(kw_only=True)
class Heading:
    """A heading; level 1 is the highest."""

    type: Literal["heading"] = "heading"
    level: Annotated[int, Meta(ge=1, le=6)]
    inlines: tuple[Inline, ...]
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class Paragraph:
    """A paragraph of running text."""

    type: Literal["paragraph"] = "paragraph"
    inlines: tuple[Inline, ...]
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class ListItem:
    """One item of a list; items that follow one another form the list.

    Attributes:
        level: Nesting, 0 for the outermost list.
        ordered: Whether the items are numbered.
        blocks: Content of the item; never a deeper `ListItem`, which follows as a block of its own.
    """

    type: Literal["list_item"] = "list_item"
    level: Annotated[int, Meta(ge=0)]
    ordered: bool
    blocks: tuple[Block, ...]
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class CodeBlock:
    """Program text; lines end in line feeds, the last one without."""

    type: Literal["code"] = "code"
    text: str
    language: str | UnsetType = UNSET
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class Quote:
    """A quotation."""

    type: Literal["quote"] = "quote"
    blocks: tuple[Block, ...]
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class TableCell:
    """One cell of a table; a span of one is left out.

    Attributes:
        blocks: Content.
        column_span: How many columns the cell takes; the cells that it covers follow it, empty.
        row_span: How many rows the cell takes; the cells that it covers are in the rows below, empty.
    """

    blocks: tuple[Block, ...]
    column_span: Annotated[int, Meta(ge=2)] | UnsetType = UNSET
    row_span: Annotated[int, Meta(ge=2)] | UnsetType = UNSET


@frozen(kw_only=True)
class TableRow:
    """One row of a table; all rows of a table have the same number of cells."""

    is_header: bool
    cells: tuple[TableCell, ...]


@frozen(kw_only=True)
class Table:
    """A table; the cells that another one covers are there, empty, so columns stay aligned."""

    type: Literal["table"] = "table"
    rows: tuple[TableRow, ...]
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class Image:
    """An image; one inside a document is noted only, a file that is an image has its data in ``src``.

    Attributes:
        alt: Description of the image by the author.
        src: Address as the document has it; absent for embedded images. A ``data:`` URL is the image itself.
        media_type: What kind of image it is, as seen in its data.
        width: Pixels.
        height: Pixels.
    """

    type: Literal["image"] = "image"
    alt: str | UnsetType = UNSET
    src: str | UnsetType = UNSET
    media_type: str | UnsetType = UNSET
    width: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    height: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class HorizontalRule:
    """A rule between two parts of a text."""

    type: Literal["horizontal_rule"] = "horizontal_rule"
    provenance: Provenance | UnsetType = UNSET


@frozen(kw_only=True)
class PageBreak:
    """The end of a page that is followed by another; its provenance names the page that ends."""

    type: Literal["page_break"] = "page_break"
    provenance: Provenance | UnsetType = UNSET


Block: TypeAlias = (
    Heading | Paragraph | ListItem | CodeBlock | Quote | Table | Image | HorizontalRule | PageBreak
)


@frozen(kw_only=True)
class UploadedSource:
    """The document came as bytes from the caller."""

    type: Literal["uploaded"] = "uploaded"


@frozen(kw_only=True)
class LocalPathSource:
    """The document was read from the server's file system."""

    type: Literal["local_path"] = "local_path"
    path: str


@frozen(kw_only=True)
class UrlSource:
    """The document was fetched from an address.

    Attributes:
        url: The address as it was asked for, without user, password, query and fragment, which may hold secrets.
    """

    type: Literal["url"] = "url"
    url: str


DocumentSource: TypeAlias = UploadedSource | LocalPathSource | UrlSource


@frozen(kw_only=True)
class DocumentMeta:
    """What is known about the file around the text.

    Attributes:
        source: Where the document came from.
        original_filename: Name that the caller gave, without folders.
        content_type: Media type found by looking at the content; for text with the charset that it was read in.
        author: Who wrote it, as the document says; several names are separated by semicolons.
        created_at: When the document says it was made, UTC.
        modified_at: When the document says it was last changed, UTC.
    """

    source: DocumentSource
    original_filename: str | UnsetType = UNSET
    content_type: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    created_at: datetime | UnsetType = UNSET
    modified_at: datetime | UnsetType = UNSET


@frozen(kw_only=True)
class ParsedDocument:
    """A document as structured text.

    Attributes:
        title: Title that the document gives itself.
        language: BCP 47 tag that the document declares, such as ``en-GB``.
        meta: What is known about the file.
        blocks: Content in reading order; every top-level block has its provenance.
    """

    title: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    meta: DocumentMeta
    blocks: tuple[Block, ...]


@frozen(kw_only=True)
class ParseResult:
    """A parsed document, with its Markdown where that was asked for."""

    document: ParsedDocument
    markdown: str | UnsetType = UNSET


@frozen(kw_only=True)
class ParseOptions:
    """How a document is to be parsed.

    Attributes:
        drop_running_headers: Whether headers and footers that repeat from page to page, and page numbers, are left out.
    """

    drop_running_headers: bool = False


@frozen(kw_only=True)
class FileFormat:
    """A kind of file that can be parsed.

    Attributes:
        media_type: Lower case, without parameters.
        extensions: Lower case, without the dot.
        signature: Bytes that such a file begins with, in hexadecimal, for a format that file_parser does not know.
    """

    media_type: str
    extensions: tuple[str, ...]
    signature: str | UnsetType = UNSET


@frozen(kw_only=True)
class ParserWorker:
    """An installed worker and the formats that it is asked to parse for the caller."""

    id: str
    vendor: str
    priority: int
    formats: tuple[FileFormat, ...]


@frozen(kw_only=True)
class ParserInfo:
    """What this installation parses for the caller, as its configuration has it.

    Attributes:
        supported_extensions: By worker id, every extension in alphabetical order.
        workers: Installed workers that parse something for the caller, lowest priority number first.
        max_file_size_bytes: Largest file that is accepted.
    """

    supported_extensions: dict[str, tuple[str, ...]]
    workers: tuple[ParserWorker, ...]
    max_file_size_bytes: int
