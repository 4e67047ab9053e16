"""What kind of file something is, seen in a bounded part of its content."""

from hyperspot.file_parser.contract.sniffing.declared_text import text_type_declared
from hyperspot.file_parser.contract.sniffing.sniff import sniff
from hyperspot.file_parser.contract.sniffing.unmarked_utf16 import unmarked_utf16

__all__ = ["sniff", "text_type_declared", "unmarked_utf16"]
