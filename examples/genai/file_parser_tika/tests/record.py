"""Record `exchanges.jsonl` from a running server: ``python tests/record.py http://127.0.0.1:9998``."""

from __future__ import annotations

import asyncio
import sys

import msgspec
from tika_exchanges import RECORDED, Exchange, digest, documents

from modkit.http import EgressPolicy, HttpClient, HttpClientConfig

ANYWHERE = EgressPolicy(allow_http=True, allowed_networks=("0.0.0.0/0", "::/0"))
SENT = {"accept": "application/json", "maxembeddedresources": "10000", "writelimit": "50000000"}


async def main(url: str) -> None:
    lines: list[bytes] = []
    async with HttpClient.open(HttpClientConfig(egress=ANYWHERE)) as client:
        for name, media_type, data in documents():
            headers = {**SENT, "content-type": media_type}
            response = await client.put(f"{url}/rmeta/xml", content=data, headers=headers)
            exchange = Exchange(
                name=name,
                sha256=digest(data),
                media_type=media_type,
                status=response.status,
                body=response.text(),
            )
            lines.append(msgspec.json.encode(exchange))
    RECORDED.write_bytes(b"\n".join(lines) + b"\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
