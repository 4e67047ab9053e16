"""HyperSpot as one command: which modules make up the platform, and its profile for a laptop."""

from hyperspot.platform.main import APPLICATION, main

__all__ = ["APPLICATION", "main"]
