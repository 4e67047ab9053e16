"""Turns files into structured blocks and Markdown; workers add formats."""

from hyperspot.file_parser.module import FileParserModule

__all__ = ["FileParserModule"]
