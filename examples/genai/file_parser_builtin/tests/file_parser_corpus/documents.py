"""Word documents: as python-docx makes them, and parts by hand for what it cannot."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK

from file_parser_corpus.images import png
from hyperspot.file_parser.testing import make_docx

TABLE = (("Fruit", "2025", "2026"), ("Pears", "14", "12"), ("Figs", "3", "5"))
SCRIPTS = (
    ("القطف", "قطفنا أربع عشرة سلة من الكمثرى في عام ٢٠٢٦."),
    ("קטיף", "קטפנו ארבעה עשר סלי אגסים ו-3 סלי תאנים."),  # noqa: RUF001 - it is no Latin
    ("收成", "我们摘了十四筐梨，三筐无花果。"),  # noqa: RUF001 - it is no Latin
    ("収穫", "梨を十四籠、イチジクを三籠摘みました。"),
    ("수확", "배 열네 바구니와 무화과 세 바구니를 땄다."),
    ("फसल", "हमने चौदह टोकरी नाशपाती तोड़ी।"),
    ("🍐🍐", "Émile, Łukasz and Đorđe picked 👩‍🌾."),
)


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def report() -> bytes:
    """Headings, lists, a quote, code, a picture, a table, headers and footers, a page break."""
    made = docx.Document()
    made.core_properties.title = "Report"
    made.core_properties.author = "Ada Byron"
    made.core_properties.created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    made.sections[0].header.paragraphs[0].text = "Orchards Ltd"
    made.sections[0].footer.paragraphs[0].text = "Confidential"
    made.add_heading("Report", 0)
    made.add_heading("Fruit", 1)
    paragraph = made.add_paragraph("We picked ")
    paragraph.add_run("much").bold = True
    paragraph.add_run(", really", style="Emphasis")
    paragraph.add_run(" much.").underline = True
    for text, style in (
        ("Pears", "List Number"),
        ("Figs", "List Number"),
        ("from the hill", "List Bullet 2"),
        ("What a harvest!", "Intense Quote"),
    ):
        made.add_paragraph(text, style=style)
    made.styles.add_style("Source Code", WD_STYLE_TYPE.PARAGRAPH)
    for line in ("for tree in orchard:", "    pick(tree)", "", "rest()"):
        made.add_paragraph(line, style="Source Code")
    made.add_picture(io.BytesIO(png(30, 20)))
    made.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    made.add_heading("Numbers", 1)
    table = made.add_table(len(TABLE), len(TABLE[0]))
    for row, texts in enumerate(TABLE):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    return saved(made)


def merged() -> bytes:
    """Cells over columns and rows, and a table in a table."""
    made = docx.Document()
    table = made.add_table(4, 4)
    for row in range(4):
        for column in range(4):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(3, 0))
    table.cell(1, 2).merge(table.cell(2, 3))
    inner = table.cell(3, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "side"
    return saved(made)


def scripts() -> bytes:
    """Right-to-left, Chinese, Japanese, Korean, Hindi and emoji."""
    made = docx.Document()
    for title, body in SCRIPTS:
        made.add_heading(title, 1)
        made.add_paragraph(body)
    return saved(made)


_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_RELATIONS}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def relations(**kinds: str) -> str:
    items = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONS}/{target.partition(":")[0]}" '
        f'Target="{target.partition(":")[2]}"/>'
        for key, target in kinds.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{items}</Relationships>'


def part(root: str, content: str) -> str:
    return f"<w:{root} {_NAMES}>{content}</w:{root}>"


def _field(code: str, shown: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"{mark('begin')}{code}{mark('separate')}{run(shown)}{mark('end')}"


def _box(text: str) -> str:
    content = f"<w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:wsp><wps:txbx>{content}</wps:txbx>"
        f"</wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def _math(inner: str) -> str:
    return f"<m:oMath>{inner}</m:oMath>"


def _m(tag: str, **parts: str) -> str:
    inner = "".join(
        f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>" for name, text in parts.items()
    )
    return f"<m:{tag}>{inner}</m:{tag}>"


EDITED_BODY = "".join(
    (
        (
            f"<w:p>{run('Kept')}<w:ins w:author='Bob'>{run(' and new')}</w:ins>"
            "<w:del w:author='Bob'><w:r><w:delText> and old</w:delText></w:r></w:del>.</w:p>"
        ),
        (
            f"<w:p>{run('Hidden', '<w:vanish/>')}{run('See ')}{_field('HYPERLINK &quot;https://example.org/&quot;', 'here')}"
            f"{run(' or ')}<w:hyperlink w:anchor='part'>{run('there')}</w:hyperlink>"
            f"{run(', page ')}{_field('PAGEREF part', '7')}</w:p>"
        ),
        (
            f"<w:p>{run('A claim')}<w:r><w:footnoteReference w:id='2'/></w:r>{run(' and more')}"
            "<w:r><w:endnoteReference w:id='2'/></w:r></w:p>"
        ),
        f"<w:p>{run('Beside a box.')}{_box('In the box.')}</w:p>",
        f"<w:sdt><w:sdtContent><w:p>{run('In a control.')}</w:p></w:sdtContent></w:sdt>",
        (
            f"<w:p>{run('Area ')}{_math(_m('f', num='a+b', den='2'))}{run(' and ')}{_math(_m('sSup', e='x', sup='2'))}"
            f"{run(' and ')}{_math(_m('rad', e='x+1'))}</w:p>"
        ),
        (
            f"<w:p><w:r><w:lastRenderedPageBreak/><w:t>On the next page</w:t></w:r>"
            f"<w:r><w:br w:type='page'/></w:r>{run('and the one after.')}</w:p>"
        ),
        (
            "<w:p><w:r><w:ruby><w:rt><w:r><w:t>かじゅ</w:t></w:r></w:rt><w:rubyBase>"
            "<w:r><w:t>果樹</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
        ),
        (
            "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc></w:tr>"
            f"<w:tr><w:tc><w:p>{run('left')}</w:p></w:tc><w:tc><w:p>{run('right')}</w:p></w:tc></w:tr></w:tbl>"
        ),
        "<w:p><w:r><w:br w:type='page'/></w:r></w:p>",
    )
)


def edited() -> bytes:
    """Tracked changes, fields, notes, comments, boxes, controls, equations, breaks, phonetic guides."""
    note = "<w:{kind} w:id='1' w:type='separator'><w:p>" + run("____") + "</w:p></w:{kind}>"
    note += "<w:{kind} w:id='2'><w:p>" + run("{text}") + "</w:p></w:{kind}>"
    comment = f"<w:comment w:id='0' w:author='Eve'><w:p>{run('Are you sure?')}</w:p></w:comment>"
    body = f"<w:sdt {_NAMES}><w:sdtContent>{EDITED_BODY}</w:sdtContent></w:sdt>"
    return make_docx(
        body,
        {
            "word/footnotes.xml": part("footnotes", note.format(kind="footnote", text="Says who.")),
            "word/endnotes.xml": part("endnotes", note.format(kind="endnote", text="At the end.")),
            "word/comments.xml": part("comments", comment),
            "word/_rels/document.xml.rels": relations(
                r1="footnotes:footnotes.xml", r2="endnotes:endnotes.xml", r3="comments:comments.xml"
            ),
        },
    )


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "report.docx": report,
    "merged.docx": merged,
    "scripts.docx": scripts,
    "edited.docx": edited,
}
