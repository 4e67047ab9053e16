"""RTF, HTML, Markdown and text, in many languages and from many programs."""

from collections.abc import Callable, Mapping

from file_parser_corpus.languages import ARABIC, CHINESE, GREEK, HEBREW, JAPANESE, KOREAN, RUSSIAN


def rtf_text(text: str) -> str:
    """Text as programs write it that know Unicode: each character beyond ASCII with a question mark after it."""
    units = text.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little") for at in range(0, len(units), 2)]
    return "".join(
        chr(number) if number < 128 else rf"\u{number - 65536 if number > 32767 else number}?"
        for number in numbers
    )


WORD_RTF = (
    r"{\rtf1\adeflang1025\ansi\ansicpg1251\uc1\deff0\deflang1049{\fonttbl{\f0\fbidi \froman\fcharset0 Times New Roman;}"
    r"{\f31\fcharset204\fprq2 Times New Roman Cyr;}}{\colortbl;\red0\green0\blue0;}"
    r"{\stylesheet{\ql \snext0 Normal;}{\s1\ql\outlinelevel0 \b\fs32 \sbasedon0 \snext0 heading 1;}"
    r"{\*\cs10 \additive Default Paragraph Font;}}"
    r"{\*\listtable{\list\listtemplateid1{\listlevel\levelnfc0\leveljc0{\leveltext\'02\'00.;}{\levelnumbers\'01;}}"
    r"{\listlevel\levelnfc23{\leveltext\'01\u-3913 ?;}{\levelnumbers;}}{\listname ;}\listid77}}"
    r"{\*\listoverridetable{\listoverride\listid77\listoverridecount0\ls1}}"
    r"{\info{\title \'d3\'f0\'ee\'e6\'e0\'e9}{\author Ada}{\creatim\yr2026\mo10\dy1\hr8\min30}}"
    r"\pard\plain \s1\ql\outlinelevel0 \b\fs32 {\f31\'d3\'f0\'ee\'e6\'e0\'e9\par}"
    r"\pard\plain \ql {\f31\'df\'e1\'eb\'ee\'ea\'e8 \b\'e8 \b0\'e3\'f0\'f3\'f8\'e8.}{ {\field{\*\fldinst { HYPERLINK "
    r'"https://example.org/"}}{\fldrslt {\cs15\ul\cf2 more}}}}\par'
    r"{\listtext\pard\plain 1.\tab}\pard\plain \fi-360\li720\ls1\ilvl0 pick{\footnote\pard\plain {\chftn} by hand}\par"
    r"{\listtext\pard\plain\f3 \'b7\tab}\pard\plain \fi-360\li1440\ls1\ilvl1 pears\par"
    r"\trowd\trgaph108\trleft-108\trhdr\clvertalt\cellx2000\clvertalt\cellx6000\pard\plain\intbl Fruit\cell Kilograms\cell"
    r"{\trowd\trgaph108\trleft-108\trhdr\clvertalt\cellx2000\clvertalt\cellx6000\row}"
    r"\trowd\trgaph108\trleft-108\clvmgf\cellx2000\cellx4000\cellx6000\pard\plain\intbl Pears\cell 3\cell ripe\cell\row"
    r"\trowd\trgaph108\trleft-108\clvmrg\cellx2000\cellx4000\cellx6000\pard\plain\intbl\cell 14\cell green\cell\row"
    r"\pard\plain \ql\page The end.\par{\*\themedata 504b0304}{\*\datastore 0105}}"
)
CJK_RTF = (
    r"{\rtf1\ansi\deff0{\fonttbl{\f0\fnil\fcharset128 MS Mincho;}{\f1\fnil\fcharset134 SimSun;}{\f2\fcharset129 Batang;}}"
    + "".join(
        rf"\pard\plain\f{font} "
        + "".join(rf"\'{byte:02x}" for byte in text.encode(charset))
        + r"\par"
        for font, (text, charset) in enumerate(
            [(JAPANESE, "cp932"), (CHINESE, "gbk"), (KOREAN, "cp949")]
        )
    )
    + "}"
)
UNICODE_RTF = (
    "{\\rtf1\\ansi\\deff0\n"
    + "".join(rf"\pard\rtlpar {rtf_text(text)}\par" + "\r\n" for text in (HEBREW, ARABIC, GREEK))
    + rtf_text("🍐 and 🍎")
    + "}"
)
REPORT_HTML = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Harvest report</title><meta name="author" content="Ada Field">
<meta property="article:published_time" content="2026-10-01T08:30:00Z"><base href="https://example.org/reports/">
<style>td{color:red}</style></head><body><nav><ul><li><a href="#fruit">Fruit</a></ul></nav>
<main><h1>Harvest</h1><p>Picked in <em>one</em> week; <a href="2025.html">last year</a> took <del>three</del> <ins>two</ins>.</p>
<h2 id="fruit">Fruit</h2>
<table><caption>Kilograms</caption><thead><tr><th rowspan="2">Fruit<th colspan="2">Valley<tr><th>North<th>South</thead>
<tbody><tr><th>Pears<td>3<td>14<tr><th>Figs<td colspan="2">none</tbody></table>
<figure><img src="pear.jpg" alt="A pear" width="640" height="480"><figcaption>Ripe</figcaption></figure>
<dl><dt>Ripe<dd>Soft to the touch<dt>Green<dd>Hard</dl>
<details><summary>How</summary><ol><li>Pick<li>Weigh<ul><li>twice</ul></ol></details>
<pre><code class="language-python">for pear in tree:
    pick(pear)</code></pre><blockquote><p>A good year.</blockquote><p hidden>Draft</p>
<script>document.write("<p>no</p>")</script></main></body></html>
"""
RTL_HTML = f"<html lang=he dir=rtl><title>מטע</title><h1>מטע</h1><p>{HEBREW}<p lang=ar>{ARABIC}"
SOUP_HTML = (
    "<p>one<b>two<p>three</b>four</i><table><td>cell<p>more<tr>next<td>row</table></p>last<br>line"
    "<ul>loose<li>item<p>para<li>other</ul><h2>Un<h3>closed<p>&amp;&lt;&copy;&#x1F350;&nosuch;&eacute"
)
UNDECLARED_HTML = f"<html><body><h1>Урожай</h1><p>{RUSSIAN}</p></body></html>"
DECLARED_HTML = (
    f'<html><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"><p>{JAPANESE}'
)
GFM = """---
title: "Ernte: alles"
author: [Ada, Max]
date: 2026-10-01
lang: de
---

# Ernte

Ein *gutes* ~~schlechtes~~ **Jahr**[^1], siehe [Bericht][r] und <https://example.org/>.

| Obst  | kg | Notiz      |
|:------|---:|------------|
| Birne |  3 | `reif`     |
| Feige | 14 | a \\| b    |

- [x] pflücken
- [ ] wiegen
  1. einmal
  2. zweimal

> Gut.
>
> > Sehr gut.

```python
for pear in tree:
    pick(pear)
```

<details><summary>Wie</summary>

Mit der Hand.

</details>

<table><tr><th>A<th>B<tr><td>1<td>2</table>

Setext
------

![Eine Birne](birne.png "Titel")

***

[r]: /bericht "Bericht"
[^1]: Nach der Waage.
"""
CJK_MARKDOWN = (
    f"# 収穫\n\n{JAPANESE}\n\n## 果實\n\n| 水果 | 公斤 |\n|---|---|\n| 梨 | 14 |\n\n* {CHINESE}\n"
)
PAGES_TEXT = f"First page.\n\nMore.\n\f{GREEK}\n\n    indented\n\fLast.\r\n"
SHIFT_JIS_CSV = "果物,キロ,備考\n梨,14,熟した\nりんご,3,まだ青い\nいちじく,0,なし\n"

DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    "word.rtf": WORD_RTF.encode,
    "cjk.rtf": CJK_RTF.encode,
    "unicode.rtf": UNICODE_RTF.encode,
    "report.html": REPORT_HTML.encode,
    "rtl.html": RTL_HTML.encode,
    "soup.html": SOUP_HTML.encode,
    "undeclared.html": lambda: UNDECLARED_HTML.encode("cp1251"),
    "declared.html": lambda: DECLARED_HTML.encode("cp932"),
    "gfm.md": GFM.encode,
    "cjk.md": lambda: CJK_MARKDOWN.encode("utf-16"),
    "pages.txt": lambda: PAGES_TEXT.encode("cp1253"),
    "fruit.csv": lambda: SHIFT_JIS_CSV.encode("shift_jis"),
}
