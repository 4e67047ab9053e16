"""Charts in Office documents: the numbers that they show, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from attrs import frozen

from hyperspot.file_parser.contract.building import BlockBuilder, one_line
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    XmlElement,
    child,
    children,
    local_name,
    number,
)

_Points: TypeAlias = Mapping[int, str]  # by their place on the axis


@frozen
class _Series:
    name: str
    categories: _Points
    values: _Points


def add_chart(builder: BlockBuilder, package: OoxmlPackage, part: str) -> None:
    """Add the title of the chart in *part* as a paragraph, and a table: a row per category, a column per series.

    The numbers are those that the document keeps with the chart. Series on other categories make another table.
    """
    chart = child(package.tree(part), "chart")
    if title := _text(child(chart, "title")):
        builder.text(title)
        builder.end_block()
    series = [
        _series(item)
        for plot in _elements(child(chart, "plotArea"))
        for item in children(plot, "ser")
    ]
    for categories, alike in groupby(series, key=lambda item: item.categories):
        _add_table(builder, categories, list(alike))


def _add_table(builder: BlockBuilder, categories: _Points, series: Sequence[_Series]) -> None:
    # Sorted, not counted up: a point may say that it is number 900 000 000.
    places = sorted({*categories, *(place for item in series for place in item.values)})
    if not places:
        return
    builder.open_table()
    builder.add_row(["", *(item.name for item in series)], is_header=True)
    for place in places:
        values = (item.values.get(place, "") for item in series)
        builder.add_row([categories.get(place, ""), *values])
    builder.close()


def _series(item: XmlElement) -> _Series:
    categories = child(item, "cat")
    values = child(item, "val")
    return _Series(
        name=_text(child(item, "tx")),
        categories=_points(child(item, "xVal") if categories is None else categories),
        values=_points(child(item, "yVal") if values is None else values),
    )


def _points(axis: XmlElement | None) -> _Points:
    """Return the cached or literal points of an axis; names on several levels are joined, the outermost last."""
    found: dict[int, str] = {}
    for point in axis.iter("{*}pt") if axis is not None else ():
        value = child(point, "v")
        text = one_line(value.text or "") if value is not None else ""
        place = number(point.get("idx", ""), 0)
        found[place] = f"{found[place]}, {text}" if place in found else text
    return found


def _text(element: XmlElement | None) -> str:
    """Return what is written in a title or a name: text of its own, or a cached cell."""
    if element is None:
        return ""
    pieces = (item.text or "" for item in element.iter("{*}t", "{*}v"))
    return one_line(" ".join(pieces) if child(element, "rich") is None else _rich(element))


def _rich(element: XmlElement) -> str:
    lines = element.iter("{*}p")
    return " ".join("".join(t.text or "" for t in line.iter("{*}t")) for line in lines)


def _elements(element: XmlElement | None) -> Iterator[XmlElement]:
    if element is not None:
        yield from (item for item in element if local_name(item))
