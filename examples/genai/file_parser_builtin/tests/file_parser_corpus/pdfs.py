"""PDF: columns, tables, lists, looks, links, scripts, turned and scanned pages."""

import io
from collections.abc import Callable, Mapping, Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from file_parser_corpus.raw_pdf import COMPOSITE_FONT, coded, page_with, unicode_map

FIRST = (
    "The orchard lies on the south side of the hill, and the old wall keeps the north wind away from it. "
    "Pears were planted along the wall by the first owner, and most of them still bear fruit every year. "
    "Nobody remembers the names of all the kinds any more."
)
SECOND = (
    "Quinces stand lower down, where the ground is wet in spring. They are picked last, often after the first "
    "frost, and are kept on straw in the dark until they smell. What is left over goes to the press in the "
    "village, together with the apples of the neighbours."
)
CELLS = (
    ("Kind", "Harvest", "", "Note"),
    ("", "2024", "2025", ""),
    ("Pears", "12", "14", "late"),
    ("Quinces", "3", "4", ""),
    ("Figs", "0", "1", "the first one"),
)
PRICES = (
    ("Kind", "Weight", "Price"),
    ("Pears", "12 kg", "30.00"),
    ("Quinces", "3 kg", "9.50"),
    ("Figs", "1 kg", "12.00"),
    ("Total", "16 kg", "51.50"),
)
HEBREW = "שלום עולם טוב"
ARABIC = "مرحبا بالعالم"


def drawn(draw: Callable[[Canvas], None], **options: object) -> bytes:
    """Return the pages that *draw* makes, the last one ended for it."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def built(story: Sequence[Flowable], **options: object) -> bytes:
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, invariant=1, **options).build(list(story))
    return buffer.getvalue()


def wrapped(text: str, width: int) -> list[str]:
    """Return *text* in lines of at most *width* characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _write(
    canvas: Canvas, lines: Sequence[str], left: float, top: float, leading: float = 12
) -> None:
    for number, line in enumerate(lines):
        canvas.drawString(left, top - leading * number, line)


def columns() -> bytes:
    """Two columns under a title: written one after the other, then, on the second page, across."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 770, "The orchard on the south side of the hill")
        canvas.setFont("Helvetica", 10)
        left, right = wrapped(FIRST, 44), wrapped(SECOND, 44)
        _write(canvas, left, 72, 740)
        _write(canvas, right, 310, 740)
        canvas.showPage()
        canvas.setFont("Helvetica", 10)
        for number in range(max(len(left), len(right))):
            for x, lines in ((72, left), (310, right)):
                if number < len(lines):
                    canvas.drawString(x, 740 - 12 * number, lines[number])

    return drawn(draw)


def ruled() -> bytes:
    """A table with ruling lines and cells that span rows and columns."""
    table = Table(
        [[Paragraph(cell) if cell == "the first one" else cell for cell in row] for row in CELLS]
    )
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("SPAN", (0, 0), (0, 1)),
                ("SPAN", (1, 0), (2, 0)),
                ("SPAN", (3, 0), (3, 1)),
                ("FONTNAME", (0, 0), (-1, 1), "Helvetica-Bold"),
            ]
        )
    )
    look = getSampleStyleSheet()["BodyText"]
    return built([Paragraph("What was picked.", look), table, Paragraph("Nothing else.", look)])


def aligned() -> bytes:
    """A table that nothing but its columns shows."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 11)
        canvas.drawString(72, 760, "The prices of the last market are in this table, in euros.")
        for number, (kind, weight, price) in enumerate(PRICES):
            y = 735 - 14 * number
            canvas.drawString(72, y, kind)
            canvas.drawString(220, y, weight)
            canvas.drawRightString(400, y, price)
        canvas.drawString(72, 640, "The market is held every other week until the winter begins.")

    return drawn(draw)


def hyphens() -> bytes:
    """Words divided at the ends of lines, and one that has a hyphen anyway."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 11)
        lines = (
            "The fruit of this year was pre-",
            "served in the cellar by the owner, Anna-",
            "Maria, who has done so for many years to-",
            "gether with her well-known neighbours.",
        )
        _write(canvas, lines, 72, 700, 13)

    return drawn(draw)


def running() -> bytes:
    """Pages with a header, a footer and a page number."""

    def draw(canvas: Canvas) -> None:
        for number in range(1, 5):
            canvas.setFont("Helvetica", 9)
            canvas.drawString(72, 800, "Harvest report 2025")
            canvas.drawRightString(520, 800, "Orchards")
            canvas.drawCentredString(297, 30, f"- {number} -")
            canvas.setFont("Helvetica", 11)
            text = f"Page {number} says this. {FIRST if number % 2 else SECOND}"
            _write(canvas, wrapped(text, 80), 72, 740, 13)
            if number < 4:
                canvas.showPage()

    return drawn(draw)


def looks() -> bytes:
    """Headings, styles, links, lists and program text."""
    look = getSampleStyleSheet()
    story = [
        Paragraph("A guide", look["Title"]),
        Paragraph("Looks", look["Heading2"]),
        Paragraph(
            "Some words are <b>bold</b>, some <i>italic</i>, some <b><i>both</i></b>, and "
            "<font name='Courier'>pick()</font> is code. Read "
            "<a href='https://example.org/more?a=b'>more about it</a> there.",
            look["BodyText"],
        ),
        Paragraph("Lists", look["Heading2"]),
        *(Paragraph(text, look["BodyText"], bulletText="•") for text in ("Pears", "Quinces")),
        *(
            Paragraph(f"{number}. {text}", look["BodyText"])
            for number, text in enumerate(("Pick them", "Wash them"), 1)
        ),
        Paragraph("Code", look["Heading2"]),
        *(
            Paragraph(line, look["Code"])
            for line in ("for pear in pears:", "&nbsp;&nbsp;&nbsp;&nbsp;pick(pear)")
        ),
    ]
    return built(story, title="A guide", author="Ada Byron", lang="en-GB")


def east_asian() -> bytes:
    """Japanese over two lines, and Chinese."""

    def draw(canvas: Canvas) -> None:
        for name in ("HeiseiMin-W3", "STSong-Light"):
            pdfmetrics.registerFont(UnicodeCIDFont(name))
        canvas.setFont("HeiseiMin-W3", 12)
        _write(
            canvas, ("日本語の文章です。これは試験で", "あります。次の行も読みます。"), 72, 700, 16
        )
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(72, 640, "果园在山的南边。")

    return drawn(draw)


def right_to_left(text: str) -> bytes:
    """Text that is drawn from left to right, its last character first."""
    visual = text[::-1]
    return page_with(coded(visual), COMPOSITE_FONT, mapped=unicode_map(visual))


def turned() -> bytes:
    """A page that is cut and turned by a quarter, with its text and its table upright as shown."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.setCropBox((20, 30, 560, 800))
        canvas.translate(560, 30)
        canvas.rotate(90)
        canvas.setFont("Helvetica", 12)
        canvas.drawString(100, 440, "Ten points over its line")
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate(PRICES[:3]):
            for column, cell in enumerate(row):
                canvas.drawString(104 + 80 * column, 384 - 20 * number, cell)
        for number in range(4):
            canvas.line(100, 398 - 20 * number, 340, 398 - 20 * number)
            canvas.line(100 + 80 * number, 398, 100 + 80 * number, 338)

    return drawn(draw)


def scan() -> bytes:
    """A page that is an image."""

    def draw(canvas: Canvas) -> None:
        from PIL import Image

        canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "gray")), 50, 100, 400, 600)

    return drawn(draw)


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "columns.pdf": columns,
    "ruled.pdf": ruled,
    "aligned.pdf": aligned,
    "hyphens.pdf": hyphens,
    "running.pdf": running,
    "looks.pdf": looks,
    "east_asian.pdf": east_asian,
    "hebrew.pdf": lambda: right_to_left(HEBREW),
    "arabic.pdf": lambda: right_to_left(ARABIC),
    "turned.pdf": turned,
    "scan.pdf": scan,
}
