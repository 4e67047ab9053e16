"""What others test with: small real documents, a scripted worker, and the contract suite of workers."""

from hyperspot.file_parser.testing.block_text import text_of
from hyperspot.file_parser.testing.fakes import FakeParser, chunks_of
from hyperspot.file_parser.testing.samples import SAMPLES, Sample, make_docx, make_pdf, make_pptx
from hyperspot.file_parser.testing.suite import DocumentParserSuite

__all__ = [
    "DocumentParserSuite",
    "FakeParser",
    "SAMPLES",
    "Sample",
    "chunks_of",
    "make_docx",
    "make_pdf",
    "make_pptx",
    "text_of",
]
