"""Who asks, and what they may touch."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from attrs import field, frozen

from modkit.secret import Secret

NIL_ID: Final = UUID(int=0)


@frozen(kw_only=True)
class SecurityContext:
    """The caller of an operation: the first argument of every method of a contract.

    Attributes:
        subject_id: The user or service that calls; the nil UUID for an anonymous caller.
        subject_tenant_id: The tenant that the subject belongs to; the nil UUID for an anonymous caller.
        subject_type: GTS id of the kind of subject, or empty where the authenticator does not say.
        token_scopes: Scopes of the token, which narrow what the subject may do; ``*`` means all.
        bearer_token: The caller's own token, for calls made on their behalf; never printed.
    """

    subject_id: UUID
    subject_tenant_id: UUID
    subject_type: str = ""
    token_scopes: frozenset[str] = frozenset()
    bearer_token: Secret[str] | None = field(default=None, eq=False)

    ANONYMOUS: ClassVar[SecurityContext]

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody has been authenticated."""
        return self.subject_id == NIL_ID


SecurityContext.ANONYMOUS = SecurityContext(subject_id=NIL_ID, subject_tenant_id=NIL_ID)


@frozen
class Predicate:
    """One condition on one property of a resource.

    Attributes:
        property: Name of the resource's property, such as ``tenant_id`` or ``owner_id``.
        operator: How the property is compared.
        values: What the property is compared with; empty matches nothing.
    """

    property: str
    operator: Literal["eq", "in", "in_tenant_subtree", "in_group", "in_group_subtree"]
    values: tuple[Any, ...]


@frozen
class AccessScope:
    """What a caller may touch: any of some constraints, each the conjunction of its predicates.

    An empty scope touches nothing, and a constraint without predicates adds nothing to it.

    Attributes:
        constraints: What may be touched.
        is_everything: Whether all of all tenants may be touched, whatever *constraints* say.

    Example:
        >>> AccessScope.nothing().is_empty, AccessScope.everything().is_empty
        (True, False)
    """

    constraints: tuple[tuple[Predicate, ...], ...] = ()
    is_everything: bool = False

    @classmethod
    def nothing(cls) -> AccessScope:
        """Return the scope that touches nothing."""
        return cls()

    @classmethod
    def tenants(cls, tenant_ids: frozenset[UUID]) -> AccessScope:
        """Return the scope of all resources that belong to one of *tenant_ids*."""
        if not tenant_ids:
            return cls()
        return cls(((Predicate("tenant_id", "in", tuple(sorted(tenant_ids))),),))

    @classmethod
    def everything(cls) -> AccessScope:
        """Return the scope of all resources of all tenants: for the platform's own work, never for a caller's."""
        return cls(is_everything=True)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be touched."""
        return not self.is_everything and not any(self.constraints)
