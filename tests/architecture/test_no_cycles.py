"""No import cycles between files, not even under TYPE_CHECKING or inside functions."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tests.source_tree import imports, sources


def test_no_file_imports_itself_by_way_of_others() -> None:
    modules = {source.module for source in sources()}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for source in sources():
        for module, name, _ in imports(source):
            member = f"{module}.{name}"
            target = member if member in modules else module
            if target in modules:
                graph[source.module].add(target)
    try:
        TopologicalSorter(graph).prepare()
        cycle = []
    except CycleError as error:
        cycle = error.args[1]
    assert not cycle, f"{' <- '.join(cycle)}: move what both need into a third file"
