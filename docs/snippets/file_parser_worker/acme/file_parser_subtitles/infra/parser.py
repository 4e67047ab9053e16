"""The worker: what it parses, and how it keeps out of the way of others."""

from pathlib import Path

from anyio import from_thread, to_thread
from attrs import frozen

from acme.file_parser_subtitles.infra.reader import read_subtitles
from hyperspot.file_parser.contract import (
    DocumentParser,
    FileFormat,
    ParsedContent,
    ParseProgress,
    ParseRequest,
    Report,
    parser_plugin,
    unreported,
)
from hyperspot.file_parser.contract.building.budget import Budget
from modkit import SecurityContext

PLUGIN = parser_plugin(
    plugin_id="subtitles",
    vendor="acme",
    formats=[FileFormat(media_type="application/x-subrip", extensions=("srt",))],
)


@frozen
class SubtitlesParser(DocumentParser):
    """Parses subtitles on a thread."""

    async def parse(
        self,
        ctx: SecurityContext,
        path: Path,
        request: ParseRequest,
        *,
        report: Report = unreported,
    ) -> ParsedContent:
        """See `DocumentParser.parse`."""

        def tell(progress: ParseProgress) -> None:  # on the thread
            from_thread.check_cancelled()  # raises where nobody waits any more
            from_thread.run_sync(report, progress)

        return await to_thread.run_sync(read_subtitles, path, request, Budget(request, tell))
