"""Growth: a text that is twice as long may take about twice as long to read, whatever it repeats."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Final

from attrs import frozen

from hyperspot.file_parser.contract import ParseRequest
from hyperspot.file_parser.contract.building import Budget
from hyperspot.file_parser_builtin.infra.reading import READERS, load_reader, parse_file
from modkit_errors import PlatformError

_BYTES: Final = 100_000
_SHORT_CPU_S: Final = 0.4  # below this, the longer text is no trouble, and the clock too coarse
_QUADRATIC: Final = 3.2  # four times at twice the length, less what does not grow
_MOST_CPU_S: Final = 60

FRAGMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "text/plain": ("a", " ", "\n", "\n\n", "- ", "\x00", "é", "\x85", "\r", "&"),
    "text/html": (
        *(
            "<div>",
            "<b>",
            "<p>",
            "<table>",
            "<tr>",
            "<td>",
            "<li>",
            "<ul>",
            "<a href=x>",
            "</b>",
            "</p>",
        ),
        *(
            "<!--",
            "-->",
            "<",
            "&amp",
            "&",
            "<select>",
            "<svg>",
            "<template>",
            "<td rowspan=9 colspan=9>",
            "x",
            " ",
        ),
    ),
    "text/markdown": (
        *(
            "[",
            "]",
            "(",
            ")",
            "![",
            "*",
            "**",
            "_",
            "`",
            "``",
            "> ",
            "- ",
            "1. ",
            "|",
            "\n",
            "\n\n",
            "  ",
            "a",
        ),
        *("<a", "<!--", "&", "\\", "~~", "# ", "---\n", "|-", "[a]: b\n", "http://a"),
    ),
    "text/csv": ('"', ",", ";", "\t", "\n", "a", '""', '",', "\r", " "),
    "text/tab-separated-values": ("\t", '"', "\n", "a", "\r"),
    "application/json": (
        "[",
        "]",
        "{",
        "}",
        '"a"',
        ":",
        ",",
        "1",
        "\\u0061",
        '"',
        " ",
        "[1],",
        '{"a":1},',
    ),
    "application/x-ndjson": ("{}\n", '{"a":1}\n', "[]\n", "\n", '"', "["),
    "application/xml": (
        *(
            "<a>",
            "</a>",
            "<a/>",
            "<a b='c'/>",
            "&lt;",
            "x",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<?a ?>",
            "\n",
        ),
        *("xmlns:a='b' ", "<a xmlns='b'>"),
    ),
    "message/rfc822": (
        *(
            "A: b\n",
            "Subject: =?utf-8?q?a?=\n",
            " folded\n",
            "\n",
            "--b\n",
            "=?utf-8?b?",
            "<",
            "(",
            '"',
            ",",
            ";",
        ),
        *("Content-Type: multipart/mixed; boundary=b\n", "To: a@b, \n", "a", "\r\n"),
    ),
    "application/rtf": (
        "{",
        "}",
        "\\b ",
        "\\par ",
        "\\'e4",
        "\\u228?",
        "\\*",
        "a",
        "\\trowd\\cell\\row ",
        "\\bin9 ",
    ),
}
"""By media type, pieces that begin, end or confuse something."""

_FRAMES: Final[Mapping[str, tuple[str, str]]] = {
    "application/xml": ("<x>", "</x>"),
    "application/json": ("[", "]"),
    "application/rtf": ("{\\rtf1 ", "}"),
}


@frozen(kw_only=True)
class Pattern:
    """A text of any length.

    Attributes:
        label: ``<media type>:<seed>:<number>``.
        media_type: What it is read as.
        head: What comes first.
        unit: What is repeated after that.
        tail: What comes last.
    """

    label: str
    media_type: str
    head: str
    unit: str
    tail: str

    def text(self, size_bytes: int) -> bytes:
        """Return about *size_bytes* of it."""
        count = max(1, size_bytes // len(self.unit.encode()))
        return (self.head + self.unit * count + self.tail).encode()


@frozen(kw_only=True)
class Growth:
    """What reading took, in seconds of CPU."""

    once_s: float
    twice_s: float

    @property
    def is_bad(self) -> bool:
        """Whether it grows faster than the text, and to something that can be felt."""
        return self.twice_s > _SHORT_CPU_S and self.twice_s > self.once_s * _QUADRATIC


def patterns(seed: int) -> Iterator[Pattern]:
    """Go through the formats that are read, with other fragments each time."""
    known = sorted(FRAGMENTS.keys() & READERS.keys())
    number = 0
    while True:
        for media_type in known:
            yield pattern(media_type, seed, number)
        number += 1


def pattern(media_type: str, seed: int, number: int) -> Pattern:
    """Return one pattern, which depends on nothing else."""
    random, pieces = Random(f"{media_type}:{seed}:{number}"), FRAGMENTS[media_type]
    before, after = _FRAMES.get(media_type, ("", ""))
    return Pattern(
        label=f"{media_type}:{seed}:{number}",
        media_type=media_type,
        head=before + "".join(random.choices(pieces, k=random.choice((0, 0, 1, 3)))),
        unit="".join(random.choices(pieces, k=random.choice((1, 1, 2, 3, 5)))),
        tail="".join(random.choices(pieces, k=random.choice((0, 0, 1, 3)))) + after,
    )


def growth(tried: Pattern, folder: Path) -> Growth:
    """Read the text and the text of twice its length."""
    load_reader(tried.media_type)
    took = [_cpu_s(tried, folder / "text", factor * _BYTES) for factor in (1, 2)]
    return Growth(once_s=took[0], twice_s=took[1])


def _cpu_s(tried: Pattern, path: Path, size_bytes: int) -> float:
    """Read in a process of its own, of which the system counts the CPU."""
    path.write_bytes(tried.text(size_bytes))
    request = ParseRequest(filename=path.name, media_type=tried.media_type)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
        try:
            parse_file(path, request, Budget(request))
        except PlatformError:
            pass
        finally:
            os._exit(0)
    _, _, used = os.wait4(child, 0)
    return used.ru_utime + used.ru_stime
