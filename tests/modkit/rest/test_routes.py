"""The builder records operations, and half-wired ones do not start."""

from __future__ import annotations

import pytest
from attrs import define, frozen

from modkit.rest.created import Created
from modkit.rest.operation import InvalidOperations, ResponseKind
from modkit.rest.route_check import path_parameters
from modkit.rest.routes import Routes
from modkit_errors import NotFound


@frozen(kw_only=True)
class Item:
    name: str


@define
class ItemNotFound(NotFound):
    """No such item."""


async def get_item(item_id: str) -> Item:
    return Item(name=item_id)


async def create_item(body: Item) -> Created[Item]:
    return Created(body, "/shop/v1/items/1")


def complete(
    routes: Routes, path: str = "/shop/v1/items/{item_id}", name: str = "get_item"
) -> None:
    (
        routes.get(path)
        .operation_id(f"shop.{name}")
        .summary("Fetch one item")
        .requires("items", "read")
        .returns(Item)
        .raises(ItemNotFound)
        .handler(get_item)
    )


def test_a_complete_chain_is_recorded_with_everything_said() -> None:
    routes = Routes("shop")
    (
        routes.post("/shop/v1/items")
        .operation_id("shop.create_item")
        .summary("Make an item")
        .description("In *Markdown*.")
        .tag("items", "stock")
        .deprecated()
        .accepts("application/json")
        .body_limit(1024)
        .timeout(2.5)
        .in_flight(3)
        .header("X-Kind", "item")
        .request_example("small", Item(name="a"))
        .response_example("small", {"name": "a"})
        .requires("items", "write")
        .creates(Item)
        .raises(ItemNotFound)
        .handler(create_item)
    )
    routes.check()
    (operation,) = routes.operations
    assert (operation.method, operation.path, operation.module) == (
        "POST",
        "/shop/v1/items",
        "shop",
    )
    assert operation.declared_at.startswith(f"{__file__}:")
    assert operation.tags == ("items", "stock")
    assert operation.deprecated
    assert operation.media_types == ("application/json",)
    assert (operation.body_limit_bytes, operation.timeout_s, operation.in_flight_limit) == (
        1024,
        2.5,
        3,
    )
    assert operation.response_headers == (("x-kind", "item"),)
    assert operation.request_examples[0].value == Item(name="a")
    assert operation.response is not None
    assert (operation.response.kind, operation.response.status) == (ResponseKind.JSON, 201)
    assert operation.response.has_location
    assert operation.raises == (ItemNotFound,)
    assert operation.access is not None
    assert not operation.access.is_public
    assert operation.handler is create_item


def test_declared_at_is_the_line_that_begins_the_route() -> None:
    routes = Routes("shop")
    routes.get("/shop/v1/a")
    routes.get("/shop/v1/b")
    first, second = (int(item.declared_at.rpartition(":")[2]) for item in routes.operations)
    assert second == first + 1


def test_handler_works_as_a_decorator_and_returns_the_function() -> None:
    routes = Routes("shop")

    @(
        routes.get("/shop/v1/items")
        .operation_id("shop.list_items")
        .summary("All")
        .returns(list[Item])
        .public()
        .handler
    )
    async def list_items() -> list[Item]:
        return []

    assert routes.operations[0].handler is list_items
    routes.check()


def test_a_check_names_every_problem_of_every_operation_at_once() -> None:
    routes = Routes("shop")
    routes.get("/shop/v1/a").public()
    routes.get("/shop/v1/b").returns(Item)
    with pytest.raises(InvalidOperations) as caught:
        routes.check()
    text = str(caught.value)
    places = [operation.declared_at for operation in routes.operations]
    assert all(place in text for place in places)
    assert len(caught.value.problems) == 4 + 4
    assert "add .requires(resource, action) or .public()" in text
    assert "has no handler" in text


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        pytest.param("shop/v1/items", "must start with a slash", id="relative"),
        pytest.param("/other/v1/items", "must look like /shop/v1/...", id="foreign-prefix"),
        pytest.param("/shop/items", "must look like", id="no-version"),
        pytest.param("/shop/v0/items", "must look like", id="version-zero"),
        pytest.param("/shop/v1", "must look like", id="nothing-behind"),
        pytest.param("/shop/v1/items/", "path segment ''", id="trailing-slash"),
        pytest.param("/shop/v1//items", "path segment ''", id="double-slash"),
        pytest.param("/shop/v1/{Item}", "path segment '{Item}'", id="not-snake-case"),
        pytest.param("/shop/v1/x{item}", "path segment 'x{item}'", id="half-a-parameter"),
        pytest.param("/shop/v1/a b", "path segment 'a b'", id="space"),
        pytest.param("/shop/v1/a%20b", "path segment 'a%20b'", id="encoded"),
        pytest.param("/shop/v1/{a}/{a}", "occurs twice", id="same-parameter-twice"),
    ],
)
def test_a_wrong_path_is_refused(path: str, problem: str) -> None:
    routes = Routes("shop")
    complete(routes, path)
    with pytest.raises(InvalidOperations, match="GET") as caught:
        routes.check()
    assert problem in str(caught.value)


def test_hyphens_replace_underscores_and_other_prefixes_can_be_allowed() -> None:
    routes = Routes("user_settings", prefixes=("simple-user-settings",))
    for number, path in enumerate(("/user-settings/v1/a", "/simple-user-settings/v2/a")):
        (
            routes.get(path)
            .operation_id(f"user_settings.get_{number}")
            .summary("A")
            .public()
            .returns(Item)
            .handler(get_item)
        )
    routes.check()


def test_root_paths_must_be_allowed() -> None:
    routes = Routes("shop", root_paths=True)
    complete(routes, "/healthz")
    routes.check()


@pytest.mark.parametrize("name", ["", "get_item", "other.get_item", "shop.GetItem", "shop."])
def test_an_operation_id_starts_with_the_module(name: str) -> None:
    routes = Routes("shop")
    routes.get("/shop/v1/a").operation_id(name).summary("A").public().returns(Item).handler(
        get_item
    )
    with pytest.raises(InvalidOperations, match="id"):
        routes.check()


def test_ids_and_routes_are_declared_once() -> None:
    routes = Routes("shop")
    complete(routes)
    complete(routes)
    with pytest.raises(InvalidOperations) as caught:
        routes.check()
    first = routes.operations[0].declared_at
    assert f"the operation id is already taken at {first}" in str(caught.value)
    assert f"the same route is already declared at {first}" in str(caught.value)


def test_only_an_answer_made_at_once_can_be_large() -> None:
    routes = Routes("shop")
    (
        routes.get("/shop/v1/a")
        .operation_id("shop.get_a")
        .summary("A")
        .large_answers()
        .public()
        .returns_nothing()
        .handler(any_handler)
    )
    with pytest.raises(InvalidOperations, match=r"\.large_answers\(\) is for \.returns"):
        routes.check()


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_a_time_limit_is_a_number_of_seconds(seconds: float) -> None:
    routes = Routes("shop")
    (
        routes.get("/shop/v1/a")
        .operation_id("shop.get_a")
        .summary("A")
        .timeout(seconds)
        .in_flight(0)
        .public()
        .returns(Item)
        .handler(get_item)
    )
    with pytest.raises(InvalidOperations, match=r"\.timeout\(\)") as caught:
        routes.check()
    assert ".in_flight() must be at least 1" in str(caught.value)


def test_a_resource_without_an_action_is_refused() -> None:
    routes = Routes("shop")
    (
        routes.get("/shop/v1/a")
        .operation_id("shop.get_a")
        .summary("A")
        .requires("items", "")
        .returns(Item)
        .handler(get_item)
    )
    with pytest.raises(InvalidOperations, match="needs a resource and an action"):
        routes.check()


def test_path_parameters_come_from_left_to_right() -> None:
    assert path_parameters("/a/{b}/c/{d_e}") == ("b", "d_e")


@pytest.mark.parametrize("location", ["", "a b", "/x\r\nset-cookie: a=b", "/ü"])
def test_a_location_must_be_percent_encoded(location: str) -> None:
    with pytest.raises(ValueError, match="location"):
        Created(Item(name="a"), location)


async def any_handler(*args: object) -> None:
    """Stand in for a handler of any shape: only the builder is under test."""


@pytest.mark.parametrize("access_first", [True, False], ids=["access-first", "response-first"])
@pytest.mark.parametrize("is_public", [True, False], ids=["public", "protected"])
@pytest.mark.parametrize(
    ("method", "response", "arguments", "kind", "status", "media_type"),
    [
        ("get", "returns", (Item,), ResponseKind.JSON, 200, "application/json"),
        ("put", "creates", (Item,), ResponseKind.JSON, 201, "application/json"),
        ("delete", "returns_nothing", (), ResponseKind.EMPTY, 204, ""),
        ("patch", "returns_bytes", ("image/png",), ResponseKind.BYTES, 200, "image/png"),
        ("get", "streams", (Item,), ResponseKind.EVENTS, 200, "text/event-stream"),
        ("get", "streams_bytes", ("text/csv",), ResponseKind.BYTE_STREAM, 200, "text/csv"),
        ("websocket", "exchanges", (Item, str), ResponseKind.WEBSOCKET, 101, ""),
    ],
)
def test_access_and_response_may_be_said_in_any_order(
    access_first: bool,
    is_public: bool,
    method: str,
    response: str,
    arguments: tuple[object, ...],
    kind: ResponseKind,
    status: int,
    media_type: str,
) -> None:
    routes = Routes("shop")
    access = ("public", ()) if is_public else ("requires", ("items", "read"))
    steps = [access, (response, arguments)]
    route = getattr(routes, method)("/shop/v1/a").operation_id("shop.a").summary("A")
    for name, given in steps if access_first else reversed(steps):
        route = getattr(route, name)(*given)
    route.handler(any_handler)
    routes.check()
    (operation,) = routes.operations
    assert operation.method == method.upper()
    assert operation.access is not None
    assert operation.access.is_public is is_public
    shape = operation.response
    assert shape is not None
    assert (shape.kind, shape.status, shape.media_type) == (kind, status, media_type)
