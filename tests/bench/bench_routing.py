"""What finding a route costs among 500: the first and the last, static and with a parameter, and none at all."""

from __future__ import annotations

import logging
from typing import Any

from asgi_call import null_app, request
from measure import print_table, print_title, ratio, run, take_turns
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from modkit.rest import Hosting, RestApi, Routes

COUNT = 500
PLACES = {
    "first static": "/svc0/v1/items",
    "last static": f"/svc{COUNT - 2}/v1/items",
    "first with parameter": "/svc1/v1/items/abc123/sub",
    "last with parameter": f"/svc{COUNT - 1}/v1/items/abc123/sub",
    "none fits": "/nowhere/v1/items",
}


def _template(number: int) -> str:
    return f"/svc{number}/v1/items/{{item_id}}/sub" if number % 2 else f"/svc{number}/v1/items"


def modkit_app() -> RestApi:
    """Return our application with 500 routes."""
    routes = Routes("bench", root_paths=True)

    async def of_item(item_id: str) -> bytes:
        return b"ok"

    async def all_items() -> bytes:
        return b"ok"

    for number in range(COUNT):
        route = (
            routes.get(_template(number))
            .operation_id(f"bench.get_{number}")
            .summary("Answer")
            .public()
            .returns_bytes("text/plain")
        )
        route.handler(of_item if number % 2 else all_items)
    api = RestApi(Hosting())
    api.mount("bench", routes.operations)
    return api


def starlette_app() -> Starlette:
    """Return Starlette with the same routes."""

    async def answer(request: Any) -> Response:
        return Response(b"ok", media_type="text/plain")

    return Starlette(routes=[Route(_template(number), answer) for number in range(COUNT)])


async def main() -> None:
    """Print the table."""
    apps: dict[str, Any] = {"modkit": modkit_app(), "starlette": starlette_app()}
    logging.getLogger("modkit").setLevel(logging.CRITICAL)
    cases = {
        (name, place): request(app, "GET", path)
        for name, app in apps.items()
        for place, path in PLACES.items()
    }
    print_title(f"routing, {COUNT} routes: CPU in microseconds per request, null subtracted")
    samples = await take_turns({("null", ""): request(null_app, "GET", "/"), **cases})
    floor = samples.pop(("null", "")).least
    rows: list[tuple[str, ...]] = []
    for (name, place), sample in samples.items():
        first = samples[name, place.replace("last", "first")]
        rows.append(
            (
                f"{name}: {place}",
                f"{sample.least - floor:.1f}",
                f"{sample.median - floor:.1f}",
                ratio(sample.least - floor, first.least - floor) if "last" in place else "",
            )
        )
    print_table(("", "least", "median", "first = 1"), rows)


if __name__ == "__main__":
    run(main)
