"""InstalledWorkers: which of the workers that are there parses what, for whom."""

from __future__ import annotations

from attrs import frozen

from hyperspot.file_parser.contract.models import FileFormat, ParserWorker
from hyperspot.file_parser.contract.plugin import DocumentParser, formats_of
from hyperspot.file_parser.domain.tenant_rules import TenantRules
from modkit.plugins import PluginEntry, Plugins


@frozen
class InstalledWorkers:
    """The workers behind the gateway; they may come and go."""

    _workers: Plugins[DocumentParser]

    def formats(self) -> tuple[FileFormat, ...]:
        """Return every format that some worker parses."""
        return tuple(item for entry in self._workers.all() for item in formats_of(entry.plugin))

    def choose(self, media_type: str, rules: TenantRules) -> PluginEntry[DocumentParser] | None:
        """Return the worker that parses *media_type* under *rules*: the first of those named, else of all."""
        able = {entry.plugin.id: entry for entry in self._workers.all() if _can(entry, media_type)}
        named = rules.worker_ids(media_type)
        ids = able if named is None else named
        return next((able[worker] for worker in ids if worker in able), None)

    def described(self, rules: TenantRules) -> tuple[ParserWorker, ...]:
        """Return the workers with the formats that they parse under *rules*; those that parse none are left out."""
        found: list[ParserWorker] = []
        for entry in self._workers.all():
            plugin = entry.plugin
            formats = tuple(
                item
                for item in formats_of(plugin)
                if (asked := self.choose(item.media_type, rules)) and asked.plugin.id == plugin.id
            )
            if formats:
                found.append(
                    ParserWorker(
                        id=plugin.id,
                        vendor=plugin.vendor,
                        priority=plugin.priority,
                        formats=formats,
                    )
                )
        return tuple(found)

    def ids(self) -> frozenset[str]:
        """Return the id of every worker."""
        return frozenset(entry.plugin.id for entry in self._workers.all())


def _can(entry: PluginEntry[DocumentParser], media_type: str) -> bool:
    return any(item.media_type == media_type for item in formats_of(entry.plugin))
