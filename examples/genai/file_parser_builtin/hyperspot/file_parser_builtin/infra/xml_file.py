"""XML: elements with text by name, records as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from lxml import etree

from hyperspot.file_parser.contract import ParsedContent, ParseFailed, ParseRequest, Place
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from hyperspot.file_parser_builtin.infra.ooxml import XmlElement, local_name
from modkit import UNSET

_STAGE: Final = "reading XML"
_MAX_DEPTH: Final = 200
_MAX_HEADING: Final = 6
_FEWEST_RECORDS: Final = 2
_MOST_COLUMNS: Final = 200
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def parse_xml_file(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the text of a document: elements without others as ``name: text``, records that repeat as a table.

    Entities that the document declares are left out, and nothing outside of it is read.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        # From a file, the library would take bytes that the charset does not have for an error of the file system.
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        reason = f"it is no well-formed XML: {error.msg}"
        raise ParseFailed(request.filename, request.media_type, reason) from error
    budget.check_time(_STAGE)
    builder = BlockBuilder(budget, _STAGE)
    _Walk(builder, request).add(root, f"/{_name(root)}", 1)
    return ParsedContent(
        blocks=builder.finish(), language=one_line(root.get(_LANGUAGE, "")) or UNSET
    )


@frozen
class _Walk:
    """Adds elements to a builder."""

    builder: BlockBuilder
    request: ParseRequest

    def add(self, element: XmlElement, path: str, depth: int) -> None:
        """Add *element*, which is *depth* levels deep, the root 1."""
        if depth > _MAX_DEPTH:
            reason = f"its elements are nested more than {_MAX_DEPTH} deep"
            raise ParseFailed(self.request.filename, self.request.media_type, reason)
        self.builder.at(Place(element=path))
        attributes = [
            f"{local}: {one_line(str(value))}"
            for key, value in element.attrib.items()
            if (local := str(key).rpartition("}")[2])
        ]
        children = _children(element)
        if not children or _is_mixed(element):
            self._text(element, attributes)
            return
        self.builder.start_heading(min(depth, _MAX_HEADING))
        self.builder.text(_name(element))
        self.builder.end_block()
        for line in attributes:
            self.builder.text(line)
            self.builder.end_block()
        self._content(children, path, depth)

    def _text(self, element: XmlElement, attributes: Sequence[str]) -> None:
        text = one_line("".join(_texts(element)))
        shown = " ".join(filter(None, (text, f"({', '.join(attributes)})" if attributes else "")))
        if shown:
            self.builder.text(f"{_name(element)}: {shown}")
            self.builder.end_block()

    def _content(self, children: Sequence[XmlElement], path: str, depth: int) -> None:
        seen: dict[str, int] = {}
        for name, group in groupby(children, key=_name):
            alike = list(group)
            first = seen.get(name, 0) + 1
            seen[name] = first + len(alike) - 1
            if len(alike) >= _FEWEST_RECORDS and (columns := _columns(alike)):
                self.builder.at(Place(element=f"{path}/{name}"))
                self._table(alike, columns)
                continue
            for number, child in enumerate(alike, first):
                self.add(child, f"{path}/{name}[{number}]", depth + 1)

    def _table(self, records: Sequence[XmlElement], columns: Sequence[str]) -> None:
        self.builder.open_table()
        self.builder.add_row(columns, is_header=True)
        for record in records:
            cells = dict(_fields(record))
            self.builder.add_row([cells.get(name, "") for name in columns])
        self.builder.close()


def _name(element: XmlElement) -> str:
    return local_name(element)


def _children(element: XmlElement) -> list[XmlElement]:
    return [child for child in element if local_name(child)]


def _is_mixed(element: XmlElement) -> bool:
    """Whether text stands between the children of *element*, so that they are pieces of one text."""
    return any(child.tail and child.tail.strip() for child in element) or bool(
        element.text and element.text.strip()
    )


def _texts(element: XmlElement) -> Iterator[str]:
    """Yield the text in *element*; entity references, which are not resolved, have none."""
    for node in element.iter():
        tag: Any = node.tag
        if isinstance(tag, str) and node.text:
            yield node.text
        if node is not element and node.tail:
            yield node.tail


def _fields(record: XmlElement) -> Iterator[tuple[str, str]]:
    for key, value in record.attrib.items():
        yield str(key).rpartition("}")[2], one_line(str(value))
    for child in _children(record):
        yield _name(child), one_line("".join(_texts(child)))


def _columns(records: Sequence[XmlElement]) -> list[str]:
    """Return the names of the fields of *records*; none where one is no flat record or has a field twice."""
    columns: dict[str, None] = {}
    for record in records:
        names = [name for name, _ in _fields(record)]
        is_flat = all(not len(child) and not child.attrib for child in _children(record))
        if not names or len(set(names)) < len(names) or not is_flat or _is_mixed(record):
            return []
        columns.update(dict.fromkeys(names))
    return list(columns) if len(columns) <= _MOST_COLUMNS else []
