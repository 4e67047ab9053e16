"""Operations on identifiers and patterns; they need no store."""

from __future__ import annotations

from typing import Annotated, Any

from attrs import frozen

from hyperspot.types_registry.api.rest.gts_answers import (
    ExtractedIds,
    IdUuid,
    IdValidity,
    ParsedId,
    PatternMatch,
)
from modkit.gts.operations import GtsOperations, match, parse_id, uuid_of, validate_id
from modkit.rest.parameters import Body
from modkit.rest.routes import Routes

PREFIX = "/types-registry/v1/gts"


@frozen
class GtsIdRoutes:
    """HTTP face of identifiers and patterns.

    Attributes:
        operations: Knows where documents have their identifiers.
    """

    operations: GtsOperations

    def register(self, routes: Routes) -> None:
        """Declare the operations."""
        (
            routes.get(f"{PREFIX}/validate-id")
            .operation_id("types_registry.validate_id")
            .summary("Tell whether a text is a GTS identifier or pattern")
            .requires("types_registry", "read")
            .returns(IdValidity)
            .handler(self.validate_id)
        )
        (
            routes.get(f"{PREFIX}/parse-id")
            .operation_id("types_registry.parse_id")
            .summary("Take a GTS identifier apart")
            .requires("types_registry", "read")
            .returns(ParsedId)
            .handler(self.parse_id)
        )
        (
            routes.get(f"{PREFIX}/match-id-pattern")
            .operation_id("types_registry.match_id_pattern")
            .summary("Tell whether a pattern covers an identifier")
            .requires("types_registry", "read")
            .returns(PatternMatch)
            .handler(self.match)
        )
        (
            routes.get(f"{PREFIX}/uuid")
            .operation_id("types_registry.uuid")
            .summary("Return the UUID of a GTS identifier")
            .requires("types_registry", "read")
            .returns(IdUuid)
            .handler(self.uuid)
        )
        (
            routes.post(f"{PREFIX}/extract-id")
            .operation_id("types_registry.extract_id")
            .summary("Find the identifiers in a document")
            .requires("types_registry", "read")
            .returns(ExtractedIds)
            .handler(self.extract_id)
        )

    async def validate_id(self, gts_id: str) -> IdValidity:
        """Tell whether a text is an identifier, or a pattern if it has a wildcard.

        Args:
            gts_id: The text.
        """
        return IdValidity(**validate_id(gts_id))

    async def parse_id(self, gts_id: str) -> ParsedId:
        """Take an identifier apart; of a pattern, what stands before its wildcard.

        Args:
            gts_id: The identifier.
        """
        return ParsedId.of(parse_id(gts_id))

    async def match(self, candidate: str, pattern: str) -> PatternMatch:
        """Tell whether a pattern covers an identifier, or a narrower pattern.

        Args:
            candidate: The identifier.
            pattern: The pattern.
        """
        return PatternMatch(**match(candidate, pattern))

    async def uuid(self, gts_id: str) -> IdUuid:
        """Return the UUIDv5 of an identifier, which is the same everywhere.

        Args:
            gts_id: The identifier.
        """
        return IdUuid(**uuid_of(gts_id))

    async def extract_id(self, document: Annotated[dict[str, Any], Body()]) -> ExtractedIds:
        """Find the identifier of a document and that of its type; nothing is stored.

        Args:
            document: A type or an instance.
        """
        return ExtractedIds(**self.operations.extract_id(document))
