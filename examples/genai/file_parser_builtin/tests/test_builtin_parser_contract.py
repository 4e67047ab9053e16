"""The builtin worker obeys the contract of workers."""

from __future__ import annotations

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser.testing import DocumentParserSuite
from hyperspot.file_parser_builtin.infra.builtin_parser import PLUGIN, BuiltinParser
from modkit.plugins import Plugin


class TestBuiltinParser(DocumentParserSuite):
    def make_parser(self) -> DocumentParser:
        return BuiltinParser()

    def plugin(self) -> Plugin:
        return PLUGIN
