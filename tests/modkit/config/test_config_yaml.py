from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modkit.config import Configuration, ConfigurationInvalid
from modkit.config.sources import MAX_FILE_BYTES


def refusal_of(tmp_path: Path, content: str | bytes) -> list[str]:
    file = tmp_path / "config.yaml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ConfigurationInvalid) as caught:
        Configuration.load(files=[file])
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)
CHAIN = "a0: &a0 {}\n" + "".join(f"a{n}: &a{n} {{x: *a{n - 1}}}\n" for n in range(1, 80))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("a: 1\nb:\n\t- x", "config.yaml:3:1: not valid YAML"),
        ("a: [1", "not valid YAML"),
        ("a: 1\nb: 2\na: 3", "config.yaml:3:1: duplicate key a, first at line 1"),
        ("x:\n  no: 1", 'config.yaml:2:3: a key must be text; write it in quotes: "no"'),
        ("1: x", "config.yaml:1:1: a key must be text"),
        ("[a]: x", "config.yaml:1:1: a key must be text"),
        ("- a", "config.yaml:1: the file must hold a mapping"),
        ("text", "config.yaml:1: the file must hold a mapping"),
        ("a: 1\n---\nb: 2", "config.yaml:2:1: a second document"),
        ("a: !!python/name:os.system x", "config.yaml:1:4: tags are not supported"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "config.yaml:3:3: merge keys"),
        ("a: *x", "the alias *x has no anchor"),
        ("a: &x [*x]", "stands inside its own anchor"),
        (LAUGHS, "values, aliases counted in full"),
        (CHAIN, "nested more than 64 levels deep"),
        ("a: " + "[" * 100_000, "nested more than 64 levels deep"),
        (b"a: 1\nb: \xff", "config.yaml:2: the file is not UTF-8 text"),
        ("a: \x00", "not valid YAML"),
        ("#" * (MAX_FILE_BYTES + 1), "config.yaml: larger than 1048576 bytes"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_bad_yaml_is_refused_with_its_place(
    tmp_path: Path, content: str | bytes, problem: str
) -> None:
    assert any(problem in found for found in refusal_of(tmp_path, content))


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: 1\na: 2\nno: 3\n")
    with pytest.raises(ConfigurationInvalid) as caught:
        Configuration.load(
            files=[tmp_path / "one.yaml", tmp_path / "two.yaml"],
            environ={"MODKIT_A__": "x"},
            overrides=["nothing"],
        )
    places = [
        problem.origin.place.removeprefix(f"{tmp_path}/") for problem in caught.value.problems
    ]
    assert places == ["one.yaml:2:1", "one.yaml:3:1", "two.yaml", "MODKIT_A__", "--set number 1"]


@pytest.mark.parametrize("content", ["", "# nothing\n", "---\n", "\ufeff", "{}"])
def test_an_empty_file_says_nothing(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(content, encoding="utf-8")
    assert Configuration.load(files=[file]).check({}) == {}


TEXTS = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader  # every scalar is text
yaml_like = st.text(alphabet="ab: \n-[]{}&*!|>'\"#%,?\t<~0", max_size=60).map(str.encode)


@given(content=st.binary(max_size=200) | yaml_like)
def test_random_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("random") / "config.yaml"
    file.write_bytes(content)
    try:
        sections = list(Configuration.load(files=[file]).root.entries)
    except ConfigurationInvalid as error:
        places = [problem.origin.place for problem in error.problems]
        assert places
        assert all(place.startswith(str(file)) for place in places)
    else:
        written = yaml.load(content, Loader=TEXTS)
        assert sections == (list(written) if isinstance(written, dict) else [])
