"""Translation in: what the outside asks."""
