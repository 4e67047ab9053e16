"""The commands of this project: `python3 noxfile.py tests`, or `nox -s tests` where nox is installed.

Every session works in `.venv`, which `.ci/environment.py` makes and keeps up to date.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".ci" / "environment.py"

if (
    __name__ == "__main__"
):  # started by a plain Python: make .venv, then let the nox in there read this file
    sys.argv = [str(ENVIRONMENT), *(sys.argv[1:] or ["--list"])]
    runpy.run_path(str(ENVIRONMENT), run_name="__main__")

import nox  # noqa: E402 - a plain Python has none, and never comes here
from nox.command import CommandFailed  # noqa: E402 - the same

LIBRARIES = ("modkit", "modkit_db", "modkit_auth", "modkit_errors")
BIN = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")

nox.options.sessions = ["lint", "types", "imports", "tests", "docs"]
nox.options.default_venv_backend = "none"
nox.options.error_on_external_run = False


@nox.session
def dev(session: nox.Session) -> None:
    """Make or refresh .venv: libraries, every example package and the tools, editable."""
    session.run(sys.executable, str(ENVIRONMENT))


@nox.session
def serve(session: nox.Session) -> None:
    """Start the platform; what follows -- goes to `hyperspot run`."""
    dev(session)
    command = _tool("hyperspot"), "run", *session.posargs
    if os.name == "nt":
        session.run(*command, interrupt_timeout=None)
    sys.stdout.flush()
    os.execv(
        command[0], command
    )  # the platform takes nox's place, so that signals reach it and it can drain


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; all of them, with coverage of the libraries, unless paths or options follow --."""
    dev(session)
    everything = (
        "-n",
        "auto",
        "--dist",
        "loadfile",
        "--cov",
        "--cov-report",
        "term:skip-covered",
        "--cov-fail-under=90",
    )
    session.run(_tool("pytest"), *(session.posargs or everything))


@nox.session
def lint(session: nox.Session) -> None:
    """Check format and rules with ruff; `-- --fix` mends what it can."""
    dev(session)
    mend = "--fix" in session.posargs
    format_only = ("format", ".") if mend else ("format", "--check", ".")
    _run_all(session, ("ruff", *format_only), ("ruff", "check", *session.posargs, "."))


@nox.session
def types(session: nox.Session) -> None:
    """Check types of libraries and examples with mypy --strict and pyright."""
    dev(session)
    own = (*LIBRARIES, "examples", "docs", "noxfile.py", ".ci")
    _run_all(session, ("mypy", *own), ("pyright", "--warnings"))


@nox.session
def imports(session: nox.Session) -> None:
    """Check which package imports which."""
    dev(session)
    session.run(_tool("lint-imports"), "--cache-dir", str(ROOT / ".import_linter_cache"))


@nox.session
def audit(session: nox.Session) -> None:
    """Check the licences of all dependencies, then ask the public index for known vulnerabilities."""
    dev(session)
    session.run(_tool("python"), str(ROOT / ".ci" / "licences.py"))
    # Strict: a version that the index cannot tell about fails the audit, and is not taken for a safe one.
    pinned = (
        "--strict",
        "--no-deps",
        "--disable-pip",
        "--requirement",
        str(ROOT / "constraints.txt"),
    )
    session.run(_tool("pip-audit"), "--progress-spinner", "off", *pinned)


@nox.session
def pin(session: nox.Session) -> None:
    """Write constraints.txt anew from the requirements of the libraries, the examples and the tools."""
    dev(session)
    session.run(_tool("python"), str(ROOT / ".ci" / "pin.py"))


@nox.session
def bench(session: nox.Session) -> None:
    """Run the scripts of tests/bench, or those named after --."""
    dev(session)
    found = sorted(ROOT.glob("tests/bench/bench_*.py"))
    scripts = [
        file
        for file in found
        if not session.posargs or file.stem.removeprefix("bench_") in session.posargs
    ]
    if not scripts:
        session.error(
            f"no benchmark {session.posargs or ''} in tests/bench: there are {[file.stem for file in found]}"
        )
    for script in scripts:
        session.run(_tool("python"), str(script))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Hurt documents for minutes and have the worker read them: `-- --minutes 5 --seed 7`; see `-- --help`."""
    dev(session)
    script = ROOT / "examples/genai/file_parser_builtin/tests/fuzz_file_parser.py"
    session.run(_tool("python"), str(script), *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Write the reference to docs/reference, and check all pages."""
    dev(session)
    session.run(_tool("python"), str(ROOT / "docs" / "write_reference.py"))
    session.run(_tool("pytest"), "tests/docs")


def _run_all(session: nox.Session, *commands: tuple[str, ...]) -> None:
    """Run every command, also after one has failed, so that one run shows all faults."""
    failed: dict[str, None] = {}
    for tool, *arguments in commands:
        try:
            session.run(_tool(tool), *arguments)
        except CommandFailed:
            failed[tool] = None
    if failed:
        session.error(f"see above what {' and '.join(failed)} found")


def _tool(name: str) -> str:
    return str(BIN / name)
