import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from modkit.observability.tracing import (
    TraceContext,
    bounded_state,
    format_traceparent,
    new_span_id,
    new_trace_id,
    parse_traceparent,
    tracer,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


def ids(digits: int) -> st.SearchStrategy[str]:
    return st.integers(1, 16**digits - 1).map(lambda number: f"{number:0{digits}x}")


@given(trace_id=ids(32), span_id=ids(16), sampled=st.booleans())
def test_a_context_survives_the_wire(trace_id: str, span_id: str, sampled: bool):
    context = TraceContext(trace_id=trace_id, span_id=span_id, sampled=sampled)
    assert parse_traceparent(format_traceparent(context)) == context


@pytest.mark.parametrize(
    ("header", "sampled"),
    [
        (f"00-{TRACE}-{SPAN}-01", True),
        (f"00-{TRACE}-{SPAN}-00", False),
        (f"00-{TRACE}-{SPAN}-fe", False),
        (f"00-{TRACE}-{SPAN}-03", True),
        (f"cc-{TRACE}-{SPAN}-01", True),
        (f"cc-{TRACE}-{SPAN}-01-what-comes-next", True),
        (f"cc-{TRACE}-{SPAN}-01-", True),
    ],
)
def test_a_valid_header_is_read_whatever_its_version_and_flags(header: str, sampled: bool):
    context = parse_traceparent(header)
    assert context == TraceContext(trace_id=TRACE, span_id=SPAN, sampled=sampled)
    assert format_traceparent(context).startswith(f"00-{TRACE}-{SPAN}-0")


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-extra",
        f"00-{TRACE}-{SPAN}-01-",
        f"cc-{TRACE}-{SPAN}-01.what",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"0-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE[:-1]}g-{SPAN}-01",
    ],
)
def test_an_invalid_header_starts_a_new_trace(header: str):
    assert parse_traceparent(header) is None


@given(st.text())
def test_any_text_is_read_or_refused(header: str):
    assert parse_traceparent(header, header) is None or len(header) >= 55


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("a=1,b=2", "a=1,b=2"),
        (" a=1 ,\t b=2,,", "a=1,b=2"),
        ("t61rcwkgmze@vendor=00f067", "t61rcwkgmze@vendor=00f067"),
        ("a=with space", "a=with space"),
        ("a=1,a=2", ""),
        ("A=1", ""),
        ("a=1,b", ""),
        ("a=1=2", ""),
        ("a=\n", ""),
        ("a=é", ""),
        (",".join(f"k{n}=1" for n in range(33)), ""),
    ],
)
def test_other_vendors_state_is_passed_on_or_dropped_whole(state: str, expected: str):
    context = parse_traceparent(f"00-{TRACE}-{SPAN}-01", state)
    assert context is not None
    assert context.state == expected


def test_of_too_much_state_the_large_members_go_first_and_then_the_last():
    small = [f"k{number:02}=" + "v" * 20 for number in range(25)]
    kept = bounded_state(",".join([small[0], "large=" + "x" * 200, *small[1:]])).split(",")
    assert kept == small[: len(kept)]
    assert 480 < len(",".join(kept)) <= 512


@given(
    st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
        st.from_regex(r"[!-+\--<>-~]{1,255}", fullmatch=True),
        max_size=32,
    )
)
def test_state_never_exceeds_its_bound_and_keeps_order(members: dict[str, str]):
    given_members = [f"{key}={value}" for key, value in members.items()]
    kept = [member for member in bounded_state(",".join(given_members)).split(",") if member]
    assert len(",".join(kept)) <= 512
    assert kept == [member for member in given_members if member in kept]
    assert bounded_state(",".join(kept)) == ",".join(kept)


def test_new_ids_are_valid_and_differ():
    assert re.fullmatch("[0-9a-f]{32}", new_trace_id())
    assert re.fullmatch("[0-9a-f]{16}", new_span_id())
    assert len({new_trace_id() for _ in range(100)}) == 100


def test_without_a_provider_there_is_no_tracer_and_nothing_is_loaded():
    code = (
        "import sys\n"
        "from modkit.observability.tracing import tracer\n"
        "assert tracer('x') is None and 'opentelemetry.trace' not in sys.modules\n"
        "import opentelemetry.trace\n"
        "assert tracer('x') is None\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_with_a_provider_there_is_a_tracer_that_records(monkeypatch):
    monkeypatch.setattr(
        trace, "get_tracer_provider", lambda: TracerProvider(shutdown_on_exit=False)
    )
    found = tracer("x")
    assert found is not None
    assert found.start_span("work").is_recording()
