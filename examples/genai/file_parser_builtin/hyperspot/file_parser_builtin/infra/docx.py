"""DOCX: straight from the XML of the package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
from attrs import frozen

from hyperspot.file_parser.contract import Block, ParsedContent, ParseRequest
from hyperspot.file_parser.contract.building import BlockBuilder, Budget, one_line
from hyperspot.file_parser_builtin.infra.docx_body import DocxBody
from hyperspot.file_parser_builtin.infra.docx_styles import DocxStyles
from hyperspot.file_parser_builtin.infra.ooxml import OoxmlPackage, local_attribute, open_package
from hyperspot.file_parser_builtin.infra.ooxml_metadata import CoreProperties
from modkit import UNSET

_STAGE: Final = "reading the document body"
_NOTES: Final = ("footnote", "endnote")


def parse_docx(path: Path, request: ParseRequest, budget: Budget) -> ParsedContent:
    """Return the blocks of a Word document; insertions count as accepted, deletions as gone.

    Headers come before the body, and footers after it, each once, unless the options drop them. Then come the notes, as
    ``[1] text`` where the body has ``[1]``, and the comments, as quotations that begin with the name of their author.
    """
    with open_package(path, request, budget) as package:
        return _Document.of(package, budget).content(request.options.drop_running_headers)


@frozen(kw_only=True)
class _Document:
    """The parts of a document that belong together."""

    package: OoxmlPackage
    budget: Budget
    main: str
    parts: dict[str, tuple[str, str]]  # kind and name by relationship id
    styles: DocxStyles
    builder: BlockBuilder

    @classmethod
    def of(cls, package: OoxmlPackage, budget: Budget) -> _Document:
        main = package.main_part("word/document.xml")
        parts = package.relationships(main)
        by_kind = dict(parts.values())
        return cls(
            package=package,
            budget=budget,
            main=main,
            parts=parts,
            styles=DocxStyles.read(
                package.tree(by_kind.get("styles", "")), package.tree(by_kind.get("numbering", ""))
            ),
            builder=BlockBuilder(budget, _STAGE),
        )

    def content(self, drops_running_headers: bool) -> ParsedContent:
        if not drops_running_headers:
            self._add_running("header", "hdr")
        body = self._body(self.builder, self.main)
        self._add_steps(body, self.main, "document")
        if not drops_running_headers:
            self._add_running("footer", "ftr")
        self._add_notes(body)
        self._add_comments()
        about = CoreProperties.read(self.package)
        return ParsedContent(
            blocks=self.builder.finish(),
            title=about.title,
            author=about.author,
            language=about.language or self.styles.language or UNSET,
            created_at=about.created_at,
            modified_at=about.modified_at,
        )

    def _body(self, builder: BlockBuilder, part: str) -> DocxBody:
        targets = self.package.relationships(part)
        known = {key: target for key, (_, target) in targets.items()}
        return DocxBody(builder, self.package, self.styles, known)

    def _add_steps(self, body: DocxBody, part: str, root: str) -> None:
        body.add_steps(self.package.steps(part, root=root, leaves=("p", "tr"), containers=("tbl",)))

    def _of_kind(self, kind: str) -> Iterator[str]:
        """Yield the parts of one kind that are really there."""
        found = dict.fromkeys(part for what, part in self.parts.values() if what == kind)
        yield from (part for part in found if part in self.package)

    def _add_running(self, kind: str, root: str) -> None:
        """Add the headers or footers of all sections, those that are alike once."""
        seen: set[Block] = set()
        for part in self._of_kind(kind):
            builder = BlockBuilder(self.budget, _STAGE)
            self._add_steps(self._body(builder, part), part, root)
            for block in builder.finish():
                plain = attrs.evolve(block, provenance=UNSET)
                if plain not in seen:
                    seen.add(plain)
                    self.builder.add(block)

    def _add_notes(self, body: DocxBody) -> None:
        for kind in _NOTES:
            for part in self._of_kind(f"{kind}s"):
                notes = self._body(self.builder, part)
                for _, element in self.package.steps(part, root=f"{kind}s", leaves=(kind,)):
                    number = body.notes.get((kind, local_attribute(element, "id")))
                    if number is not None:
                        notes.add_labelled(element, f"[{number}]")

    def _add_comments(self) -> None:
        for part in self._of_kind("comments"):
            comments = self._body(self.builder, part)
            for _, element in self.package.steps(part, root="comments", leaves=("comment",)):
                author = one_line(local_attribute(element, "author"))
                self.builder.open_quote()
                comments.add_labelled(element, f"{author}:" if author else "")
                self.builder.close()
