import asyncio
import io
import json
import logging
import sys
import threading
import time
import warnings
from contextvars import copy_context
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from modkit.observability.context import REQUEST, RequestInfo
from modkit.observability.log_config import LoggerConfig, LoggingConfig
from modkit.observability.log_queue import LogQueue
from modkit.observability.logging import InvalidLogging, configure
from modkit.secret import Secret

logger = logging.getLogger("test_logging.subject")
JSON = LoggingConfig(format="json")
CONSOLE = LoggingConfig(format="console")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def logged(config: LoggingConfig, home: Path, work) -> str:
    console = io.StringIO()
    with configure(config, home=home, console=console):
        work()
    return console.getvalue()


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_record_is_one_json_object_with_its_extras(tmp_path: Path):
    text = logged(JSON, tmp_path, lambda: logger.info("took %d ms", 5, extra={"status": 200}))
    [record] = records(text)
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "level": "info",
        "logger": "test_logging.subject",
        "event": "took 5 ms",
        "status": 200,
    }


def test_a_record_carries_the_request_that_it_was_made_in(tmp_path: Path):
    info = RequestInfo(request_id="r-1", trace_id="a" * 32, tenant_id=UUID(int=1))

    def serve() -> None:
        REQUEST.set(info)
        logger.info("inside")
        logger.info("inside", extra={"tenant_id": "given"})
        info.subject_id = UUID(int=2)

    def work() -> None:
        copy_context().run(serve)
        logger.info("outside")

    inside, given_tenant, outside = records(logged(JSON, tmp_path, work))
    assert (inside["request_id"], inside["trace_id"]) == ("r-1", "a" * 32)
    assert inside["tenant_id"] == str(UUID(int=1))
    assert "subject_id" not in inside
    assert given_tenant["tenant_id"] == "given"
    assert "request_id" not in outside


def test_structlog_takes_the_same_way_and_is_left_as_it_was(tmp_path: Path):
    before = structlog.get_config()

    def work() -> None:
        try:
            raise ValueError("cause")
        except ValueError:
            structlog.get_logger("test_logging.structured").exception("failed", size=3)

    [record] = records(logged(JSON, tmp_path, work))
    assert (record["event"], record["size"], record["level"]) == ("failed", 3, "error")
    assert record["logger"] == "test_logging.structured"
    assert record["exception"][0]["message"] == "cause"
    assert structlog.get_config() == before


def test_an_exception_is_structured_with_its_causes_and_without_local_variables(tmp_path: Path):
    def fail() -> None:
        password = "hunter2"  # noqa: F841
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    def work() -> None:
        try:
            fail()
        except ValueError:
            logger.exception("failed")

    [record] = records(logged(JSON, tmp_path, work))
    assert [one["type"] for one in record["exception"]] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert record["exception"][0]["frames"][-1]["function"] == "fail"
    assert "hunter2" not in json.dumps(record) + logged(CONSOLE, tmp_path, work)


@pytest.mark.parametrize("config", [JSON, CONSOLE], ids=["json", "console"])
def test_a_secret_is_never_shown(tmp_path: Path, config: LoggingConfig):
    secret = Secret("hunter2")

    def work() -> None:
        logger.info("with %s %r", secret, secret, extra={"one": secret, "many": [{"in": secret}]})
        structlog.get_logger("test_logging.structured").info("with", one=secret)

    text = logged(config, tmp_path, work)
    assert "hunter2" not in text
    assert "***" in text


@pytest.mark.parametrize(
    "hostile", ["\nINFO forged", "\r", "\x1b[2J", "\x9b2J", "\u2028", "\u202e", "\ud800"]
)
def test_text_from_outside_can_neither_begin_a_line_nor_steer_the_terminal(tmp_path, hostile):
    def work() -> None:
        logger.info("message %s", hostile, extra={"value": hostile, "list": [hostile]})
        try:
            raise ValueError(hostile)
        except ValueError:
            logger.exception("failed")

    text = logged(CONSOLE, tmp_path, work)
    assert hostile not in text
    first, second, *trace = text.splitlines()
    assert ("message" in first, "failed" in second) == (True, True)
    assert trace
    assert all(line.startswith("  | ") for line in trace)


@given(
    st.dictionaries(
        st.text(min_size=1),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text() | st.binary() | st.uuids(),
            lambda inner: (
                st.lists(inner) | st.dictionaries(st.integers() | st.tuples(st.none()), inner)
            ),
            max_leaves=5,
        ),
        max_size=3,
    ).map(lambda extra: {f"x_{name}": value for name, value in extra.items()}),
    st.text(),
)
def test_whatever_is_logged_is_one_valid_line(extra: dict[str, Any], message: str):
    text = logged(JSON, Path(), lambda: logger.info("%s", message, extra=extra))
    [record] = records(text)
    assert record["event"] == message
    assert logged(CONSOLE, Path(), lambda: logger.info("%s", message, extra=extra)).count("\n") == 1


def test_an_odd_value_costs_neither_its_record_nor_the_next(tmp_path: Path):
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    cycle: list[Any] = []
    cycle.append(cycle)

    def work() -> None:
        logger.info("odd", extra={"odd": Odd(), "deep": deep, "cycle": cycle, "nan": float("nan")})
        logger.info("next")

    assert [one["event"] for one in records(logged(JSON, tmp_path, work))] == ["odd", "next"]
    assert len(logged(CONSOLE, tmp_path, work).splitlines()) == 2


def test_a_message_is_what_it_was_when_it_was_logged(tmp_path: Path):
    values = [1]

    def work() -> None:
        logger.info("values %s", values)
        values.append(2)

    assert records(logged(JSON, tmp_path, work))[0]["event"] == "values [1]"


@pytest.mark.parametrize(
    ("form", "console", "is_json", "is_coloured"),
    [
        ("auto", Terminal, False, True),
        ("auto", io.StringIO, True, False),
        ("console", io.StringIO, False, False),
        ("json", Terminal, True, False),
    ],
)
def test_the_console_is_for_people_on_a_terminal(
    tmp_path, monkeypatch, form, console, is_json, is_coloured
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = console()
    with configure(LoggingConfig(format=form), home=tmp_path, console=stream):
        logger.info("hello")
    assert stream.getvalue().startswith("{") is is_json
    assert ("\x1b[" in stream.getvalue()) is is_coloured


def test_no_color_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    with configure(LoggingConfig(), home=tmp_path, console=terminal):
        logger.info("hello")
    assert "\x1b[" not in terminal.getvalue()


def test_each_section_decides_its_level_on_console_and_file(tmp_path: Path):
    config = LoggingConfig(
        format="json",
        default=LoggerConfig(console_level="warning", file="logs/all.log", file_level="info"),
        loggers={
            "test_logging.rag": LoggerConfig(console_level="debug", file="rag.log"),
            "test_logging.rag.quiet": LoggerConfig(console_level="off", file_level="off"),
        },
    )

    def work() -> None:
        for name in (
            "test_logging",
            "test_logging.rag.store",
            "test_logging.rag.quiet",
            "test_logging.rags",
        ):
            for level in ("debug", "info", "warning"):
                getattr(logging.getLogger(name), level)("%s %s", name, level)

    def shown(text: str) -> list[str]:
        return [one["event"].removeprefix("test_logging") for one in records(text)]

    console = logged(config, tmp_path, work)
    assert shown(console) == [
        " warning",
        ".rag.store debug",
        ".rag.store info",
        ".rag.store warning",
        "s warning".replace("s", ".rags", 1),
    ]
    assert shown((tmp_path / "logs/all.log").read_text()) == [
        " info",
        " warning",
        ".rags info",
        ".rags warning",
    ]
    assert shown((tmp_path / "rag.log").read_text()) == [
        ".rag.store debug",
        ".rag.store info",
        ".rag.store warning",
    ]


def test_a_logger_that_nobody_wants_to_see_is_switched_off(tmp_path: Path):
    config = LoggingConfig(loggers={"test_logging.noisy": LoggerConfig(console_level="off")})
    with configure(config, home=tmp_path, console=io.StringIO()):
        assert not logging.getLogger("test_logging.noisy").isEnabledFor(logging.CRITICAL)
        assert not logger.isEnabledFor(logging.DEBUG)


def test_a_full_file_is_rotated_and_old_ones_go(tmp_path: Path):
    section = LoggerConfig(file="all.log", console_level="off", max_size_mb=1, max_backups=2)

    def work() -> None:
        for _ in range(9):
            logger.info("x" * 500_000)

    logged(LoggingConfig(default=section), tmp_path, work)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.log", "all.log.1", "all.log.2"]
    assert all(path.stat().st_size <= 1024**2 for path in tmp_path.iterdir())


def test_warnings_and_asyncio_take_the_same_way(tmp_path: Path):
    def work() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("old thing", DeprecationWarning, stacklevel=1)
        logging.getLogger("asyncio").error("from asyncio")

    warned, other = records(logged(JSON, tmp_path, work))
    assert (warned["logger"], "old thing" in warned["event"]) == ("py.warnings", True)
    assert other["logger"] == "asyncio"


def test_all_is_as_before_afterwards_even_after_a_failure(tmp_path: Path):
    root, named = logging.getLogger(), logging.getLogger("test_logging.named")

    def state() -> tuple[object, ...]:
        return root.handlers[:], root.level, named.level, warnings.showwarning, log_threads()

    def fail() -> None:
        assert all(one != other for one, other in zip(state(), before, strict=True))
        raise RuntimeError

    before = state()
    config = LoggingConfig(
        default=LoggerConfig(console_level="error"),
        loggers={"test_logging.named": LoggerConfig(console_level="debug")},
    )
    with pytest.raises(RuntimeError):
        logged(config, tmp_path, fail)
    assert state() == before


def test_a_file_that_cannot_be_opened_stops_the_start_and_is_named(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    threads = log_threads()
    config = LoggingConfig(
        default=LoggerConfig(file="fine.log"),
        loggers={"test_logging.rag": LoggerConfig(file="taken/rag.log")},
    )
    with (
        pytest.raises(InvalidLogging, match=r"logging\.loggers\.test_logging\.rag\.file: .*taken"),
        configure(config, home=tmp_path),
    ):
        pass
    assert log_threads() == threads


@pytest.mark.parametrize("file", ["all.log", "./logs/../all.log"])
def test_two_sections_that_disagree_about_one_file_stop_the_start(tmp_path: Path, file: str):
    config = LoggingConfig(
        default=LoggerConfig(file="all.log"),
        loggers={"test_logging.rag": LoggerConfig(file=file, max_backups=9)},
    )
    with (
        pytest.raises(
            InvalidLogging, match=r"logging\.default and logging\.loggers\.test_logging\.rag"
        ),
        configure(config, home=tmp_path),
    ):
        pass


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("test_logging", logging.INFO, __file__, 1, text, (), None)


def log_threads() -> int:
    return sum(thread.name == "modkit-log" for thread in threading.enumerate())


class Stuck(logging.Handler):
    """A disk that does not answer until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go = threading.Event(), threading.Event()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.reached.set()
        self.go.wait(30)
        self.written.append(record.getMessage())


def test_a_stuck_disk_stops_nobody_and_what_is_dropped_is_reported():
    stuck = Stuck()
    log_queue = LogQueue([stuck], capacity=2)
    begun = time.monotonic()
    log_queue.handle(record("0"))
    assert stuck.reached.wait(30)
    for number in range(1, 6):
        log_queue.handle(record(str(number)))
    assert time.monotonic() - begun < 10
    stuck.go.set()
    log_queue.drain()
    assert sorted(stuck.written) == [
        "0",
        "1",
        "2",
        "3 log records were dropped: they came faster than they could be written",
    ]


def test_draining_gives_up_on_a_stuck_disk_and_says_so(capsys: pytest.CaptureFixture[str]):
    stuck = Stuck()
    log_queue = LogQueue([stuck])
    log_queue.handle(record("0"))
    assert stuck.reached.wait(30)
    log_queue.drain(timeout_s=0.01)
    assert "could not be written within 0.01 s" in capsys.readouterr().err
    stuck.go.set()


@pytest.mark.anyio
async def test_a_record_of_another_task_carries_its_own_request(tmp_path: Path):
    console = io.StringIO()

    async def serve(request_id: str) -> None:
        REQUEST.set(RequestInfo(request_id=request_id))
        await asyncio.sleep(0)
        logger.info(request_id)

    with configure(JSON, home=tmp_path, console=console):
        await asyncio.gather(*(serve(str(number)) for number in range(5)))
    found = records(console.getvalue())
    assert len(found) == 5
    assert all(record["request_id"] == record["event"] for record in found)


def test_a_message_that_cannot_be_put_together_breaks_nobody(tmp_path: Path, monkeypatch):
    complaints = io.StringIO()
    monkeypatch.setattr(sys, "stderr", complaints)
    monkeypatch.setattr(logging, "raiseExceptions", True)

    def work() -> None:
        logger.info("%d", "no number")
        logger.info("next")

    assert [record["event"] for record in records(logged(JSON, tmp_path, work))] == ["next"]
    assert "no number" in complaints.getvalue()


def test_a_worker_process_writes_files_of_its_own() -> None:
    config = LoggingConfig(
        default=LoggerConfig(file="logs/app.log"), loggers={"modkit.access": LoggerConfig()}
    ).of_worker(2)
    assert config.default.file == "logs/app.2.log"
    assert config.loggers["modkit.access"].file == ""


def test_a_flushed_record_has_been_written() -> None:
    written: list[str] = []

    class Slow(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(record.getMessage())

    log_queue = LogQueue([Slow()])
    for number in range(100):
        log_queue.handle(logging.makeLogRecord({"msg": str(number), "levelno": logging.INFO}))
    log_queue.flush()
    assert len(written) == 100
    log_queue.drain()
