"""How a client's calls are carried out; tests put one of their own in its place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager

from modkit.http.options import CallOptions
from modkit.http.response import Response, StreamedResponse


class HttpTransport(ABC):
    """Carries out calls: the pool of connections, or a fake."""

    @abstractmethod
    async def request(self, method: str, url: str, options: CallOptions) -> Response:
        """Call *url* and read the whole answer; raises as ``HttpClient.request`` does."""

    @abstractmethod
    def stream(
        self, method: str, url: str, options: CallOptions
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """Call *url* and read the answer piece by piece; raises as ``HttpClient.stream`` does."""
