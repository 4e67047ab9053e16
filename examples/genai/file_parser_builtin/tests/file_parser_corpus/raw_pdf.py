"""PDF files written object by object, for what no library writes."""

from collections.abc import Sequence

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R/Resources<<%b>>>>"
"""A page of a file whose second object is the tree of pages: the number of its contents, and its resources."""


def raw_pdf(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """Return a file of *objects*, the first of which is the catalog."""
    file = bytearray(b"%PDF-1.7\n")
    offsets: list[int] = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        file += b"%010d 00000 n \n" % offset
    size = len(objects) + 1
    file += b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(file)


def stream(content: bytes) -> bytes:
    return b"<</Length %d>>stream\n%b\nendstream" % (len(content), content)


def page_with(content: bytes, font: bytes, *more: bytes, mapped: bytes = b"") -> bytes:
    """Return a file of one page with one font, ``F1``; *mapped* is its ToUnicode map, *more* are objects from 7 on."""
    return raw_pdf(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            PAGE % (4, b"/Font<</F1 5 0 R>>"),
            stream(content),
            font,
            stream(mapped),
            *more,
        )
    )


def coded(text: str, *, size: int = 12, baseline: int = 700, left: int = 72) -> bytes:
    """Return how a page shows *text* with codes of two bytes, each the number of a character in the text."""
    codes = "".join(f"{number:04x}" for number in range(1, len(text) + 1))
    return f"BT /F1 {size} Tf {left} {baseline} Td <{codes}> Tj ET".encode()


def unicode_map(text: str) -> bytes:
    """Return the ToUnicode map of what `coded` shows."""
    lines = "\n".join(
        f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for number, char in enumerate(text, 1)
    )
    return (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /M def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(text)} beginbfchar\n{lines}\nendbfchar endcmap end"
    ).encode()


COMPOSITE_FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/Unknown/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts["
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Unknown/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
    b"/Supplement 0>>/DW 500/FontDescriptor<</Type/FontDescriptor/FontName/Unknown/Flags 4"
    b"/FontBBox[0 -200 1000 800]/Ascent 800/Descent -200/ItalicAngle 0/CapHeight 700/StemV 80>>>>]>>"
)
"""A font that is not in the file, with codes of two bytes, all of one width."""
