"""A gateway, two workers behind it, and the suite that both pass."""

import asyncio
import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence

from modkit import ModuleContext, NoConfig, Plugin, PluginContract, Plugins, SecurityContext, module
from modkit.testing import ModuleHarness, security_context

Row = Sequence[str]


# region contract
class TableFormat(PluginContract):
    """Writes tables in one format; its `Plugin` names the format in ``properties["name"]``."""

    @abstractmethod
    async def write(self, ctx: SecurityContext, rows: Sequence[Row]) -> str:
        """Return *rows* as text."""


class ExportClient(ABC):
    """What other modules may ask of export."""

    @abstractmethod
    async def export(self, ctx: SecurityContext, rows: Sequence[Row], *, name: str) -> str:
        """Return *rows* in the format called *name*.

        Raises:
            NoPlugin: No installed worker writes it.
        """


# endregion


# region gateway
class ExportService(ExportClient):
    """Chooses a worker for each call."""

    def __init__(self, formats: Plugins[TableFormat]) -> None:
        self._formats = formats

    async def export(self, ctx: SecurityContext, rows: Sequence[Row], *, name: str) -> str:
        worker = self._formats.choose(accepts=lambda plugin: plugin.properties["name"] == name)
        return await worker.client.write(ctx, rows)


@module(name="export", optional=(TableFormat,), provides=(ExportClient,))
class ExportModule:
    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        ctx.hub.provide(ExportClient, ExportService(ctx.hub.plugins(TableFormat)))


# endregion


# region worker
class CsvFormat(TableFormat):
    """Comma separated values."""

    async def write(self, ctx: SecurityContext, rows: Sequence[Row]) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()


@module(name="export_csv", provides=(TableFormat,))
class ExportCsvModule:
    async def init(self, ctx: ModuleContext[NoConfig]) -> None:
        plugin = Plugin(id="csv", vendor="acme", priority=100, properties={"name": "csv"})
        ctx.hub.provide_plugin(TableFormat, CsvFormat(), plugin)


# endregion
class JsonFormat(TableFormat):
    """A list of lists."""

    plugin = Plugin(id="json", properties={"name": "json"})  # a fake says what it is like this

    async def write(self, ctx: SecurityContext, rows: Sequence[Row]) -> str:
        return json.dumps([list(row) for row in rows])


# region suite
class TableFormatSuite(ABC):
    """Tests that the test class of each worker inherits."""

    @abstractmethod
    def make_format(self) -> TableFormat:
        """Return a new worker."""

    async def test_keeps_every_cell(self) -> None:
        rows = [("name", "amount"), ("apples, red", "3")]
        written = await self.make_format().write(security_context(), rows)
        assert all(cell in written for row in rows for cell in row)


class TestCsvFormat(TableFormatSuite):
    def make_format(self) -> TableFormat:
        return CsvFormat()


# endregion


async def main() -> None:
    # region try
    fakes = [JsonFormat()]
    async with ModuleHarness(ExportModule, modules=[ExportCsvModule], fakes=fakes) as harness:
        export = harness.hub.get(ExportClient)
        rows = [("apples", "3")]
        assert await export.export(security_context(), rows, name="csv") == "apples,3\n"
        assert await export.export(security_context(), rows, name="json") == '[["apples", "3"]]'
    # endregion
    await TestCsvFormat().test_keeps_every_cell()


if __name__ == "__main__":
    asyncio.run(main())
