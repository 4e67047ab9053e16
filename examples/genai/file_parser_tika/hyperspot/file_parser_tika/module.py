"""FileParserTikaModule: the composition root of the worker."""

from __future__ import annotations

from hyperspot.file_parser.contract import DocumentParser, FileFormat, parser_plugin
from hyperspot.file_parser_tika.config import FileParserTikaConfig
from hyperspot.file_parser_tika.infra.no_server import NoServer
from hyperspot.file_parser_tika.infra.tika_parser import TikaParser
from modkit import ModuleContext, module
from modkit.http import HttpClient, HttpClientConfig, RetryPolicy
from modkit.plugins import Plugin


@module(name="file_parser_tika", config=FileParserTikaConfig, provides=(DocumentParser,))
class FileParserTikaModule:
    """Worker of file_parser for what an Apache Tika server parses."""

    async def init(self, ctx: ModuleContext[FileParserTikaConfig]) -> None:
        """Offer the worker to the gateway; without a server it offers no formats, and is never chosen."""
        parser: DocumentParser = NoServer()  # and no HTTP client in memory
        if ctx.config.url:
            client = await ctx.enter(HttpClient.open(client_config(ctx.config)))
            parser = TikaParser(client, ctx.config.url, ctx.config.authorization)
        ctx.hub.provide_plugin(DocumentParser, parser, plugin_of(ctx.config))


def client_config(config: FileParserTikaConfig) -> HttpClientConfig:
    """Return the limits of calls to the server."""
    return HttpClientConfig(
        pool_size=config.max_concurrent_documents,
        attempt_timeout_s=config.timeout_s,
        total_timeout_s=config.timeout_s,
        idle_timeout_s=config.timeout_s,
        # A document that made the server fail will most likely do so again, but one that was busy may not be.
        retries=RetryPolicy(retries=1, base_delay_s=1.0),
        egress=config.egress,
    )


def plugin_of(config: FileParserTikaConfig) -> Plugin:
    """Return what the worker says about itself."""
    formats = [
        FileFormat(media_type=item.media_type, extensions=item.extensions)
        for item in (config.formats if config.url else ())
    ]
    return parser_plugin(
        plugin_id="tika", vendor="hyperspot", formats=formats, priority=config.priority
    )
