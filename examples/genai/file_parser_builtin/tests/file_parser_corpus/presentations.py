"""Presentations: as python-pptx makes them, and parts by hand for what it cannot."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from file_parser_corpus.containers import zipped
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

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{_RELATIONS}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
)


def relations(**targets: str) -> str:
    """Relationships by id, each as ``kind:target``; a target with a colon is outside the package."""
    items = ""
    for key, value in targets.items():
        kind, _, target = value.partition(":")
        mode = ' TargetMode="External"' if ":" in target else ""
        items += f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"{mode}/>'
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def part(root: str, content: str) -> str:
    return f"<{root} {_NAMES}>{content}</{root}>"


def slide(*shapes: str) -> str:
    return part("p:sld", f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>")


def shape(body: str, place: str = "", style: str = "") -> str:
    return (
        f"<p:sp><p:nvSpPr><p:cNvPr id='1' name='x'/><p:cNvSpPr/><p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr/>"
        f"<p:txBody><a:bodyPr/><a:lstStyle>{style}</a:lstStyle>{body}</p:txBody></p:sp>"
    )


def paragraph(text: str, properties: str = "", run_properties: str = "<a:rPr/>") -> str:
    return f"<a:p>{properties}<a:r>{run_properties}<a:t>{text}</a:t></a:r></a:p>"


def raw(slides: Sequence[str], parts: Mapping[str, str] | None = None, listed: str = "") -> bytes:
    """A presentation with *slides* as the XML of their parts, more *parts* by name, and other slides *listed*."""
    names = [f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)]
    ids = "".join(f"<p:sldId id='{n}' r:id='s{n}'/>" for n in range(len(slides)))
    files = {
        "_rels/.rels": relations(r1="officeDocument:ppt/presentation.xml"),
        "ppt/presentation.xml": part("p:presentation", f"<p:sldIdLst>{ids}{listed}</p:sldIdLst>"),
        "ppt/_rels/presentation.xml.rels": relations(
            **{f"s{number}": f"slide:{name}" for number, name in enumerate(names)}
        ),
        **{f"ppt/{name}": text for name, text in zip(names, slides, strict=True)},
        **(parts or {}),
    }
    return zipped({name: text.encode() for name, text in files.items()})


def odd() -> bytes:
    """Inherited bullets, numbers, footers, links, an equation, a diagram with a circle, choices, all styles."""
    master = part(
        "p:sldMaster",
        "<p:cSld><p:spTree>" + shape("", "<p:ph type='body' idx='1'/>") + "</p:spTree></p:cSld>"
        "<p:txStyles><p:bodyStyle><a:lvl1pPr><a:buChar char='x'/></a:lvl1pPr>"
        "<a:lvl2pPr><a:buChar char='y'/></a:lvl2pPr></p:bodyStyle></p:txStyles>",
    )
    numbers = "<a:lvl2pPr><a:buAutoNum type='arabicPeriod'/></a:lvl2pPr>"
    layout = part(
        "p:sldLayout",
        "<p:cSld><p:spTree>" + shape("", "<p:ph idx='7'/>", numbers) + "</p:spTree></p:cSld>",
    )
    link = "<a:rPr b='1' i='1' u='sng' strike='sngStrike'><a:hlinkClick r:id='h'/></a:rPr>"
    body = shape(
        paragraph("bullet of the master")
        + paragraph("number of the layout", "<a:pPr lvl='1'/>")
        + paragraph("none of its own", "<a:pPr><a:buNone/></a:pPr>")
        + paragraph(" ", "<a:pPr lvl='1'/>")
        + paragraph("all at once", "", link),
        "<p:ph idx='7'/>",
    )
    equation = (
        "<mc:AlternateContent><mc:Choice Requires='a14'>"
        + shape(
            "<a:p><a:m><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den>"
            "</m:f></m:oMath></a:m></a:p>"
        )
        + "</mc:Choice><mc:Fallback>"
        + shape(paragraph("a picture of it"))
        + "</mc:Fallback></mc:AlternateContent>"
    )
    diagram = (
        "<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm='d'/></a:graphicData></a:graphic>"
        "</p:graphicFrame>"
    )
    point = "<dgm:pt modelId='{0}'><dgm:t>" + paragraph("{0}") + "</dgm:t></dgm:pt>"
    line = "<dgm:cxn srcId='{}' destId='{}' srcOrd='{}'/>"
    data = part(
        "dgm:dataModel",
        f"<dgm:ptLst>{''.join(map(point.format, ('leaf', 'root', 'branch', 'twig', 'circle')))}</dgm:ptLst>"
        f"<dgm:cxnLst>{line.format('root', 'leaf', 1)}{line.format('root', 'branch', 0)}"
        f"{line.format('branch', 'twig', 0)}{line.format('circle', 'circle', 0)}</dgm:cxnLst>",
    )
    footer = shape(paragraph("Orchards Ltd"), "<p:ph type='ftr' idx='9'/>")
    return raw(
        [slide(body, equation, diagram, footer)],
        {
            "ppt/slides/_rels/slide1.xml.rels": relations(
                l="slideLayout:../layout.xml",
                h="hyperlink:https://example.org/",
                d="diagramData:../data.xml",
            ),
            "ppt/layout.xml": layout,
            "ppt/_rels/layout.xml.rels": relations(m="slideMaster:master.xml"),
            "ppt/master.xml": master,
            "ppt/data.xml": data,
        },
    )


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "orchard.pptx": harvest,
    "figures.pptx": figures,
    "scripts.pptx": scripts,
    "odd.pptx": odd,
}
