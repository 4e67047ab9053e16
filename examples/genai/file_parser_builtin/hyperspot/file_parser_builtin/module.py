"""FileParserBuiltinModule: the composition root of the builtin worker."""

from __future__ import annotations

from anyio import CapacityLimiter

from hyperspot.file_parser.contract import DocumentParser
from hyperspot.file_parser_builtin.config import FileParserBuiltinConfig
from hyperspot.file_parser_builtin.infra.builtin_parser import PLUGIN, BuiltinParser
from hyperspot.file_parser_builtin.infra.reader_pool import ReaderPool
from modkit import ModuleContext, module


@module(
    name="file_parser_builtin",
    config=FileParserBuiltinConfig,
    provides=(DocumentParser,),
)
class FileParserBuiltinModule:
    """Worker of file_parser for PDF, DOCX, HTML, Markdown and text."""

    async def init(self, ctx: ModuleContext[FileParserBuiltinConfig]) -> None:
        """Offer the worker to the gateway."""
        pool = await ctx.enter(ReaderPool(CapacityLimiter(ctx.config.max_concurrent_documents)))
        if ctx.config.isolation == "require":
            await pool.require_walls()
        ctx.hub.provide_plugin(DocumentParser, BuiltinParser(pool), PLUGIN)
