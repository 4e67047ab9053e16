"""How the commands of ``gts`` print their answers, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from modkit.cli.mistakes import ExitCode
from modkit.cli.output import print_json
from modkit.gts.operations import Answer


def tell(
    answers: Sequence[Answer],
    output_format: str,
    *,
    line: Callable[[Answer], str],
    is_positive: Callable[[Answer], bool] = lambda answer: not answer.get("error"),
) -> None:
    """Print *answers*, and end with exit code 1 unless all are positive.

    Args:
        answers: In the order that they were asked for.
        output_format: ``json`` prints them whole, a single one without a list; ``text`` a line for each.
        line: What people read of an answer that is not an error.
        is_positive: Whether an answer is what was hoped for.
    """
    if output_format == "json":
        print_json(answers[0] if len(answers) == 1 else list(answers))
    else:
        for answer in answers:
            click.echo(answer.get("error") or line(answer), err=bool(answer.get("error")))
    if not all(map(is_positive, answers)):
        click.get_current_context().exit(ExitCode.FAILED)
