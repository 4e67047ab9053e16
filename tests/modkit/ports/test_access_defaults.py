import json
import subprocess
import sys
from uuid import UUID

import pytest

from modkit.ports import (
    BASE_FEATURE,
    BaseEntitlements,
    DenyAllPolicy,
    StaticCredentials,
)
from modkit.secret import Secret
from modkit.security import SecurityContext
from modkit_errors import Denied, NotFound

pytestmark = pytest.mark.anyio

CALLER = SecurityContext(subject_id=UUID(int=1), subject_tenant_id=UUID(int=2))


async def test_the_default_policy_denies_and_names_what_was_asked():
    with pytest.raises(Denied, match="'read' on 'documents'"):
        await DenyAllPolicy().decide(CALLER, "documents", "read")


@pytest.mark.parametrize(
    ("feature", "expected"),
    [(BASE_FEATURE, True), ("gts.x.core.lic.feat.v1~x.core.chat.pro.v1", False), ("", False)],
    ids=["base", "other", "empty"],
)
async def test_only_the_base_feature_is_granted_by_default(feature: str, expected: bool):
    assert await BaseEntitlements().is_entitled(CALLER, feature) is expected


async def test_a_static_credential_is_found_by_name():
    source = StaticCredentials({"mail": Secret("s3cret")})
    assert (await source.get(CALLER, "mail")).reveal() == "s3cret"


async def test_a_missing_credential_is_not_found_and_no_other_is_named():
    with pytest.raises(NotFound) as caught:
        await StaticCredentials({"mail": Secret("s3cret")}).get(CALLER, "chat")
    assert "chat" in str(caught.value)
    assert "mail" not in str(caught.value)


def test_the_ports_load_nothing_heavy():
    heavy = [
        "starlette",
        "click",
        "cattrs",
        "yaml",
        "structlog",
        "opentelemetry",
        "anyio",
        "sqlalchemy",
    ]
    code = (
        "import json, sys, modkit.ports, modkit.events, modkit.observability.context, "
        "modkit.observability.tracing, modkit.observability.log_config;"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout) == []
