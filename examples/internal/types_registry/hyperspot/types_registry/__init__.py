"""Keeps the types and instances of the global type system, checked."""

from hyperspot.types_registry.module import TypesRegistryModule

__all__ = ["TypesRegistryModule"]
