"""Entity: a class of rows that says whose its rows are, and which value they are read as."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar, get_args, get_origin

from attrs import fields, frozen, has
from sqlalchemy import Column, Select, Table, select

from modkit_db.errors import InvalidEntity

V = TypeVar("V")


@frozen(eq=False)
class RowShape(Generic[V]):
    """What is known of an entity.

    Attributes:
        table: The table.
        tenant: The column that names the tenant; None for an unrestricted entity.
        columns: Columns by the property that an access scope knows them by.
        value_class: What a row is read as.
        names: Fields of the value; the column of that name fills each.
        query: Selects the columns of the value, in the order of *names*; has no condition yet.
    """

    table: Table
    tenant: Column[Any] | None
    columns: dict[str, Column[Any]]
    value_class: type[V]
    names: tuple[str, ...]
    query: Select[Any]

    def value(self, row: Any) -> V:
        """Return the value of a row that *query* has found."""
        return self.value_class(**dict(zip(self.names, row, strict=True)))


class Entity(Generic[V]):
    """Base of a class of rows, beside the module's own declarative base; ``V`` is the attrs class that rows are read as.

    The keywords name columns, by which an access scope is turned into conditions:

    - ``tenant``: whom a row belongs to. Without it, the entity must say ``unrestricted=True``: reference data that
      belongs to nobody, readable by everyone who may read anything.
    - ``resource``: what identifies a row (property ``id``); the only column of the primary key by default.
    - ``owner``: the user who owns it (property ``owner_id``).
    - ``type``: its GTS type (property ``type``).
    - ``properties``: further properties of scopes, each with its column.

    A whole one::

        class Rows(DeclarativeBase):
            metadata = module_tables()
            type_annotation_map = COLUMN_TYPES

        @frozen(kw_only=True)
        class Note:
            id: UUID
            text: str

        class NoteRow(Entity[Note], Rows, tenant="tenant_id"):
            __tablename__ = "notes"
            id: Mapped[UUID] = mapped_column(primary_key=True)
            tenant_id: Mapped[UUID] = mapped_column(index=True)
            text: Mapped[str]
    """

    row_shape: ClassVar[RowShape[Any]]

    def __init_subclass__(
        cls,
        *,
        tenant: str = "",
        resource: str = "",
        owner: str = "",
        type: str = "",  # noqa: A002 - the name of the authorisation model
        properties: dict[str, str] | None = None,
        unrestricted: bool = False,
        **options: Any,
    ) -> None:
        super().__init_subclass__(**options)
        named = {
            "tenant_id": tenant,
            "owner_tenant_id": tenant,
            "id": resource,
            "owner_id": owner,
            "type": type,
            **(properties or {}),
        }
        cls.row_shape = _shape(cls, tenant, named, is_unrestricted=unrestricted)


def shape_of(entity: type[Entity[V]]) -> RowShape[V]:
    """Return what is known of *entity*.

    Raises:
        InvalidEntity: It is no entity.
    """
    shape = getattr(entity, "row_shape", None)
    if not isinstance(shape, RowShape):
        raise InvalidEntity(
            f"{getattr(entity, '__name__', entity)!r} is no entity: class ...Row(Entity[...], ...)"
        )
    return shape  # pyright: ignore[reportUnknownVariableType]  # the shape of this very class


def _shape(
    cls: type[Any], tenant: str, named: dict[str, str], *, is_unrestricted: bool
) -> RowShape[Any]:
    if not isinstance(getattr(cls, "__table__", None), Table):
        raise InvalidEntity(f"{cls.__name__} is no table: add the module's declarative base")
    table: Table = cls.__table__
    columns: dict[str, Column[Any]] = {column.name: column for column in table.columns}
    renamed = [name for name in columns if not hasattr(cls, name)]
    if renamed:
        raise InvalidEntity(f"{cls.__name__}.{renamed[0]} is not the name of its attribute too")
    if bool(tenant) is is_unrestricted:
        raise InvalidEntity(
            f"{cls.__name__} must either name its tenant column (tenant='tenant_id') "
            f"or be open to all tenants (unrestricted=True)"
        )
    keys = list(table.primary_key.columns)
    if not named["id"] and len(keys) == 1:
        named["id"] = keys[0].key
    missing = sorted({name for name in named.values() if name and name not in columns})
    if missing:
        raise InvalidEntity(f"{cls.__name__} has no column {', '.join(map(repr, missing))}")
    value_class = _value_class(cls)
    names = tuple(item.name for item in fields(value_class))
    missing = [name for name in names if name not in columns]
    if missing:
        raise InvalidEntity(
            f"{cls.__name__} cannot be read as {value_class.__name__}: it has no column "
            f"{', '.join(map(repr, missing))}"
        )
    return RowShape(
        table=table,
        tenant=columns[tenant] if tenant else None,
        columns={name: columns[column] for name, column in named.items() if column},
        value_class=value_class,
        names=names,
        query=select(*(columns[name] for name in names)),
    )


def _value_class(cls: type[Any]) -> type[Any]:
    for base in getattr(cls, "__orig_bases__", ()):
        if get_origin(base) is Entity:
            (value_class,) = get_args(base)
            if isinstance(value_class, type) and has(value_class):
                return value_class
    raise InvalidEntity(f"{cls.__name__} must say what its rows are read as: Entity[<attrs class>]")
