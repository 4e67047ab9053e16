"""The API document of a whole platform: valid, complete, and its examples fit their schemas."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV31SpecValidator

from hyperspot.platform import APPLICATION
from modkit.application import Application
from modkit.cli import command_line
from tests.platform.shop_platform import modules
from tests.platform.shop_run import SCRIPT, running_shop

SHOP = Application(
    name="shop",
    summary="A shop.",
    version="1.0.0",
    env_prefix="SHOP_",
    default_file=APPLICATION.default_file,
    modules=modules,
)
Document = dict[str, Any]


@pytest.fixture(
    name="document", scope="module", params=[APPLICATION, SHOP], ids=lambda item: str(item.name)
)
def document_fixture(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Document:
    home: Path = tmp_path_factory.mktemp("home")
    file = home / "openapi.json"
    arguments = ["-s", f"server.home_dir={home}", "openapi", "-o", str(file)]
    result = CliRunner().invoke(command_line(request.param), arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found: Document = json.loads(file.read_bytes())
    return found


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(document: Document, part: Document) -> Document:
    """Follow references inside the document to what they name."""
    while "$ref" in part:
        found: Any = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def contents(document: Document) -> Iterator[tuple[str, Document]]:
    """Yield every body that the document describes, with what to call it."""
    for name, operation in operations(document):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} {media_type}", content
        for status, answer in operation["responses"].items():
            found = resolved(document, answer).get("content", {})
            for media_type, content in found.items():
                yield f"{name} {status} {media_type}", content


def validator(document: Document, schema: Document) -> jsonschema_rs.Validator:
    whole = {"components": {"schemas": document["components"]["schemas"]}, **schema}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def test_document_is_valid_openapi(document: Document) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_explains_itself(document: Document) -> None:
    for name, operation in operations(document):
        assert re.fullmatch(r"[a-z0-9_]+\.[a-z0-9_]+", operation["operationId"]), name
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert "security" in operation, name


def test_every_tag_is_declared(document: Document) -> None:
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used


def test_every_error_is_a_problem_document(document: Document) -> None:
    for name, operation in operations(document):
        failures = {status for status in operation["responses"] if status >= "400"}
        assert {"400", "414", "431", "500", "503"} <= failures, name
        for status in failures:
            answer = resolved(document, operation["responses"][status])
            assert list(answer["content"]) == ["application/problem+json"], (name, status)
            assert answer["content"]["application/problem+json"]["examples"], (name, status)


def test_every_answer_has_a_request_id(document: Document) -> None:
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert "X-Request-Id" in resolved(document, answer)["headers"], (name, status)


def test_every_json_body_has_an_example(document: Document) -> None:
    missing = [
        name
        for name, content in contents(document)
        if name.endswith("json") and not content.get("examples")
    ]
    # The document itself and a streamed export are the JSON bodies that are sent as bytes, without a schema of their own.
    assert sorted(missing) == [
        "GET /openapi.json 200 application/json",
        "GET /types-registry/v1/export 200 application/json",
    ]


def test_every_example_fits_its_schema(document: Document) -> None:
    checked = 0
    for name, content in contents(document):
        check = validator(document, content["schema"])
        for label, example in content.get("examples", {}).items():
            value = resolved(document, example)["value"]
            assert [error.message for error in check.iter_errors(value)] == [], (name, label)
            checked += 1
    assert checked > 20


def test_every_default_of_a_parameter_fits_its_schema(document: Document) -> None:
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            if "default" in schema:
                assert validator(document, schema).is_valid(schema["default"]), name


def test_every_schema_is_used(document: Document) -> None:
    text = json.dumps(document)
    unused = [
        name
        for name in document["components"]["schemas"]
        if f'"#/components/schemas/{name}"' not in text
    ]
    assert unused == []


def test_files_of_the_page_are_served_but_not_shown(tmp_path: Path) -> None:
    with running_shop(tmp_path) as url:
        with urllib.request.urlopen(f"{url}/openapi.json") as answer:
            served = json.load(answer)
        with urllib.request.urlopen(f"{url}/docs/assets/swagger-ui.css") as answer:
            assert answer.status == 200
    assert "/openapi.json" in served["paths"]
    assert not [path for path in served["paths"] if path.startswith("/docs")]


def test_the_command_writes_the_document_that_is_served(tmp_path: Path) -> None:
    with running_shop(tmp_path) as url, urllib.request.urlopen(f"{url}/openapi.json") as answer:
        served = answer.read()
    ingress = "modules.api_ingress.config"
    settings = (
        f"server.home_dir={tmp_path}",
        f"{ingress}.enable_docs=true",
        f"{ingress}.auth_disabled=true",
    )
    options = [part for setting in settings for part in ("-s", setting)]
    file = tmp_path / "openapi.json"
    # The same script, so that its classes are of the same module.
    subprocess.run([sys.executable, str(SCRIPT), *options, "openapi", "-o", str(file)], check=True)
    assert file.read_bytes() == served


@pytest.mark.parametrize(
    ("auth_disabled", "security"),
    [
        pytest.param(False, [{"bearerAuth": []}], id="needs-a-token"),
        pytest.param(True, [{"bearerAuth": []}, {}], id="needs-none"),
    ],
)
def test_document_says_whether_credentials_are_needed(
    tmp_path: Path, auth_disabled: bool, security: list[Any]
) -> None:
    with (
        running_shop(tmp_path, auth_disabled=auth_disabled) as url,
        urllib.request.urlopen(f"{url}/openapi.json") as answer,
    ):
        served = json.load(answer)
    assert served["paths"]["/shop/v1/items"]["get"]["security"] == security
    assert served["paths"]["/shop/v1/letters"]["post"]["security"] == []
