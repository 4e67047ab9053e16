"""The worker as a module."""

from acme.file_parser_subtitles.infra.parser import PLUGIN, SubtitlesParser
from hyperspot.file_parser.contract import DocumentParser
from modkit import ModuleContext, NoConfig, module


@module(name="file_parser_subtitles", provides=(DocumentParser,))
class SubtitlesModule:
    """Worker of file_parser for SubRip subtitles."""

    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        """Offer the worker to the gateway."""
        ctx.hub.provide_plugin(DocumentParser, SubtitlesParser(), PLUGIN)
