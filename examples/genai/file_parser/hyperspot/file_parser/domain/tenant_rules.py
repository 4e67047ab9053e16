"""TenantRules: what holds for the documents of one tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from attrs import frozen

from hyperspot.file_parser.config import FileParserConfig, TenantConfig, WorkersByType
from hyperspot.file_parser.contract.plugin import ParseLimits
from modkit.security import SecurityContext


@frozen(kw_only=True)
class TenantRules:
    """What one tenant may use.

    Attributes:
        max_file_size_bytes: Largest accepted file.
        limits: What parsing one document may use.
        local_base_dir: Folder whose files may be parsed; empty for none.
        workers: Who parses what; the first that says something about a media type counts.
    """

    max_file_size_bytes: int
    limits: ParseLimits
    local_base_dir: str
    workers: tuple[WorkersByType, ...]

    def worker_ids(self, media_type: str) -> tuple[str, ...] | None:
        """Return the ids of the workers that may parse *media_type*, in the order asked; None for any."""
        major = media_type.partition("/")[0]
        for workers in self.workers:
            for pattern in (media_type, f"{major}/*", "*"):
                if pattern in workers:
                    return workers[pattern]
        return None


@frozen
class RulesByTenant:
    """The rules of every tenant, made once."""

    _general: TenantRules
    _special: Mapping[UUID, TenantRules]

    @classmethod
    def of(cls, config: FileParserConfig) -> RulesByTenant:
        """Return the rules that *config* means."""
        general = _rules(config, TenantConfig())
        special = {UUID(key): _rules(config, tenant) for key, tenant in config.tenants.items()}
        return cls(general, special)

    def __iter__(self) -> Iterator[TenantRules]:
        yield self._general
        yield from self._special.values()

    def for_caller(self, ctx: SecurityContext) -> TenantRules:
        """Return the rules of the caller's tenant."""
        return self._special.get(ctx.subject_tenant_id, self._general)

    @property
    def max_file_size_bytes(self) -> int:
        """Largest file that any tenant may send."""
        return max(rules.max_file_size_bytes for rules in self)

    @property
    def timeout_s(self) -> float:
        """Longest time that parsing takes for any tenant."""
        return max(rules.limits.timeout_s for rules in self)

    @property
    def local_base_dirs(self) -> frozenset[str]:
        """Every folder whose files some tenant may have parsed; one of them may be empty, for none."""
        return frozenset(rules.local_base_dir for rules in self)

    def named_workers(self) -> frozenset[str]:
        """Return the id of every worker that some rule names."""
        return frozenset(
            worker
            for rules in self
            for workers in rules.workers
            for ids in workers.values()
            for worker in ids
        )


def _rules(config: FileParserConfig, tenant: TenantConfig) -> TenantRules:
    own_dir = tenant.allowed_local_base_dir
    return TenantRules(
        max_file_size_bytes=(tenant.max_file_size_mb or config.max_file_size_mb) * 1024**2,
        limits=tenant.limits.over(config.limits),
        local_base_dir=config.allowed_local_base_dir if own_dir is None else own_dir,
        workers=(tenant.workers, config.workers),
    )
