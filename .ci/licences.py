"""Check that every installed dependency has a licence that we accept; name those that have not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from typing import Final

OURS: Final = "hyperspot-"

ACCEPTED: Final = {
    "0BSD",
    "AFL-2.1",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "HPND",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "Python-2.0",
    "Unlicense",
    "Zlib",
}

# What packages without an SPDX expression write, and the SPDX name that is meant.
SPOKEN: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}

# Packages whose metadata is not enough; each was read by a person.
READ_BY_HAND: Final = {
    "chardetng_py": "MIT",
    "pypdfium2": "BSD-3-Clause AND Apache-2.0",  # its own code; PDFium and its parts are BSD, Apache and MIT alike
}


def is_accepted(expression: str) -> bool:
    """Whether an SPDX expression grants a licence that we accept.

    Example:
        >>> is_accepted("GPL-3.0-only OR (MIT AND Apache-2.0 WITH LLVM-exception)")
        True
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    try:
        accepted, rest = _either(tokens)
    except IndexError:  # it ends in the middle
        return False
    return accepted and not rest


def _either(tokens: list[str]) -> tuple[bool, list[str]]:
    accepted, rest = _both(tokens)
    while rest and rest[0].upper() == "OR":
        other, rest = _both(rest[1:])
        accepted = accepted or other
    return accepted, rest


def _both(tokens: list[str]) -> tuple[bool, list[str]]:
    accepted, rest = _one(tokens)
    while rest and rest[0].upper() == "AND":
        other, rest = _one(rest[1:])
        accepted = accepted and other
    return accepted, rest


def _one(tokens: list[str]) -> tuple[bool, list[str]]:
    if tokens[0] == "(":
        accepted, rest = _either(tokens[1:])
        return accepted and rest[0] == ")", rest[1:]
    rest = tokens[1:]
    if rest and rest[0].upper() == "WITH":  # an exception only adds permissions
        rest = rest[2:]
    return tokens[0] in ACCEPTED, rest


def licence_of(package: Distribution) -> str:
    """The licence that a package states: an SPDX expression where there is one, else its own words."""
    stated = [licence for licence in _statements(package) if licence]
    understood = (licence for licence in stated if is_accepted(licence))
    return next(understood, " / ".join(stated) or "nothing")


def _statements(package: Distribution) -> Iterator[str]:
    metadata = package.metadata
    yield READ_BY_HAND.get(package.name, "")
    if "License-Expression" in metadata:
        yield metadata["License-Expression"]
        return
    words = "".join(metadata.get_all("License", [])).strip().partition("\n")[0]
    yield SPOKEN.get(words, words)
    classifiers = [
        name for name in metadata.get_all("Classifier", []) if name.startswith("License ::")
    ]
    named = [name.rpartition(" :: ")[2] for name in classifiers if "OSI Approved ::" in name]
    yield " AND ".join(SPOKEN.get(name, name) for name in named)


def main() -> int:
    """Check all installed packages; 1 when one has a licence that is not accepted."""
    packages = {
        package.name: package for package in distributions() if not package.name.startswith(OURS)
    }
    licences = {name: licence_of(package) for name, package in sorted(packages.items())}
    refused = {name: licence for name, licence in licences.items() if not is_accepted(licence)}
    for name, licence in refused.items():
        print(f"{name}: {licence}", file=sys.stderr)
    if refused:
        print(
            f"{len(refused)} of {len(licences)} packages state no licence that we accept. Replace the package, or, after\n"
            "reading its licence, add the licence to ACCEPTED or the package to READ_BY_HAND in .ci/licences.py.",
            file=sys.stderr,
        )
        return 1
    print(f"licences of {len(licences)} packages: all accepted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
