"""Diagrams (SmartArt) in Office documents: their texts as a list, nested like the diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hyperspot.file_parser.contract.building import BlockBuilder, one_line
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    child,
    children,
    number,
)

_MAX_LEVEL: Final = 8
_PARENT: Final = "parOf"


def add_diagram(builder: BlockBuilder, package: OoxmlPackage, part: str) -> None:
    """Add the texts of the diagram whose data are in *part*."""
    root = package.tree(part)
    points = {
        point.get("modelId", ""): _text(child(point, "t"))
        for point in children(child(root, "ptLst"), "pt")
    }
    for level, text in _outline(points, _below(child(root, "cxnLst"))):
        builder.open_item(ordered=False, level=level)
        builder.text(text)
        builder.close()


def _below(connections: XmlElement | None) -> Mapping[str, list[str]]:
    """Return the points below each point, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    for item in children(connections, "cxn"):
        if item.get("type", _PARENT) == _PARENT:
            place = number(item.get("srcOrd", ""), 0), item.get("destId", "")
            found.setdefault(item.get("srcId", ""), []).append(place)
    return {source: [target for _, target in sorted(items)] for source, items in found.items()}


def _outline(
    points: Mapping[str, str], below: Mapping[str, list[str]]
) -> Iterator[tuple[int, str]]:
    """Yield level and text of all points that have any, each once, whatever circles the connections make."""
    targets = {target for items in below.values() for target in items}
    seen: set[str] = set()
    starts = [*(point for point in points if point not in targets), *points]
    waiting = [(point, 0) for point in reversed(starts)]
    while waiting:
        point, level = waiting.pop()
        if point in seen:
            continue
        seen.add(point)
        if text := points.get(point, ""):
            yield min(level, _MAX_LEVEL), text
        deeper = level + bool(text)
        waiting += [(target, deeper) for target in reversed(below.get(point, []))]


def _text(body: XmlElement | None) -> str:
    lines = children(body, "p")
    return one_line(" ".join("".join(t.text or "" for t in p.iter("{*}t")) for p in lines))
