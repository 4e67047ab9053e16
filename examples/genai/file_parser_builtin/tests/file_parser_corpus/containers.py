"""ZIP archives and e-mail, with files of other formats inside."""

import io
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage, MIMEPart

from hyperspot.file_parser.testing import SAMPLES


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), data)
    return buffer.getvalue()


def archive() -> bytes:
    return zipped(
        {
            "../odd/name.txt": "Just a näme.".encode(),
            "harvest.pdf": SAMPLES["application/pdf"].data,
            "__MACOSX/._harvest.pdf": b"\0\5\x16\7",
            "empty.txt": b"",
            "tool.bin": b"\0\1\2\3",
            "broken.pdf": b"%PDF-1.7",
            "2024/inner.zip": zipped({"table.md": SAMPLES["text/markdown"].data}),
        }
    )


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = "Änne Groß <anne@example.org>, bob@example.org"
    message["To"] = "Eve <eve@example.org>"
    message["Date"] = "Fri, 02 Jan 2026 03:04:05 +0100"
    message["Subject"] = "Preise für 🍐"
    message.set_content("The plain text, which the HTML says better.")
    message.add_alternative(
        "<p>See <a href='https://example.org/'>here</a>:</p><table><tr><th>a<th>b<tr><td>1<td>2</table>"
        "<img src='cid:logo' alt='Logo'>",
        subtype="html",
    )
    html = message.get_body(("html",))
    assert isinstance(html, MIMEPart)
    html.add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<logo>", filename="logo.png")
    message.add_attachment(b"a;b;c\n1;2;3\n", "text", "csv", filename="zähler.csv")
    inner = EmailMessage()
    inner["From"] = "eve@example.org"
    inner["Subject"] = "An older one"
    inner.set_content("Older text.")
    message.add_attachment(inner)
    message.add_attachment(
        zipped({"note.txt": b"In the archive."}), "application", "zip", filename="all.zip"
    )
    message.set_boundary("outer")
    return message.as_bytes().replace(b"\n", b"\r\n")


ODD_MAIL = (
    b"From: caf\xc3\xa9 <a@b.c>\nSubject: =?koi8-r?B?8NLJ18XU?= =?x-none?Q?=41?= =?utf-8?Q?broken\n"
    b"Date: some day\nContent-Type: text/plain; charset=x-unknown\nContent-Transfer-Encoding: base64\n\n"
    b"SGVsbG8s*IHdvcmxk\n"
)
BOUNCE = (
    b"From: mailer\nTo: a@b.c\nSubject: Failed\nMIME-Version: 1.0\n"
    b"Content-Type: multipart/report; boundary=x\n\n--x\n\nIt could not be delivered.\n"
    b"--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; b.c\n\nAction: failed\n\n--x--\n"
)

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Orchards</dc:title><dc:creator>Ada Byron</dc:creator>
<dc:creator>Bob</dc:creator><dc:language>en-GB</dc:language><dc:date>1999-05</dc:date>
<meta property="dcterms:modified">2026-01-02T03:04:05Z</meta></metadata>
<manifest><item id="two" href="text/two%20.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>
<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/><itemref idref="gone"/></spine></package>"""
CHAPTER = (
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="x"/></head>'
    '<body><h1><a id="a"/>{title}</h1><p>Trees <i/>and <b>more</b>.<br/>Next line.</p></body></html>'
)


def book(**more: str) -> bytes:
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": PACKAGE,
        "OPS/nav.xhtml": CHAPTER.format(title="Contents"),
        "OPS/text/two .xhtml": CHAPTER.format(title="Second"),
        "OPS/text/one.xhtml": CHAPTER.format(title="First"),
        **more,
    }
    return zipped({name: text.encode() for name, text in files.items() if text})


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "archive.zip": archive,
    "prices.eml": mail,
    "orchards.epub": book,
    "odd.eml": lambda: ODD_MAIL,
    "bounce.eml": lambda: BOUNCE,
}
