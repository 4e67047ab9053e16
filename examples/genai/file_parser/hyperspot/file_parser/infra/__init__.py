"""Translation out: the temporary files that uploads wait in."""
