"""Make `.venv`: the libraries, every example package and the tools, editable; then run nox in it.

``python3 .ci/environment.py`` makes or refreshes the environment; ``python3 .ci/environment.py tests``
then runs the nox session ``tests``. Needs Python 3.11 and nothing else, so this file imports the
standard library only and its syntax stays readable to the older Pythons that it turns away.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
CONSTRAINTS = ROOT / "constraints.txt"
STAMP = VENV / "modkit-installed"
OLDEST_PYTHON = (3, 11)
INSTALLERS = ("uv", "nox", "hatchling", "editables")

# uv reads no settings of pip: what a person has set for pip alone (a mirror, a folder of wheels) is handed on.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}
UV_INDEX_NAMES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
)


class CannotInstall(Exception):
    """The environment cannot be made; the message says what to do."""


def main(sessions: list[str]) -> int:
    """Make the environment, then run *sessions* in it.

    Args:
        sessions: Names of nox sessions and, after ``--``, their arguments, or options of nox; empty for none.

    Returns:
        The exit code: 0 for success, 1 when the environment cannot be made, 130 when interrupted, else that of nox.
    """
    try:
        make_environment()
    except CannotInstall as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; repeat the command to go on.", file=sys.stderr)
        return 130
    if not sessions:
        return 0
    selected = sessions if sessions[0].startswith("-") else ["-s", *sessions]
    command = [str(PYTHON), "-m", "nox", "-f", str(ROOT / "noxfile.py"), *selected]
    if os.name != "nt":
        os.execv(
            command[0], command
        )  # nox takes our place: signals and the exit code pass unchanged
    return subprocess.call(command)


def make_environment() -> None:
    """Make ``.venv`` or bring it up to date; a repeated call with nothing to do takes milliseconds.

    Raises:
        CannotInstall: Python is too old or lacks ``venv``, or a download failed.
    """
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = _dotted(OLDEST_PYTHON), _dotted(sys.version_info[:3])
        message = (
            f"ModKit needs Python {wanted} or newer; {sys.executable} is {found}.\n"
            f"Repeat the command with a newer one, such as python{wanted}."
        )
        raise CannotInstall(message)
    examples = [*ROOT.glob("examples/*/pyproject.toml"), *ROOT.glob("examples/*/*/pyproject.toml")]
    packages = [ROOT, *sorted(project.parent for project in examples)]
    fingerprint = _fingerprint(packages)
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == fingerprint:
        return
    started = time.monotonic()
    _say(1, f"preparing {VENV.name}")
    _make_venv()
    _say(2, f"installing the installers ({', '.join(INSTALLERS)})")
    quietly = ("-qq", "--disable-pip-version-check")
    _run("-m", "pip", "install", *quietly, *_constrained(), *INSTALLERS)
    _say(3, f"installing the libraries, {len(packages) - 1} modules and the tools")
    _install(packages)
    STAMP.write_text(fingerprint, encoding="utf-8")
    _print(f"installed in {time.monotonic() - started:.0f} s")


def _make_venv() -> None:
    usable = _is_new_enough() and not _was_moved()
    if usable and _answers("-m", "pip", "--version"):
        return
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian and Ubuntu ship Python without it
        import venv  # noqa: PLC0415
    except ImportError as missing:
        version = _dotted(sys.version_info[:2])
        message = (
            f"This Python cannot make virtual environments: it has no module {missing.name}.\n"
            f"On Debian or Ubuntu, install it with: apt-get install python{version}-venv"
        )
        raise CannotInstall(message) from missing
    builder = venv.EnvBuilder(with_pip=True, clear=not usable, symlinks=os.name != "nt")
    try:
        builder.create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        message = f"Could not make the virtual environment {VENV}: {error}"
        raise CannotInstall(message) from error


def _install(packages: list[Path]) -> None:
    import tomllib  # noqa: PLC0415 - new in 3.11: the version is checked by now

    arguments = ["--group", f"{ROOT / 'pyproject.toml'}:dev"]
    for folder in packages:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        name, extras = project["name"], ",".join(project.get("optional-dependencies", ()))
        # Their build tools are installed already; building each in an environment of its own takes twice as long.
        arguments += ["--no-build-isolation-package", name, "--editable", f"{folder}[{extras}]"]
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    command = [
        "-m",
        "uv",
        "pip",
        "install",
        *quiet,
        "--python",
        str(PYTHON),
        *_constrained(),
        *arguments,
    ]
    _run(*command, environ={**os.environ, **_pip_settings_for_uv()})


def _pip_settings_for_uv() -> dict[str, str]:
    if any(name in os.environ for name in UV_INDEX_NAMES):
        return {}
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings: dict[str, str] = {}
    for line in (
        listed.splitlines()
    ):  # such as: global.index-url='https://...'; the environment's own come first
        key, _, value = line.partition("=")
        name = UV_NAMES.get(key.rpartition(".")[2])
        if name is not None and name not in os.environ:
            settings.setdefault(name, value.strip("'\"").replace("\\n", " "))
    if "UV_INDEX" in settings:
        settings["UV_INDEX_STRATEGY"] = (
            "unsafe-best-match"  # what pip does with more than one index
        )
    return settings


def _constrained() -> list[str]:
    return ["--constraint", str(CONSTRAINTS)]


def _fingerprint(packages: list[Path]) -> str:
    """Where the environment is, and all that decides what is in it."""
    digest = hashlib.sha256()
    for file in [Path(__file__), CONSTRAINTS, *(folder / "pyproject.toml" for folder in packages)]:
        digest.update(str(file).encode())
        digest.update(file.read_bytes())
    return f"{VENV}\n{digest.hexdigest()}\n"


def _is_new_enough() -> bool:
    return _answers("-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})")


def _was_moved() -> bool:
    """Whether the folder was moved after the installation: its scripts name the place where they were made."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8").splitlines()[:1] != [str(VENV)]


def _answers(*arguments: str) -> bool:
    """Whether the Python of ``.venv`` can do this: not so before, after an interruption, or when its base is gone."""
    return (
        PYTHON.exists()
        and not subprocess.run(
            [str(PYTHON), *arguments], capture_output=True, check=False
        ).returncode
    )


def _run(*arguments: str, environ: dict[str, str] | None = None) -> None:
    finished = subprocess.run([str(PYTHON), *arguments], env=environ, cwd=ROOT, check=False)
    if finished.returncode:
        message = (
            "The installation stopped; the reason stands above.\n"
            "Behind a mirror or a proxy, set it up for pip (pip config, PIP_INDEX_URL, HTTPS_PROXY) and repeat:\n"
            "what is installed already stays."
        )
        raise CannotInstall(message)


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _say(step: int, text: str) -> None:
    _print(f"[{step}/3] {text}")


def _print(text: str) -> None:
    shown = (
        f"\x1b[1m{text}\x1b[0m" if sys.stderr.isatty() and "NO_COLOR" not in os.environ else text
    )
    print(shown, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
