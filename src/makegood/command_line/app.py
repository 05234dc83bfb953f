"""The commands and their options. Nothing but the result goes to standard output."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer

from makegood.command_line import assessing, policies, writing
from makegood.command_line.choosing import choose_policy
from makegood.command_line.mistakes import INPUT_STATUS, Abandoned, Mistake
from makegood.command_line.partitions import Format
from makegood.command_line.progress import show_progress
from makegood.rules.english import in_english
from makegood.rules.files.cells import show
from makegood.rules.files.problems import FileProblem, FileProblems

app = typer.Typer(
    help="Assess incident histories under a policy, and check or show policies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
policy_app = typer.Typer(help="Check or show a policy.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(policy_app, name="policy")

ZoneOption = Annotated[
    str | None, typer.Option("--zone", help="IANA time zone, for example Asia/Manila.", metavar="ZONE")
]
PolicyArgument = Annotated[
    str, typer.Argument(metavar="PRESET|FILE", help="A preset's name or a TOML file.", show_default=False)
]


@app.command()
def assess(
    history: Annotated[
        str, typer.Argument(metavar="HISTORY.csv", help="The history; - reads standard input.", show_default=False)
    ],
    policy: Annotated[
        str, typer.Option("--policy", metavar="PRESET|FILE.toml", help="The policy.", show_default=False)
    ],
    zone: ZoneOption = None,
    written_as: Annotated[Format, typer.Option("--format", help="How to write the result.")] = Format.TABLE,
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Say every step, not only the deciding one.")] = False,
) -> None:
    """Say what every incident of a history costs, and why."""
    chosen = choose_policy(policy, zone=zone)
    with _open_history(history) as stream, _make_spool() as directory:
        with show_progress() as tell:
            try:
                assessed = assessing.assess_file(
                    stream, policy=chosen, written_as=written_as, explains=explain, directory=directory, tell=tell
                )
            except OSError as error:
                raise Mistake(f'Reading "{history}" failed: {error.strerror or error}.') from error
        if assessed.unknown_columns:
            named = ", ".join(show(name) or "(no name)" for name in assessed.unknown_columns)
            typer.echo(f"Ignored columns: {named}.", err=True)
        if assessed.problems:
            _tell_problems(history, assessed.problems)
            raise typer.Exit(INPUT_STATUS)
        with _result() as out:
            writing.write_result(assessed, policy=chosen, written_as=written_as, out=out)


@policy_app.command("check")
def check(document: PolicyArgument) -> None:
    """List what is wrong or doubtful in a policy document; exit status 1 when it cannot be used."""
    with _result() as out:
        status = policies.check(document, out=out)
    raise typer.Exit(status)


@policy_app.command("show")
def show_policy(
    document: PolicyArgument,
    zone: ZoneOption = None,
    shown_as: Annotated[policies.ShownAs, typer.Option("--format", help="How to write it.")] = policies.ShownAs.TEXT,
) -> None:
    """Print a policy in plain words, with worked examples."""
    with _result() as out:
        policies.show(document, zone=zone, shown_as=shown_as, out=out)


@contextmanager
def _result() -> Iterator[TextIO]:
    """Standard output, flushed at the end. Raises Abandoned when nobody reads it: Typer would call that a failure."""
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise Abandoned from error


@contextmanager
def _open_history(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        yield sys.stdin.buffer
        return
    path = Path(name)
    try:
        if path.is_dir():
            raise Mistake(f'"{name}" is a directory, not a history file.')
        stream = path.open("rb")
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise Mistake(f'The history "{name}" cannot be read: {said}.') from error
    with stream:
        yield stream


@contextmanager
def _make_spool() -> Iterator[Path]:
    try:
        directory = tempfile.TemporaryDirectory(prefix="makegood-", ignore_cleanup_errors=True)
    except OSError as error:
        raise Mistake(f"There is no place for temporary files: {error.strerror or error}.") from error
    with directory as name:
        yield Path(name)


def _tell_problems(history: str, problems: FileProblems) -> None:
    if problems.count == 1 and problems.listed[0].line is None:
        typer.echo(f'"{history}": {_say_problem(problems.listed[0])}', err=True)
        return
    counted = "1 problem" if problems.count == 1 else f"{problems.count:,} problems"
    typer.echo(f'"{history}" has {counted}; nothing was assessed.', err=True)
    for problem in problems.listed:
        typer.echo(_say_problem(problem), err=True)
    if problems.unlisted_count:
        typer.echo(f"... and {problems.unlisted_count:,} more problems.", err=True)


def _say_problem(problem: FileProblem) -> str:
    places = [f"line {problem.line}"] if problem.line else []
    places += [problem.column] if problem.column else []
    said = f"{in_english(problem.what)} {in_english(problem.how_to_fix)}"
    return f"{', '.join(places)}: {said}" if places else said
