"""``gts``: what its commands print, and how they end."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from modkit.cli.mistakes import ExitCode

EVENT = "gts.x.core.events.type.v1~"
OLD, NEW = f"{EVENT}acme.shop.orders.placed.v1.0~", f"{EVENT}acme.shop.orders.placed.v1.1~"
FIRST = f"{OLD}acme.shop._.first.v1"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


@pytest.fixture(name="types")
def types_fixture(tmp_path: Path) -> Path:
    def version(type_id: str, **properties: Any) -> dict[str, Any]:
        parts = [
            {"$ref": f"gts://{EVENT}"},
            {"properties": properties, "required": list(properties)},
        ]
        return {"$schema": DRAFT_7, "$id": f"gts://{type_id}", "type": "object", "allOf": parts}

    documents = [
        {"$schema": DRAFT_7, "$id": f"gts://{EVENT}", "type": "object"},
        version(OLD),
        version(NEW, sku={"type": "string", "default": "none"}),
        {"id": FIRST, "status": "active"},
    ]
    folder = tmp_path / "types"
    folder.mkdir()
    (folder / "shop.json").write_text(json.dumps(documents))
    return folder


def gts(cli: Any, *arguments: object) -> tuple[int, str]:
    result = cli("gts", *map(str, arguments), modules=())
    return result.exit_code, result.output


def test_ids_are_validated_one_by_one(cli: Any) -> None:
    assert gts(cli, "validate-id", EVENT, "gts.x.*") == (0, f"valid: {EVENT}\nvalid: gts.x.*\n")
    status, text = gts(cli, "validate-id", EVENT, "gts.x.y~")
    assert status == ExitCode.FAILED
    assert "Invalid GTS identifier: gts.x.y~: segment 1: it has 2 of the parts" in text


def test_id_is_taken_apart(cli: Any) -> None:
    status, text = gts(cli, "parse-id", FIRST)
    assert (status, text.splitlines()) == (
        0,
        [
            "x.core.events.type  version 1  type",
            "acme.shop.orders.placed  version 1.0  type",
            "acme.shop._.first  version 1  instance",
        ],
    )


def test_match_fails_unless_all_are_covered(cli: Any) -> None:
    assert gts(cli, "match", "gts.x.*", EVENT) == (0, f"match: {EVENT}\n")
    assert gts(cli, "match", f"{EVENT}*", FIRST, EVENT) == (
        ExitCode.FAILED,
        f"match: {FIRST}\nno match: {EVENT}\n",
    )


def test_uuid_is_printed(cli: Any) -> None:
    assert gts(cli, "uuid", "gts.x.test5.events.type.v1~") == (
        0,
        "de567dcc-10ef-597d-8f82-3c999ed9b979\n",
    )


def test_lint_tells_file_and_line(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_text(f"{EVENT}\n")
    assert gts(cli, "lint", file) == (0, "")
    file.write_text("\ngts.x.core.events.type.v01~\n")
    assert gts(cli, "lint", file) == (
        ExitCode.FAILED,
        f"{file}:2: gts.x.core.events.type.v01~: segment 1: version 'v01' has a leading zero, write v1\n",
    )


def test_files_are_validated(cli: Any, types: Path) -> None:
    assert gts(cli, "validate", types) == (
        0,
        f"valid: {EVENT}\nvalid: {OLD}\nvalid: {NEW}\nvalid: {FIRST}\n",
    )
    (types / "wrong.json").write_text(json.dumps({"id": f"{NEW}a.b.c.d.v1"}))
    status, text = gts(cli, "validate", types)
    assert status == ExitCode.FAILED
    assert '"sku" is a required property' in text


@pytest.mark.parametrize(
    ("mode", "status"), [("full", ExitCode.FAILED), ("backward", ExitCode.FAILED), ("forward", 0)]
)
def test_compatibility_is_judged_in_the_wanted_direction(
    cli: Any, types: Path, mode: str, status: int
) -> None:
    found = gts(cli, "compat", OLD, NEW, "--from", types, "--mode", mode)
    assert found == (
        status,
        "backward: no, forward: yes, full: no\n/: sku is now required (breaks backward)\n",
    )


def test_instance_is_cast(cli: Any, types: Path) -> None:
    status, text = gts(cli, "cast", FIRST, NEW, "--from", types)
    assert (status, json.loads(text)) == (0, {"id": FIRST, "status": "active", "sku": "none"})
    status, text = gts(cli, "cast", OLD, NEW, "--from", types)
    assert (status, "must be an instance" in text) == (ExitCode.FAILED, True)


def test_query_prints_documents(cli: Any, types: Path) -> None:
    status, text = gts(cli, "query", "gts.x.*[status=active]", "--from", types)
    assert (status, json.loads(text)["results"]) == (0, [{"id": FIRST, "status": "active"}])


def test_attribute_is_printed(cli: Any, types: Path) -> None:
    assert gts(cli, "attr", f"{FIRST}@status", "--from", types) == (0, "active\n")
    status, text = gts(cli, "attr", f"{FIRST}@size", "--from", types)
    assert (status, "No value at size" in text) == (ExitCode.FAILED, True)


def test_references_are_followed(cli: Any, types: Path) -> None:
    assert gts(cli, "refs", FIRST, "--from", types) == (0, f"{FIRST}\n{OLD}\n{EVENT}\n")
    assert gts(cli, "refs", "gts.a.b.c.d.v1~", "--from", types)[0] == ExitCode.FAILED


def test_unreadable_file_is_named(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("{")
    status, text = gts(cli, "validate", file)
    assert (status, str(file) in text, "Traceback" in text) == (ExitCode.FAILED, True, False)


def test_json_is_for_programs(cli: Any) -> None:
    status, text = gts(cli, "validate-id", EVENT, "--format", "json")
    assert (status, json.loads(text)["valid"]) == (0, True)


def test_serve_answers_until_it_is_interrupted(types: Path) -> None:
    script = "from modkit.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", script, "gts", "serve", "--port", "0", "--from", str(types)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = process.stderr.readline().split()[-1]
    assert httpx.get(f"{address}/entities", trust_env=False).json()["total"] == 4
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert process.stderr.read() == "stopped\n"
    process.stderr.close()


def test_schema_of_a_class_is_printed(cli: Any) -> None:
    code, text = gts(cli, "schema", "modkit.plugin_type:BaseModkitPluginV1")
    assert code == 0
    assert json.loads(text)["$id"] == "gts://gts.x.core.modkit.plugin.v1~"


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("modkit.plugin_type", "write MODULE:CLASS"),
        ("modkit.nothing:Here", "No module named 'modkit.nothing'"),
        ("modkit.plugins:Plugin", "modkit.plugins.Plugin is no type"),
    ],
)
def test_other_classes_have_no_schema(cli: Any, target: str, fault: str) -> None:
    code, text = gts(cli, "schema", target)
    assert code == ExitCode.FAILED
    assert fault in " ".join(text.split())


def test_classes_are_generated_from_files(cli: Any, types: Path) -> None:
    code, text = gts(cli, "generate", NEW, "--from", types)
    assert code == 0
    assert f'@gts_type("{NEW}", base=TypeV1)' in text or f'"{NEW}",' in text
    assert "class PlacedV1_1(TypeV1):" in text
    assert gts(cli, "generate", types / "shop.json") == (0, text)


def test_nothing_is_generated_from_what_is_no_type(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"id": FIRST}))
    code, text = gts(cli, "generate", file)
    assert code == ExitCode.FAILED
    assert "no schema with an identifier" in " ".join(text.split())
