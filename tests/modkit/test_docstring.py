"""What is read of docstrings; tests of routes and configuration show it in use."""

from __future__ import annotations

import pytest

from modkit.docstring import arguments_of, description_of, descriptions_of


class Base:
    """A base.

    Attributes:
        kept: Of the base.
        told_again: Of the base.
    """


class Derived(Base):
    """A class.

    With: a colon.

    Attributes:
        told_again (int): Of the class,
            note: on two lines.

        *rest: After a blank line.
    Example:
        other: No attribute.
    """


class Silent(Derived):
    pass


def test_a_section_is_read_by_its_heading() -> None:
    text = "Do.\n\nArguments:\n    a: One.\n\nRaises:\n    ValueError: Always.\n"
    assert arguments_of(text) == {"a": "One."}
    assert arguments_of(text, section="Raises") == {"ValueError": "Always."}
    assert arguments_of(text, section="Attributes") == {}


@pytest.mark.parametrize("cls", [Derived, Silent])
def test_attributes_of_a_class_come_from_its_bases_too(cls: type) -> None:
    assert descriptions_of(cls) == {
        "kept": "Of the base.",
        "told_again": "Of the class, note: on two lines.",
        "rest": "After a blank line.",
    }


def test_the_description_ends_before_the_first_section() -> None:
    assert description_of(Derived.__doc__) == "A class.\n\nWith: a colon."
