from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
import yaml
from attrs import Factory, field, frozen, validators
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from modkit.config import Configuration, ConfigurationInvalid, as_text, effective
from modkit.secret import Secret


class Mode(StrEnum):
    FAST = "fast"
    SLOW = "slow"


class Level(Enum):
    LOW = 1
    HIGH = 2


@frozen(kw_only=True)
class Pool:
    size: Annotated[int, Meta(ge=1, le=9)] = 2
    below: Pool | None = None


DEFAULT_KEY = Secret("default-value")


@frozen(kw_only=True)
class Everything:
    text: Annotated[str, Meta(min_length=1, max_length=5, pattern="^[a-z]+$")] = "abc"
    count: Annotated[int, Meta(gt=0, multiple_of=5)] = 5
    ratio: Annotated[float, Meta(ge=0, lt=1)] = 0.5
    is_on: bool = False
    folder: Path = Path("var")
    owner: UUID | None = None
    mode: Mode = Mode.FAST
    level: Level = Level.LOW
    choice: Literal["a", "b", 3] = "a"
    key: Secret[str] | None = None
    long_key: Annotated[Secret[str], Meta(min_length=8)] = DEFAULT_KEY
    names: Annotated[list[str], Meta(max_length=2)] = Factory(list)
    pair: tuple[int, str] = (1, "x")
    marks: frozenset[int] = frozenset()
    pools: dict[str, Pool] = Factory(dict)
    by_mode: dict[Mode, int] = Factory(dict)
    keys: list[Secret[str]] = Factory(list)
    either: int | str = 1
    anything: Any = None


@frozen(kw_only=True)
class Required:
    url: str
    pool: Pool = Pool()


@frozen(kw_only=True)
class Ordered:
    low: int = 0
    high: int = 1

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"low must not be above high, found {self.low} > {self.high}")


@frozen(kw_only=True)
class Switch:
    enabled: bool = True


def read(tmp_path: Path, text: str) -> Configuration:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return Configuration.load(files=[file])


def section(tmp_path: Path, text: str) -> Everything:
    return read(tmp_path, f"x:\n  {text}").section("x", Everything)


@pytest.mark.parametrize(
    ("text", "attribute", "expected"),
    [
        ("count: 10", "count", 10),
        ("ratio: 0", "ratio", 0.0),
        ("is_on: yes", "is_on", True),
        ("folder: a/b", "folder", Path("a/b")),
        ("owner: 00000000-0000-0000-0000-000000000001", "owner", UUID(int=1)),
        ("mode: slow", "mode", Mode.SLOW),
        ("level: 2", "level", Level.HIGH),
        ("choice: 3", "choice", 3),
        ("key: null", "key", None),
        ("key: 'no'", "key", Secret("no")),
        ("names: [a, b]", "names", ["a", "b"]),
        ("pair: [2, y]", "pair", (2, "y")),
        ("marks: [1, 1, 2]", "marks", frozenset({1, 2})),
        ("pools: {a: {size: 3}, b: }", "pools", {"a": Pool(size=3), "b": Pool()}),
        ("pools: {a: {below: {size: 1}}}", "pools", {"a": Pool(below=Pool(size=1))}),
        ("by_mode: {fast: 1}", "by_mode", {Mode.FAST: 1}),
        ("keys: [a]", "keys", [Secret("a")]),
        ("either: 5", "either", 5),
        ("either: '5'", "either", "5"),
        ("anything: {a: [1, b, null]}", "anything", {"a": [1, "b", None]}),
    ],
)
def test_a_value_takes_the_type_of_its_field(
    tmp_path: Path, text: str, attribute: str, expected: object
) -> None:
    assert getattr(section(tmp_path, text), attribute) == expected


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("text: no", "text", "expected text (write the value in quotes), found the boolean no"),
        ("text: 1.10", "text", "expected text (write the value in quotes), found the number 1.10"),
        ("text: [a]", "text", "expected text, found a list"),
        ("text:", "text", "expected text, found nothing"),
        (
            "text: ''",
            "text",
            "must have at least 1 characters and must match the pattern ^[a-z]+$, found the text ''",
        ),
        ("text: abcdef", "text", "must have at most 5 characters, found the text 'abcdef'"),
        ("count: 0", "count", "must be > 0, found the number 0"),
        ("count: 7", "count", "must be a multiple of 5, found the number 7"),
        ("count: 5.0", "count", "expected an integer, found the number 5.0"),
        ("count: true", "count", "expected an integer, found the boolean true"),
        ("count: '5'", "count", "expected an integer, found the text '5'"),
        ("ratio: 1", "ratio", "must be < 1, found the number 1"),
        ("ratio: .nan", "ratio", "expected a finite number, found the number .nan"),
        ("is_on: 1", "is_on", "expected true or false, found the number 1"),
        ("folder: ''", "folder", "expected a path, found the text ''"),
        ("owner: x", "owner", "expected a UUID, found the text 'x'"),
        (
            "mode: slwo",
            "mode",
            "expected one of: fast, slow, found the text 'slwo' (did you mean slow?)",
        ),
        ("level: 3", "level", "expected one of: 1, 2, found the number 3"),
        ("choice: c", "choice", "expected one of: a, b, 3, found the text 'c'"),
        ("names: a", "names", "expected a list of text, found the text ***"),
        (
            "names: [a, 1]",
            "names[1]",
            "expected text (write the value in quotes), found the number 1",
        ),
        ("names: [a, b, c]", "names", "must have at most 2 entries, found a list"),
        ("pair: [1]", "pair", "expected a list of 2 entries, found 1"),
        ("pools: {a: {size: 0}}", "pools.a.size", "must be >= 1, found the number 0"),
        (
            "pools: {a: {sise: 1}}",
            "pools.a.sise",
            "unknown key (did you mean size?); expected one of: size, below",
        ),
        (
            "pools: {a: 3}",
            "pools.a",
            "expected a mapping with the keys size, below, found the number ***",
        ),
        (
            "by_mode: {fats: 1}",
            "by_mode.fats",
            "expected one of: fast, slow, found the text 'fats' (did you mean fast?)",
        ),
        ("either: [1]", "either", "expected an integer or text, found a list"),
    ],
)
def test_a_wrong_value_is_told_with_path_place_and_what_is_accepted(
    tmp_path: Path, text: str, path: str, message: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        section(tmp_path, text)
    (problem,) = caught.value.problems
    assert problem.path == f"x.{path}"
    assert problem.message == message
    assert problem.origin.place == f"{tmp_path}/config.yaml:2"


def test_a_missing_required_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        read(tmp_path, "x: {pool: {size: 99}}").section("x", Required)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("x.url", "required, and not set; expected text"),
        ("x.pool.size", "must be <= 9, found the number 99"),
    ]


def test_relations_between_keys_are_told_at_the_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"x \(.*:1\): low must not be above high"):
        read(tmp_path, "x: {low: 3}").section("x", Ordered)


def test_a_validator_of_attrs_is_told_without_its_internals(tmp_path: Path) -> None:
    @frozen(kw_only=True)
    class Chosen:
        number: int = field(default=1, validator=validators.in_([1, 2]))

    with pytest.raises(ConfigurationInvalid) as caught:
        read(tmp_path, "x: {number: 7}").section("x", Chosen)
    assert caught.value.problems[0].message.startswith("'number' must be in [1, 2] (got 7)")


def test_a_missing_section_has_all_defaults() -> None:
    assert Configuration.load().section("modules.rag.config", Everything) == Everything()


def test_a_value_where_a_section_is_expected_is_told() -> None:
    configuration = Configuration.load(overrides=["modules=3"])
    with pytest.raises(ConfigurationInvalid, match="expected a mapping"):
        configuration.section("modules.rag.config", Everything)
    with pytest.raises(
        ConfigurationInvalid, match=r"modules \(--set modules\): expected a mapping"
    ):
        configuration.check({"modules.rag.config": Everything})


def test_check_tells_all_problems_of_all_sections(tmp_path: Path) -> None:
    text = """
    server: {size: 0}
    loging: {}
    modules:
      rga: {enabled: true}
      rag:
        enabeld: true
        config: {low: x}
    """
    with pytest.raises(ConfigurationInvalid) as caught:
        read(tmp_path, text).check(
            {"server": Pool, "logging": Pool, "modules.rag": Switch, "modules.rag.config": Ordered}
        )
    assert {problem.path for problem in caught.value.problems} == {
        "server.size",
        "loging",
        "modules.rga",
        "modules.rag.enabeld",
        "modules.rag.config.low",
    }
    assert "no such module is installed (did you mean rag?); expected one of: rag" in str(
        caught.value
    )
    assert "6 problems" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 6


def test_a_section_may_lie_inside_another(tmp_path: Path) -> None:
    sections = {"modules.rag": Switch, "modules.rag.config": Ordered, "server": Pool}
    made = read(tmp_path, "modules: {rag: {enabled: no, config: {high: 7}}}").check(sections)
    assert made == {
        "modules.rag": Switch(enabled=False),
        "modules.rag.config": Ordered(high=7),
        "server": Pool(),
    }


def test_a_section_must_not_hide_a_key_of_another() -> None:
    with pytest.raises(TypeError, match="pool is both a key and a section"):
        Configuration.load().check({"x": Required, "x.pool": Pool})


@pytest.mark.parametrize("kind", [timedelta, bytes, Secret[int], complex, type("Port", (int,), {})])
def test_a_type_that_no_configuration_can_hold_is_refused(kind: Any) -> None:
    section_class = frozen(kw_only=True)(
        type("Odd", (), {"__annotations__": {"x": kind}, "x": None})
    )
    with pytest.raises(TypeError, match="configuration"):
        Configuration.load().section("odd", section_class)


# --- secrets -----------------------------------------------------------------------------------

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        f"key: [{SECRET}]",
        f"key: {{a: {SECRET}}}",
        f"long_key: {SECRET}",
        f"keys: {SECRET}",
        f"keys: {{a: {SECRET}}}",
        f"pools: {SECRET}",
        "key: 4711",
        "long_key: 4711",
    ],
)
def test_no_problem_shows_a_secret(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        section(tmp_path, text)
    assert SECRET not in f"{caught.value} {caught.value!r}"
    assert "4711" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("source", ["file", "environment", "command line", "reference"])
def test_a_secret_from_any_layer_is_held_and_never_shown(tmp_path: Path, source: str) -> None:
    files = {"file": f"x: {{key: {SECRET}}}", "reference": "x:\n  key: ${KEY}"}
    (tmp_path / "config.yaml").write_text(files.get(source, ""))
    configuration = Configuration.load(
        files=[tmp_path / "config.yaml"],
        environ={"KEY": SECRET} | ({"MODKIT_X__KEY": SECRET} if source == "environment" else {}),
        overrides=[f"x.key={SECRET}"] if source == "command line" else [],
    )
    made = configuration.section("x", Everything)
    assert made.key == Secret(SECRET)
    assert (
        SECRET
        not in f"{made} {configuration} {as_text(effective(configuration, {'x': Everything}))}"
    )


def test_a_secret_is_read_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(f"{SECRET}\n")
    assert section(tmp_path, "key: file:key.txt").key == Secret(SECRET)


def test_a_missing_secret_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationInvalid, match=r"x.key \(.*:2\): cannot read the secret from .*key.txt"
    ):
        section(tmp_path, "key: file:key.txt")


def test_a_text_field_keeps_its_file_url(tmp_path: Path) -> None:
    assert read(tmp_path, "x: {url: file:key.txt}").section("x", Required).url == "file:key.txt"


def test_a_value_from_a_variable_is_shown_as_written(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("x:\n  count: ${COUNT}")
    configuration = Configuration.load(files=[tmp_path / "config.yaml"], environ={"COUNT": SECRET})
    with pytest.raises(ConfigurationInvalid) as caught:
        configuration.section("x", Everything)
    assert "found the text '${COUNT}'" in str(caught.value)
    assert SECRET not in str(caught.value)


# --- every wrong key is found ------------------------------------------------------------------

VALID: dict[str, Any] = {
    "server": {"size": 3, "below": {"size": 4, "below": {"size": 5}}},
    "modules": {"rag": {"enabled": True, "config": {"low": 1, "high": 2}}},
}
SECTIONS: dict[str, type] = {"server": Pool, "modules.rag": Switch, "modules.rag.config": Ordered}


def places(tree: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from places(value, (*above, key))


def mutated(keys: tuple[str, ...], change: Callable[[dict[str, Any], str], None]) -> dict[str, Any]:
    tree = copy.deepcopy(VALID)
    here = tree
    for key in keys[:-1]:
        here = here[key]
    change(here, keys[-1])
    return tree


@given(keys=st.sampled_from(sorted(places(VALID))), added=st.text(alphabet="abz_", min_size=1))
def test_a_changed_key_is_reported_with_its_exact_path_and_line(
    tmp_path_factory: pytest.TempPathFactory, keys: tuple[str, ...], added: str
) -> None:
    wrong = (*keys[:-1], keys[-1] + added)

    def rename(here: dict[str, Any], key: str) -> None:
        here[wrong[-1]] = here.pop(key)

    file = tmp_path_factory.mktemp("mutated") / "config.yaml"
    file.write_text(yaml.safe_dump(mutated(keys, rename)))
    configuration = Configuration.load(files=[file])
    with pytest.raises(ConfigurationInvalid) as caught:
        configuration.check(SECTIONS)
    (problem,) = caught.value.problems
    assert problem.keys == wrong
    line = int(problem.origin.place.rpartition(":")[2])
    assert file.read_text().splitlines()[line - 1].strip().startswith(f"{wrong[-1]}:")


@given(
    keys=st.sampled_from(sorted(places(VALID))),
    wrong=st.sampled_from(["text", [1], 1.5, [None]]),
)
def test_a_changed_value_is_reported_with_its_exact_path(
    keys: tuple[str, ...], wrong: object
) -> None:
    def replace(here: dict[str, Any], key: str) -> None:
        here[key] = wrong

    configuration = Configuration.load(defaults=mutated(keys, replace))
    with pytest.raises(ConfigurationInvalid) as caught:
        configuration.check(SECTIONS)
    assert [problem.keys for problem in caught.value.problems] == [keys]
