"""Has an Apache Tika server parse for file_parser what no worker inside the platform reads."""

from hyperspot.file_parser_tika.module import FileParserTikaModule

__all__ = ["FileParserTikaModule"]
