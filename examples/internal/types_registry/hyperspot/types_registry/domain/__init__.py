"""Rules of types_registry."""
