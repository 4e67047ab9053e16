"""Finding the installed modules by their entry points."""

from __future__ import annotations

from collections.abc import Iterable

from modkit.module import ModuleSpec, spec_of
from modkit.startup_error import Phase, StartupError

ENTRY_POINT_GROUP = "modkit.modules"


def installed_modules() -> tuple[ModuleSpec, ...]:
    """Return every installed module, in the order of names.

    A distribution declares a module in ``pyproject.toml``::

        [project.entry-points."modkit.modules"]
        rag = "hyperspot.rag:RagModule"

    Raises:
        StartupError: An entry point cannot be imported, is no module, or names it differently from ``@module``.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - costs 50 ms that `import modkit` must not pay

    classes: list[type] = []
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda item: item.name):
        distribution = entry.dist.name if entry.dist else "an unknown distribution"
        try:
            module_class = entry.load()
        except StartupError:
            raise
        except Exception as error:
            raise StartupError(
                Phase.COLLECT,
                f"{entry.value} of {distribution} cannot be imported: {error!r}",
                remedy=f"repair or uninstall {distribution}",
                module=entry.name,
            ) from error
        if not isinstance(module_class, type) or spec_of(module_class).name != entry.name:
            raise StartupError(
                Phase.COLLECT,
                f"the entry point {entry.name!r} of {distribution} names {entry.value}, which is not "
                f'decorated with @module(name="{entry.name}")',
                remedy="give the entry point the module's own name",
                module=entry.name,
            )
        classes.append(module_class)
    return specs_of(classes)


def specs_of(module_classes: Iterable[type]) -> tuple[ModuleSpec, ...]:
    """Return the specs of *module_classes*, in the order of names.

    Raises:
        StartupError: A class is no module, or two have the same name.
    """
    found: dict[str, ModuleSpec] = {}
    for module_class in module_classes:
        spec = spec_of(module_class)
        other = found.setdefault(spec.name, spec)
        if other is not spec:
            raise StartupError(
                Phase.COLLECT,
                f"{other.place} and {spec.place} are both the module {spec.name!r}",
                remedy="uninstall one of them, or rename it",
            )
    return tuple(found[name] for name in sorted(found))
