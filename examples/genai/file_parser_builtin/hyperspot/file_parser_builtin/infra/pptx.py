"""PPTX: slide by slide, straight from the XML of the package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hyperspot.file_parser.contract import ParsedContent, ParseRequest, Place
from hyperspot.file_parser.contract.building import BlockBuilder, Budget
from hyperspot.file_parser_builtin.infra.ooxml import (
    OoxmlPackage,
    PackageDamaged,
    child,
    children,
    local_name,
    open_package,
    reference,
)
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties
from hyperspot.file_parser_builtin.infra.pptx_bullets import Layouts
from hyperspot.file_parser_builtin.infra.pptx_slide import SlideReader

_STAGE: Final = "reading slides"


def parse_pptx(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a presentation in the order of its slides, hidden ones too; each names its slide.

    A slide begins with its title, or ``Slide N``, as a heading of level 2, and page breaks stand between slides.
    Speaker notes follow their slide as a quotation.
    """
    with open_package(path, request, budget) as package:
        slides = _slides(package)
        budget.use_pages(len(slides))
        builder = BlockBuilder(budget, _STAGE)
        reader = SlideReader(
            builder=builder,
            package=package,
            layouts=Layouts(package),
            drops_footers=request.options.drop_running_headers,
        )
        for number, part in enumerate(slides, 1):
            budget.progress(_STAGE, number - 1, len(slides))
            if number > 1:
                builder.page_break()
            builder.at(Place(slide=number))
            reader.add(part, number)
        about = CoreProperties.read(package)
    return ParsedContent(
        blocks=builder.finish(),
        title=about.title,
        author=about.author,
        language=about.language,
        created_at=about.created_at,
        modified_at=about.modified_at,
    )


def _slides(package: OoxmlPackage) -> list[str]:
    """Return the parts of the slides in the order of the presentation."""
    main = package.main_part("ppt/presentation.xml")
    root = package.tree(main)
    if root is None:
        raise PackageDamaged(f"{main} is missing")
    if local_name(root) != "presentation":
        raise PackageDamaged(f"{main} holds <{local_name(root)}> instead of <presentation>")
    known = package.relationships(main)
    slides: list[str] = []
    for item in children(child(root, "sldIdLst"), "sldId"):
        if (key := reference(item)) not in known:
            raise PackageDamaged(f"{main} lists a slide {key!r} that it does not define")
        slides.append(known[key][1])
    return slides
