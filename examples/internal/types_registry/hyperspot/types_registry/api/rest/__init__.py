"""HTTP face of types_registry."""
