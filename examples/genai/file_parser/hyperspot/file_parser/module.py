"""FileParserModule: the composition root of file_parser."""

from __future__ import annotations

from hyperspot.file_parser.api.rest.information import InformationRoutes
from hyperspot.file_parser.api.rest.local_files import LocalFileRoutes
from hyperspot.file_parser.api.rest.surface import Surface
from hyperspot.file_parser.api.rest.uploads import UploadRoutes
from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract import DocumentParser, FileParserClient
from hyperspot.file_parser.domain.intake import Intake
from hyperspot.file_parser.domain.service import FileParserService
from hyperspot.file_parser.infra.local_folder import ClosedLocalFiles, LocalFolder
from hyperspot.file_parser.infra.no_downloads import ClosedDownloads
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
        config = self._config = ctx.config
        folder = config.allowed_local_base_dir
        local_files = LocalFolder.at(folder) if folder else ClosedLocalFiles()
        self._service = FileParserService(
            ctx.hub.plugins(DocumentParser),
            Intake(local_files, ClosedDownloads()),
            TemporaryFileSpool(config.spool_dir),
            config,
        )
        ctx.hub.provide(FileParserClient, self._service)

    def routes(self, routes: Routes) -> None:
        """Declare the operations."""
        config = self._config
        surface = Surface(
            parser=self._service, timeout_s=config.limits.timeout_s + config.upload_timeout_s
        )
        InformationRoutes(self._service).register(routes)
        UploadRoutes(surface=surface, max_file_size_bytes=config.max_file_size_bytes).register(
            routes
        )
        LocalFileRoutes(surface=surface).register(routes)
