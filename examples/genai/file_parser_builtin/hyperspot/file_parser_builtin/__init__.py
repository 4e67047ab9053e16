"""Parses PDF, DOCX, HTML, Markdown and text for file_parser, inside the process."""

from hyperspot.file_parser_builtin.module import FileParserBuiltinModule

__all__ = ["FileParserBuiltinModule"]
