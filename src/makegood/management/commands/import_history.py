"""Bring a history file into a school: a dry run first, then all or nothing."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import CommandError
from django.db import DatabaseError

from makegood.actions.history_plan import HistoryPlan
from makegood.actions.import_history import (
    ASSESSING,
    POSTING,
    HistoryHasProblems,
    UnknownTeachers,
    import_history,
    preview_history,
)
from makegood.clock import now
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import find_school
from makegood.domain.timeline.doors import Door
from makegood.management.plain_help import PlainHelp
from makegood.refusal import Refusal
from makegood.rules.english import in_english, value_in_english

_SHOWN_TEACHERS = 50
_WHOLE_OR_NOT = "A file is imported whole or not at all; the same command again imports only what is missing."
_INTERRUPTED = 130
# What the stages count, where it is not lines of the file.
_UNITS = {ASSESSING: "incidents", POSTING: "penalties"}


class Command(PlainHelp):
    """Reads a CSV of incidents, says what importing it would do, and does it with --yes."""

    help = "Import a history file (CSV) into a school. Without --yes it only says what would happen."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the school, and what may be done."""
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name in its addresses")
        parser.add_argument("--create-teachers", action="store_true", help="create teachers the school does not know")
        parser.add_argument("--yes", action="store_true", help="import; without it nothing is written")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Preview, show, and import when asked to."""
        with _open(options["file"]) as stream, _plain_sentences(), _no_search_for_cycles():
            school = find_school(slug=options["school"])
            if school is None:
                raise CommandError(f'There is no school with the short name "{options["school"]}".')
            if options["yes"]:
                self._import(school, stream, create_teachers=options["create_teachers"])
            else:
                self._preview(school, stream)

    def _preview(self, school: School, stream: BinaryIO) -> None:
        plan = preview_history(school=school, stream=stream, now=now(), progress=self._show_progress)
        self._show(plan)
        if plan.problem_count:
            raise HistoryHasProblems(plan)
        needs_teachers = " with --create-teachers" if plan.unknown_teachers else ""
        self.stdout.write(f"This was a dry run: nothing was written. Add --yes to import{needs_teachers}.")

    def _import(self, school: School, stream: BinaryIO, *, create_teachers: bool) -> None:
        done = import_history(
            school=school,
            stream=stream,
            create_teachers=create_teachers,
            imported_by_id=None,
            door=Door.COMMAND,
            now=now(),
            show=self._show,
            progress=self._show_progress,
        )
        if not done.incident_count and not done.decision_count:
            self.stdout.write("Nothing is new, so nothing was changed.")
            return
        self.stdout.write(
            f"Imported: {done.incident_count} incidents, {done.decision_count} decisions, "
            f"{done.teacher_count} new teachers."
        )

    def _show(self, plan: HistoryPlan) -> None:
        for problem in plan.problems:
            place = f"line {problem.line}" if problem.line else "file"
            column = f", column {problem.column}" if problem.column else ""
            self.stdout.write(f"{place}{column}: {in_english(problem.what)} {in_english(problem.how_to_fix)}")
        unlisted = plan.problem_count - len(plan.problems)
        if unlisted:
            self.stdout.write(f"... and {unlisted} problems more.")
        if plan.unknown_columns:
            self.stdout.write(f"Columns that are not used: {', '.join(plan.unknown_columns)}")
        self.stdout.write(
            f"Lines: {plan.row_count}. New incidents: {len(plan.new)}. New decisions: {plan.decision_count}. "
            f"Known: {plan.known_count}. Problems: {plan.problem_count}."
        )
        if plan.unknown_teachers:
            shown = ", ".join(plan.unknown_teachers[:_SHOWN_TEACHERS])
            more = ", ..." if len(plan.unknown_teachers) > _SHOWN_TEACHERS else ""
            self.stdout.write(f"Teachers the school does not know ({len(plan.unknown_teachers)}): {shown}{more}")
        for total in plan.teachers[:_SHOWN_TEACHERS]:
            change = value_in_english(total.change) if total.change is not None else "no money"
            self.stdout.write(f"{total.code}: {total.incident_count} incidents, penalties change by {change}")
        if len(plan.teachers) > _SHOWN_TEACHERS:
            self.stdout.write(f"... and {len(plan.teachers) - _SHOWN_TEACHERS} teachers more.")
        # Whoever reads along sees it before anything is written; a closed pipe is noticed here.
        self.stdout.flush()

    def _show_progress(self, stage: str, done: int, total: int) -> None:
        unit = _UNITS.get(stage, "lines")
        if sys.stderr.isatty():
            self.stderr.write(f"\r{stage}: {done} of {total} {unit}   ", ending="" if done < total else "\n")
        elif done == total and total:
            self.stderr.write(f"{stage}: {total} {unit}")


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    with stream:
        yield stream


@contextmanager
def _plain_sentences() -> Iterator[None]:
    """Tell what stopped the import in a sentence, with an exit status that is not zero."""
    try:
        yield
    except UnknownTeachers as refusal:
        raise CommandError(f"{refusal} With --create-teachers they are created.") from refusal
    except Refusal as refusal:
        raise CommandError(str(refusal)) from refusal
    except KeyboardInterrupt:
        raise CommandError(f"\nStopped. {_WHOLE_OR_NOT}", returncode=_INTERRUPTED) from None
    except BrokenPipeError as error:
        raise CommandError(f"Nobody reads the output any more, so it was stopped. {_WHOLE_OR_NOT}") from error
    except OSError as error:
        raise CommandError(f"Reading or writing failed: {error.strerror}. {_WHOLE_OR_NOT}") from error
    except DatabaseError as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise CommandError(f"The database stopped it: {reason}. {_WHOLE_OR_NOT}") from error


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Very many objects live until the end here: searching them for cycles again and again finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
