"""A platform for tests: the installed modules, and a shop with operations of every kind.

Run it as a script: it is the command line of that platform.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID, uuid4

from attrs import define, evolve, field, frozen
from msgspec import UNSET, UnsetType

from modkit import AccessScope, Meta, ModuleContext, SecurityContext, module
from modkit.application import Application
from modkit.cli import command_line
from modkit.discovery import installed_modules
from modkit.module import ModuleSpec, spec_of
from modkit.ports import Authenticator, PolicyDecisionPoint
from modkit.rest import Created, Event, RestCapability, Routes
from modkit.rest.parameters import Header, Query
from modkit.rest.uploads import Multipart, RawBody, Upload
from modkit.secret import Secret
from modkit_errors import Conflict, NotFound, Unauthenticated

TOKEN = "alice"


class Color(Enum):
    RED = "red"
    BLUE = "blue"


@define
class ItemMissing(NotFound):
    """There is no such item."""

    item_id: UUID


@define
class NameTaken(Conflict):
    """An item of that name exists."""

    name: str


@frozen(kw_only=True)
class Book:
    """A thing to read.

    Attributes:
        pages: How many.
        printed_on: When.
    """

    pages: Annotated[int, Meta(ge=1, le=10_000)]
    printed_on: date | UnsetType = UNSET
    type: Literal["book"] = "book"


@frozen(kw_only=True)
class Gadget:
    """A thing to use.

    Attributes:
        weight_kg: What it weighs.
        parts: How many of each part.
    """

    weight_kg: Annotated[float, Meta(gt=0, lt=1000)]
    parts: dict[str, Annotated[int, Meta(ge=0)]] = field(factory=dict)
    type: Literal["gadget"] = "gadget"


@frozen(kw_only=True)
class NewItem:
    """An item to sell.

    Attributes:
        name: Shown to buyers.
        thing: What it is.
        price: In euro.
        color: Of the outside.
        tags: For searching.
        note: For the seller.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    thing: Book | Gadget
    price: Decimal
    color: Color = Color.RED
    tags: Annotated[tuple[Annotated[str, Meta(max_length=20)], ...], Meta(max_length=5)] = ()
    note: str | None = None


@frozen(kw_only=True)
class Item(NewItem):
    """An item in the shop.

    Attributes:
        id: Its id.
        added_at: Since when.
    """

    id: UUID
    added_at: Annotated[datetime, Meta(tz=True)]


@frozen(kw_only=True)
class ItemChange:
    """What may be changed; what is left out stays.

    Attributes:
        name: New name.
        note: New note; null removes it.
    """

    name: Annotated[str, Meta(min_length=1, max_length=40)] | UnsetType = UNSET
    note: str | UnsetType | None = UNSET


@frozen(kw_only=True)
class Items:
    """A page of items.

    Attributes:
        items: At most as many as asked for.
    """

    items: tuple[Item, ...]


@frozen(kw_only=True)
class Received:
    """What arrived.

    Attributes:
        size_bytes: How much.
        names: Names of the parts, if it had parts.
    """

    size_bytes: int
    names: tuple[str, ...] = ()


@frozen(kw_only=True)
class Price:
    """A price at one moment.

    Attributes:
        amount: In euro.
    """

    amount: Decimal


@frozen(kw_only=True)
class ShopConfig:
    """Section ``modules.shop.config``.

    Attributes:
        is_honest: Whether every operation keeps what it promises.
    """

    is_honest: bool = True


@module(name="shop", config=ShopConfig)
class ShopModule(RestCapability):
    """Keeps items in memory."""

    async def init(self, ctx: ModuleContext[ShopConfig]) -> None:
        self._is_honest = ctx.config.is_honest
        self._items: dict[UUID, Item] = {}

    def routes(self, routes: Routes) -> None:
        (
            routes.post("/shop/v1/items")
            .operation_id("shop.create_item")
            .summary("Add an item")
            .requires("items", "write")
            .creates(Item)
            .raises(NameTaken)
            .handler(self.create)
        )
        (
            routes.get("/shop/v1/items")
            .operation_id("shop.list_items")
            .summary("List items")
            .requires("items", "read")
            .returns(Items)
            .handler(self.find)
        )
        (
            routes.get("/shop/v1/items/{item_id}")
            .operation_id("shop.get_item")
            .summary("Fetch one item")
            .requires("items", "read")
            .returns(Item)
            .raises(ItemMissing)
            .handler(self.get)
        )
        (
            routes.patch("/shop/v1/items/{item_id}")
            .operation_id("shop.update_item")
            .summary("Change an item")
            .requires("items", "write")
            .returns(Item)
            .raises(ItemMissing)
            .accepts("application/merge-patch+json", "application/json")
            .handler(self.update)
        )
        (
            routes.delete("/shop/v1/items/{item_id}")
            .operation_id("shop.delete_item")
            .summary("Remove an item")
            .requires("items", "write")
            .returns_nothing()
            .raises(ItemMissing)
            .handler(self.delete)
        )
        (
            routes.get("/shop/v1/items/{item_id}/prices")
            .operation_id("shop.watch_prices")
            .summary("Watch the price of an item")
            .requires("items", "read")
            .streams(Price)
            .raises(ItemMissing)
            .handler(self.prices)
        )
        (
            routes.put("/shop/v1/pictures/{number}")
            .operation_id("shop.put_picture")
            .summary("Store a picture")
            .requires("pictures", "write")
            .returns(Received)
            .accepts("image/png", "multipart/form-data")
            .body_limit(100_000)
            .handler(self.picture)
        )
        (
            routes.post("/shop/v1/letters")
            .operation_id("shop.send_letter")
            .summary("Send a text")
            .public()
            .returns(Received)
            .accepts("text/plain")
            .handler(self.letter)
        )
        (
            routes.post("/shop/v1/forms")
            .operation_id("shop.send_form")
            .summary("Send a form")
            .public()
            .returns(Received)
            .handler(self.form)
        )
        (
            routes.post("/shop/v1/sums")
            .operation_id("shop.add_numbers")
            .summary("Add numbers")
            .deprecated()
            .public()
            .returns(float)
            .handler(self.add)
        )
        (
            routes.get("/shop/v1/quote/{word}/{day}")
            .operation_id("shop.get_quote")
            .summary("Say what a word is worth on a day")
            .public()
            .returns(dict[str, float | str])
            .handler(self.quote)
        )
        if not self._is_honest:
            (
                routes.get("/shop/v1/lie")
                .operation_id("shop.get_lie")
                .summary("Promise no error, and answer one")
                .public()
                .returns(str)
                .handler(self.lie)
            )

    async def create(self, ctx: SecurityContext, item: NewItem) -> Created[Item]:
        """Add an item; names are unique."""
        if any(other.name == item.name for other in self._items.values()):
            raise NameTaken(name=item.name)
        added = Item(
            id=uuid4(),
            added_at=datetime.now(UTC),
            name=item.name,
            thing=item.thing,
            price=item.price,
            color=item.color,
            tags=item.tags,
            note=item.note,
        )
        self._items[added.id] = added
        return Created(added, f"/shop/v1/items/{added.id}")

    async def find(
        self,
        scope: AccessScope,
        limit: Annotated[int, Meta(ge=1, le=200)] = 25,
        color: Color | None = None,
        tag: Annotated[list[str], Query(description="Every tag that it must have.")] = [],  # noqa: B006 - read only
        since: Annotated[datetime, Meta(tz=True)] | None = None,
        locale: Annotated[Literal["de", "en"], Header("X-Locale")] = "en",
    ) -> Items:
        """List items, oldest first."""
        found = (
            item
            for item in self._items.values()
            if (color is None or item.color is color)
            and set(tag) <= set(item.tags)
            and (since is None or item.added_at >= since)
        )
        return Items(items=tuple(found)[:limit])

    async def get(self, item_id: UUID) -> Item:
        """Fetch one item."""
        return self._item(item_id)

    async def update(self, item_id: UUID, change: ItemChange) -> Item:
        """Change what is given."""
        item = self._item(item_id)
        if not isinstance(change.name, UnsetType):
            item = evolve(item, name=change.name)
        if not isinstance(change.note, UnsetType):
            item = evolve(item, note=change.note)
        self._items[item_id] = item
        return item

    async def delete(self, item_id: UUID) -> None:
        """Remove one item."""
        self._item(item_id)
        del self._items[item_id]

    async def prices(self, item_id: UUID) -> AsyncIterator[Price | Event[Price]]:
        """Send the price now, and what it is called then."""
        price = Price(amount=self._item(item_id).price)
        yield price
        yield Event(price, name="last", id="1")

    async def picture(self, number: Annotated[int, Meta(ge=0)], picture: Upload) -> Received:
        """Count the bytes of a picture."""
        return Received(size_bytes=sum([len(chunk) async for chunk in picture]))

    async def letter(
        self, text: RawBody, recipient: Annotated[str, Header("X-Recipient"), Meta(min_length=1)]
    ) -> Received:
        """Count the bytes of a text."""
        return Received(size_bytes=sum([len(chunk) async for chunk in text]))

    async def form(self, form: Multipart) -> Received:
        """Count the parts of a form."""
        names: list[str] = []
        size = 0
        async for part in form:
            names.append(part.name)
            size += sum([len(chunk) async for chunk in part])
        return Received(size_bytes=size, names=tuple(names))

    async def add(
        self, numbers: list[Annotated[float, Meta(ge=-1e9, le=1e9)]], absolute: bool = False
    ) -> float:
        """Add numbers."""
        return abs(sum(numbers)) if absolute else sum(numbers)

    async def quote(
        self, word: str, day: date, factor: Annotated[float, Meta(ge=0, le=1000)] = 1.0
    ) -> dict[str, float | str]:
        """Say what a word is worth on a day."""
        return {"word": word, "worth": len(word) * day.day * factor}

    async def lie(self) -> str:
        """Fail in a way that the route does not declare."""
        raise NameTaken(name="lie")

    def _item(self, item_id: UUID) -> Item:
        if item_id not in self._items:
            raise ItemMissing(item_id=item_id)
        return self._items[item_id]


class OneCaller(Authenticator, PolicyDecisionPoint):
    """Knows one token, and lets its bearer do everything in one tenant."""

    async def authenticate(self, token: Secret[str]) -> SecurityContext:
        if token.reveal() != TOKEN:
            raise Unauthenticated(detail="The token is not known.")
        return SecurityContext(subject_id=UUID(int=1), subject_tenant_id=UUID(int=2))

    async def decide(self, ctx: SecurityContext, resource: str, action: str) -> AccessScope:
        return AccessScope.tenants(frozenset({ctx.subject_tenant_id}))


@module(name="one_caller", provides=(Authenticator, PolicyDecisionPoint))
class OneCallerModule:
    """Provides both deciders."""

    async def init(self, ctx: ModuleContext[object]) -> None:
        caller = OneCaller()
        ctx.hub.provide(Authenticator, caller)
        ctx.hub.provide(PolicyDecisionPoint, caller)


def modules() -> tuple[ModuleSpec, ...]:
    """Return the installed modules and those of this file."""
    return (*installed_modules(), spec_of(ShopModule), spec_of(OneCallerModule))


if __name__ == "__main__":
    command_line(
        Application(
            name="shop", summary="A shop.", version="1.0.0", env_prefix="SHOP_", modules=modules
        )
    )()
