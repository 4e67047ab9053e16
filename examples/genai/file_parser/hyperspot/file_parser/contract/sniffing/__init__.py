"""What kind of file something is, seen in a bounded part of its content."""

from hyperspot.file_parser.contract.sniffing.sniff import sniff
from hyperspot.file_parser.contract.sniffing.unmarked_utf16 import unmarked_utf16

__all__ = ["sniff", "unmarked_utf16"]
