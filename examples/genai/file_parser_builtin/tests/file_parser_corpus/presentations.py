"""Presentations as python-pptx makes them."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from file_parser_corpus.images import png

TITLE, TITLE_AND_BODY, BLANK = 0, 1, 6
TABLE = (("Fruit", "2025", "2026"), ("Pears", "14", "12"), ("Figs", "3", "5"))


def saved(presentation: Presentation) -> bytes:
    buffer = io.BytesIO()
    presentation.save(buffer)
    return buffer.getvalue()


def harvest() -> bytes:
    """Title, nested bullets, notes, a table with merged cells, a picture, a chart, a hidden slide."""
    made = Presentation()
    made.core_properties.title = "Harvest"
    made.core_properties.author = "Ada Byron"
    made.core_properties.language = "en-GB"
    made.core_properties.created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    slide = made.slides.add_slide(made.slide_layouts[TITLE])
    slide.shapes.title.text = "Harvest"
    slide.placeholders[1].text = "What was picked"

    slide = made.slides.add_slide(made.slide_layouts[TITLE_AND_BODY])
    slide.shapes.title.text = "Fruit"
    frame = slide.placeholders[1].text_frame
    frame.text = "Pears"
    for text, level in (("green", 1), ("very green", 2), ("Figs", 0)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    run = frame.paragraphs[-1].add_run()
    run.text, run.font.bold = " are sweet", True
    run = frame.paragraphs[-1].add_run()
    run.text, run.hyperlink.address = "as seen", "https://example.org/figs"
    slide.notes_slide.notes_text_frame.text = "Say it slowly.\nThen wait."

    slide = made.slides.add_slide(made.slide_layouts[BLANK])
    table = slide.shapes.add_table(3, 3, 0, 0, Inches(5), Inches(2)).table
    for row, texts in enumerate(TABLE):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    slide.shapes.add_picture(io.BytesIO(png(30, 20)), 0, 0)
    group = slide.shapes.add_group_shape()
    box = group.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1))
    box.text_frame.text = "In a group of a group"

    slide = made.slides.add_slide(made.slide_layouts[BLANK])
    slide.element.set("show", "0")
    merged = slide.shapes.add_table(3, 3, 0, 0, Inches(5), Inches(2)).table
    merged.first_row = False
    for row in range(3):
        for column in range(3):
            merged.cell(row, column).text = f"{row}{column}"
    merged.cell(1, 0).merge(merged.cell(2, 1))
    merged.cell(0, 2).merge(merged.cell(1, 2))
    return saved(made)


def figures() -> bytes:
    """Charts: what they show as tables."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[BLANK])
    data = CategoryChartData()
    data.categories = ["Pears", "Figs"]
    data.add_series("2025", (14, 3))
    data.add_series("2026", (12.5, None))
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(5), Inches(4), data
    ).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Baskets by year"
    return saved(made)


def scripts() -> bytes:
    """Right-to-left, Chinese, Japanese, Korean, Hindi, Thai and emoji."""
    made = Presentation()
    for title, body in SCRIPTS:
        slide = made.slides.add_slide(made.slide_layouts[TITLE_AND_BODY])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = body
    return saved(made)


SCRIPTS = (
    ("القطف", "قطفنا أربع عشرة سلة من الكمثرى في عام ٢٠٢٦."),
    ("קטיף", "קטפנו ארבעה עשר סלי אגסים ו-3 סלי תאנים."),  # noqa: RUF001 - it is no Latin
    ("收成", "我们摘了十四筐梨，三筐无花果。"),  # noqa: RUF001 - it is no Latin
    ("収穫", "梨を十四籠、イチジクを三籠摘みました。"),
    ("수확", "배 열네 바구니와 무화과 세 바구니를 땄다."),
    ("फसल", "हमने चौदह टोकरी नाशपाती तोड़ी।"),
    ("🍐🍐", "Émile, Łukasz and Đorđe picked 👩‍🌾."),
)

DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "harvest.pptx": harvest,
    "figures.pptx": figures,
    "scripts.pptx": scripts,
}
