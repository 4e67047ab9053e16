"""Translation in."""
