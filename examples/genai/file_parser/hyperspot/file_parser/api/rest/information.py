"""The operation that lists what can be parsed."""

from __future__ import annotations

from attrs import frozen

from hyperspot.file_parser.contract.client import FileParserClient
from hyperspot.file_parser.contract.models import ParserInfo
from modkit.rest.routes import Routes
from modkit.security import SecurityContext


@frozen
class InformationRoutes:
    """HTTP face of what is installed.

    Attributes:
        parser: Knows it.
    """

    parser: FileParserClient

    def register(self, routes: Routes) -> None:
        """Declare the operation."""
        (
            routes.get("/file-parser/v1/info")
            .operation_id("file_parser.get_parser_info")
            .summary("List what can be parsed")
            .requires("file-parser", "read")
            .returns(ParserInfo)
            .handler(self.info)
        )

    async def info(self, ctx: SecurityContext) -> ParserInfo:
        """List the installed workers and the kinds of file that they parse."""
        return await self.parser.info(ctx)
