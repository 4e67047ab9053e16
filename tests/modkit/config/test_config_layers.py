from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import Factory, frozen
from hypothesis import given
from hypothesis import strategies as st

from modkit.config import Configuration, ConfigurationInvalid
from modkit.config.tree import find
from modkit.secret import Secret


@frozen(kw_only=True)
class TlsConfig:
    certificate: str = "cert.pem"


@frozen(kw_only=True)
class ServerConfig:
    host: str = "localhost"
    port: int = 80
    hosts: list[str] = Factory(list)
    labels: dict[str, int] = Factory(dict)
    tls: TlsConfig | None = None


names = st.sampled_from(["a", "b", "c", "d"])
trees = st.recursive(
    st.integers(0, 999),
    lambda below: st.dictionaries(names, below, min_size=1, max_size=3),
    max_leaves=8,
).filter(lambda tree: isinstance(tree, dict))


def leaves(
    tree: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], int]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def stacked(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """What the layers say together, by the rule: maps merge, anything else replaces."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            if isinstance(below, dict) and isinstance(value, dict):
                value = stacked(below, value)
            result[key] = value
    return result


@given(default=trees, low=trees, high=trees, variables=trees, flags=trees)
def test_a_higher_layer_wins(
    tmp_path_factory: pytest.TempPathFactory,
    default: dict[str, Any],
    low: dict[str, Any],
    high: dict[str, Any],
    variables: dict[str, Any],
    flags: dict[str, Any],
) -> None:
    folder = tmp_path_factory.mktemp("layers")
    (folder / "low.yaml").write_text(json.dumps({"x": low}))
    (folder / "high.yaml").write_text(json.dumps({"x": high}))
    environ = {f"T_X__{'__'.join(keys).upper()}": str(value) for keys, value in leaves(variables)}
    overrides = [f"x.{'.'.join(keys)}={value}" for keys, value in leaves(flags)]
    configuration = Configuration.load(
        files=[folder / "low.yaml", folder / "high.yaml"],
        environ=environ,
        env_prefix="T_",
        overrides=overrides,
        defaults={"x": default},
    )
    expected = stacked(default, low, high, variables, flags)
    for keys, value in leaves(expected):
        node = find(configuration.root, ("x", *keys))
        assert node is not None
        assert getattr(node, "shown", None) == str(value)


def load(tmp_path: Path, *files: str, **sources: Any) -> Configuration:
    paths: list[Path] = []
    for number, text in enumerate(files):
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_text(text)
    return Configuration.load(files=paths, **sources)


def test_maps_merge_and_lists_replace(tmp_path: Path) -> None:
    configuration = load(
        tmp_path,
        "server: {hosts: [a, b], labels: {x: 1, y: 2}}",
        "server: {hosts: [c], labels: {y: 3, z: 4}}",
    )
    server = configuration.section("server", ServerConfig)
    assert server.hosts == ["c"]
    assert server.labels == {"x": 1, "y": 3, "z": 4}


@pytest.mark.parametrize(
    ("upper", "expected"),
    [("server:", 8080), ("server: null", 80), ("server: {}", 8080)],
    ids=["nothing", "null", "empty"],
)
def test_null_resets_a_section_and_nothing_leaves_it(
    tmp_path: Path, upper: str, expected: int
) -> None:
    configuration = load(tmp_path, "server: {port: 8080}", upper)
    assert configuration.section("server", ServerConfig).port == expected


def test_null_turns_an_optional_section_off(tmp_path: Path) -> None:
    configuration = load(tmp_path, "server: {tls: {certificate: x}}", "server: {tls: null}")
    assert configuration.section("server", ServerConfig).tls is None


@pytest.mark.parametrize(
    ("variable", "text", "attribute", "expected"),
    [
        ("PORT", "8080", "port", 8080),
        ("HOST", "8080", "host", "8080"),
        ("HOST", "no", "host", "no"),
        ("HOST", "[a]", "host", "[a]"),
        ("HOST", "", "host", ""),
        ("HOST", "${HOME}", "host", "${HOME}"),
        ("HOSTS", "[a, 'no']", "hosts", ["a", "no"]),
        ("LABELS", "{a: 1}", "labels", {"a": 1}),
        ("LABELS__A", "1", "labels", {"a": 1}),
        ("TLS", "null", "tls", None),
        ("TLS__CERTIFICATE", "x", "tls", TlsConfig(certificate="x")),
    ],
)
def test_the_field_decides_what_a_variable_means(
    variable: str, text: str, attribute: str, expected: object
) -> None:
    configuration = Configuration.load(environ={f"MODKIT_SERVER__{variable}": text})
    assert getattr(configuration.section("server", ServerConfig), attribute) == expected


def test_a_mapping_in_a_variable_merges_with_others(tmp_path: Path) -> None:
    configuration = load(
        tmp_path,
        "server: {labels: {a: 1, b: 1}}",
        environ={"MODKIT_SERVER__LABELS": "{b: 2, c: 2}"},
        overrides=["server.labels.c=3", 'server.labels["d.e"]=3'],
    )
    labels = configuration.section("server", ServerConfig).labels
    assert labels == {"a": 1, "b": 2, "c": 3, "d.e": 3}


@pytest.mark.parametrize(
    "environ",
    [
        {"MODKIT_SERVER__": "1"},
        {"MODKIT_SERVER____PORT": "1"},
        {"MODKIT_SERVER__PORT": "1", "MODKIT_server__port": "1"},
        {"MODKIT_SERVER__PORT": "1", "MODKIT_SERVER__PORT__X": "1"},
        {"MODKIT_SERVER__HOST": "\udcff"},
        {"MODKIT_" + "A__" * 100 + "B": "1"},
    ],
    ids=["no key", "empty part", "twice", "below a value", "not text", "deep"],
)
def test_bad_variables_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        Configuration.load(environ=environ)
    assert caught.value.problems[0].origin.place in environ


def test_variables_that_do_not_nest_are_not_ours() -> None:
    environ = {"MODKIT_SERVICE_HOST": "10.0.0.1", "MODKIT_HOME": "x", "OTHER_SERVER__PORT": "1"}
    assert Configuration.load(environ=environ).check({"server": ServerConfig})


def test_a_variable_with_one_underscore_too_few_is_told() -> None:
    configuration = Configuration.load(environ={"MODKIT_SERVER_PORT": "1"})
    with pytest.raises(
        ConfigurationInvalid, match="MODKIT_SERVER_PORT: sets nothing; two underscores"
    ):
        configuration.check({"server": ServerConfig})


@pytest.mark.parametrize("override", ["hunter2", "=hunter2", "a..b=hunter2", "a[0]=hunter2"])
def test_a_bad_override_is_refused_without_its_value(override: str) -> None:
    with pytest.raises(ConfigurationInvalid) as caught:
        Configuration.load(overrides=[override])
    assert "hunter2" not in str(caught.value)


def test_overrides_on_top_leave_the_original_alone(tmp_path: Path) -> None:
    original = load(tmp_path, "server: {port: 1, host: a}", overrides=["server.port=2"])
    changed = original.with_overrides(["server.port=3"])
    assert original.section("server", ServerConfig).port == 2
    assert changed.section("server", ServerConfig) == ServerConfig(port=3, host="a")


def test_a_missing_variable_matters_only_where_nothing_replaces_it(tmp_path: Path) -> None:
    text = "server:\n  port: ${PORT}\n"
    with pytest.raises(
        ConfigurationInvalid, match=r"server.port \(.*0.yaml:2\): .* PORT is not set"
    ):
        load(tmp_path, text).section("server", ServerConfig)
    replaced = load(tmp_path, text, overrides=["server.port=1"])
    assert replaced.section("server", ServerConfig).port == 1


@pytest.mark.parametrize("written", ["${P}", '"${P}"', "'80${Q:-80}'"])
def test_references_are_filled_in_before_the_type_is_checked(tmp_path: Path, written: str) -> None:
    configuration = load(tmp_path, f"server:\n  port: {written}", environ={"P": "8080"})
    assert configuration.section("server", ServerConfig).port == 8080


def test_defaults_take_objects() -> None:
    defaults = {"server": ServerConfig(port=1, tls=TlsConfig())}
    assert (
        Configuration.load(defaults=defaults).section("server", ServerConfig) == defaults["server"]
    )


@pytest.mark.parametrize("value", [object(), b"x", {1: "x"}, [{"a": object()}]])
def test_defaults_of_other_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        Configuration.load(defaults={"x": value})


def test_the_representation_shows_no_values() -> None:
    configuration = Configuration.load(
        environ={"MODKIT_DATABASE__PASSWORD": "hunter2"}, defaults={"x": {"y": Secret("hunter2")}}
    )
    assert "hunter2" not in repr(configuration)
    assert "hunter2" not in repr(configuration.root)


@pytest.mark.parametrize("overrides", [["x"], ["a.b=\udcff"]], ids=["no value", "not text"])
def test_bad_overrides_on_top_are_refused(overrides: list[str]) -> None:
    with pytest.raises(ConfigurationInvalid):
        Configuration.load().with_overrides(overrides)


def test_a_reference_to_a_variable_that_is_not_text_is_told(tmp_path: Path) -> None:
    configuration = load(tmp_path, "server:\n  host: ${RAW}", environ={"RAW": "\udcff"})
    with pytest.raises(ConfigurationInvalid, match="gives what is not UTF-8 text"):
        configuration.section("server", ServerConfig)
