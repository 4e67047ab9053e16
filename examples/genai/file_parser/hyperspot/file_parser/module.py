"""FileParserModule: the composition root of file_parser."""

from __future__ import annotations

import logging
from typing import Final

from hyperspot.file_parser.api.rest.information import InformationRoutes
from hyperspot.file_parser.api.rest.local_files import LocalFileRoutes
from hyperspot.file_parser.api.rest.surface import Surface
from hyperspot.file_parser.api.rest.uploads import UploadRoutes
from hyperspot.file_parser.api.rest.urls import UrlRoutes
from hyperspot.file_parser.config import FileParserConfig
from hyperspot.file_parser.contract import DocumentParser, FileParserClient
from hyperspot.file_parser.domain.admission import Admission
from hyperspot.file_parser.domain.installed_workers import InstalledWorkers
from hyperspot.file_parser.domain.intake import Intake
from hyperspot.file_parser.domain.service import FileParserService
from hyperspot.file_parser.domain.tenant_rules import RulesByTenant
from hyperspot.file_parser.infra.http_downloader import HttpDownloader
from hyperspot.file_parser.infra.local_folder import ClosedLocalFiles, LocalFolder
from hyperspot.file_parser.infra.private_folder import private_folder
from hyperspot.file_parser.infra.spool import TemporaryFileSpool
from modkit import ModuleContext, health_check, module, on_start
from modkit.rest.capability import RestCapability
from modkit.rest.routes import Routes

_LOG: Final = logging.getLogger(__name__)


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
        config = ctx.config
        spool_folder = await ctx.enter(private_folder(config.spool_dir))
        self._upload_timeout_s = config.upload_timeout_s
        self._download_timeout_s = config.download_timeout_s
        self._rules = RulesByTenant.of(config)
        local_files = {
            folder: LocalFolder.at(folder) if folder else ClosedLocalFiles()
            for folder in self._rules.local_base_dirs
        }
        self._workers = InstalledWorkers(ctx.hub.plugins(DocumentParser))
        self._service = FileParserService(
            self._workers,
            self._rules,
            Intake(local_files, HttpDownloader(config.http_client())),
            TemporaryFileSpool(spool_folder, config.max_spool_mb * 1024**2),
            Admission(config.max_in_flight),
        )
        ctx.hub.provide(FileParserClient, self._service)

    @on_start
    async def warn_of_absent_workers(self) -> None:
        """Say which workers the configuration names that are not there; what they would parse goes to others or none."""
        if absent := self._absent():
            _LOG.warning("%s", absent)

    @health_check
    async def named_workers_are_there(self) -> None:
        """Fail while a worker is not there that the configuration names."""
        if absent := self._absent():
            raise LookupError(absent)

    def routes(self, routes: Routes) -> None:
        """Declare the operations."""
        timeout_s = self._rules.timeout_s + self._upload_timeout_s
        surface = Surface(parser=self._service, timeout_s=timeout_s)
        InformationRoutes(self._service).register(routes)
        UploadRoutes(surface=surface, max_file_size_bytes=self._rules.max_file_size_bytes).register(
            routes
        )
        LocalFileRoutes(surface=surface).register(routes)
        UrlRoutes(
            surface=Surface(parser=self._service, timeout_s=timeout_s + self._download_timeout_s)
        ).register(routes)

    def _absent(self) -> str:
        installed = self._workers.ids()
        absent = self._rules.named_workers() - installed
        if not absent:
            return ""
        return (
            f"file_parser: workers or tenants of modules.file_parser.config name {', '.join(sorted(absent))}, which"
            f" is not installed; there are: {', '.join(sorted(installed)) or 'none'}"
        )
