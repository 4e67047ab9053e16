"""Translation out: files."""
