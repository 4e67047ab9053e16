"""What a request costs in process: ours against raw ASGI, Starlette, FastAPI and Litestar on the same task."""
# ruff: noqa: T201 - tables for a person to read

from __future__ import annotations

import importlib
import logging
from typing import Any

import msgspec
from asgi_call import Case, null_app, request, start_up, status_and_body
from measure import print_table, print_title, ratio, run, take_turns
from peers.documents import DOCUMENT_ID, TOKEN, document

PEERS = ("raw", "modkit_app", "starlette_msgspec", "litestar_app", "fastapi_app")
_BODY = msgspec.json.encode(document(DOCUMENT_ID, 5))
_BEARER = ((b"authorization", f"Bearer {TOKEN}".encode()),)
_DOCUMENT = f"/bench/v1/documents/{DOCUMENT_ID}"
_OWN = f"/bench/v1/own/{DOCUMENT_ID}"


def tasks(app: Any) -> dict[str, Case]:
    """Return the four requests to *app*."""
    return {
        "ping": request(app, "GET", "/bench/v1/ping"),
        "typed GET": request(app, "GET", _DOCUMENT, query="sections=5"),
        "the same + token": request(app, "GET", _OWN, query="sections=5", headers=_BEARER),
        "typed POST": request(app, "POST", "/bench/v1/documents", body=_BODY),
    }


def installed_peers() -> dict[str, Any]:
    """Return the applications whose libraries are there, and say which are not."""
    found: dict[str, Any] = {}
    for name in PEERS:
        try:
            found[name] = importlib.import_module(f"peers.{name}").app
        except ModuleNotFoundError as error:
            library = error.name or name
            print(
                f"{name} is left out: for it, `pip install {library}` into a separate environment"
            )
    return found


async def main() -> None:
    """Print one table for each request."""
    apps = installed_peers()
    for app in apps.values():
        await start_up(app)
    # No peer logs requests in process; bench_access_log.py tells what our log costs.
    logging.getLogger("modkit.access").setLevel(logging.WARNING)
    kinds = {name: tasks(app) for name, app in apps.items()}
    for task in kinds["raw"]:
        cases = {"null": request(null_app, "GET", "/"), **{n: kinds[n][task] for n in apps}}
        await _check(task, cases)
        print_title(f"{task}: CPU in microseconds per request, a null application subtracted")
        samples = await take_turns(cases)
        floor, raw = samples.pop("null"), samples["raw"]
        rows = [
            (
                name,
                f"{sample.least - floor.least:.1f}",
                f"{sample.median - floor.median:.1f}",
                f"{sample.least - raw.least:+.1f}",
                ratio(sample.least - floor.least, raw.least - floor.least),
            )
            for name, sample in samples.items()
        ]
        print_table(("", "least", "median", "over raw", "raw = 1"), rows)
        print(f"(null itself: {floor.least:.2f})")


async def _check(task: str, cases: dict[str, Case]) -> None:
    """Stop unless every application does the same work."""
    expected = None
    for name, case in cases.items():
        status, body = status_and_body(await case())
        if status != 200:
            raise SystemExit(f"{name} answers {task} with {status}: {body[:200]!r}")
        if name != "null":
            answer = msgspec.json.decode(body)
            expected = answer if expected is None else expected
            if answer != expected:
                raise SystemExit(f"{name} answers {task} differently: {body[:400]!r}")


if __name__ == "__main__":
    run(main)
