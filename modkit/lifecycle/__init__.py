"""The life of a module: hooks, states, background work, health, stop; its decorators are imported from ``modkit``."""
