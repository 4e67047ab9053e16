"""FileParserModule: the composition root of file_parser."""

from __future__ import annotations

from hyperspot.file_parser.api.rest.documents import DocumentRoutes
from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract import DocumentParser, FileParserClient
from hyperspot.file_parser.domain.service import FileParserService
from hyperspot.file_parser.infra.spool import TemporaryFileSpool
from modkit import ModuleContext, module
from modkit.rest.capability import RestCapability
from modkit.rest.routes import Routes


@module(
    name="file_parser",
    config=FileParserConfig,
    optional=(DocumentParser,),
    provides=(FileParserClient,),
)
class FileParserModule(RestCapability):
    """Turns files into blocks and Markdown; workers add formats."""

    async def init(self, ctx: ModuleContext[FileParserConfig]) -> None:
        """Build the gateway; workers may come and go while it runs."""
        self._config = ctx.config
        self._service = FileParserService(
            ctx.hub.plugins(DocumentParser), TemporaryFileSpool(ctx.config.spool_dir), ctx.config
        )
        ctx.hub.provide(FileParserClient, self._service)

    def routes(self, routes: Routes) -> None:
        """Declare the operations."""
        DocumentRoutes(
            parser=self._service,
            max_file_size_bytes=self._config.max_file_size_bytes,
            timeout_s=self._config.limits.timeout_s + self._config.upload_timeout_s,
        ).register(routes)
