"""Bring a history file into a school: a dry run first, then all or nothing."""

from __future__ import annotations

import gc
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from makegood.actions.history_plan import HistoryPlan
from makegood.actions.import_history import (
    HistoryHasProblems,
    HistoryImported,
    import_history,
    preview_history,
)
from makegood.clock import now
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.rules.english import in_english, value_in_english

_SHOWN_TEACHERS = 50


class Command(BaseCommand):
    """Reads a CSV of incidents, says what importing it would do, and does it with --yes."""

    requires_system_checks = ()
    help = "Import a history file (CSV) into a school. Without --yes it only says what would happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the school, and what may be done."""
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--school", required=True, metavar="SLUG", help="the school's short name in its addresses")
        parser.add_argument("--create-teachers", action="store_true", help="create teachers the school does not know")
        parser.add_argument("--yes", action="store_true", help="import; without it nothing is written")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Preview, show, and import when asked to."""
        school = School.objects.filter(slug=options["school"]).first()
        if school is None:
            raise CommandError(f'There is no school with the short name "{options["school"]}".')
        # Very many objects that all live until the end: looking for cycles among them again and again finds none.
        gc.disable()
        try:
            with options["file"].open("rb") as stream:
                done = self._import(school, stream, options) if options["yes"] else self._preview(school, stream)
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if done is None:
            self.stdout.write("This was a dry run. Add --yes to import.")
            return
        self.stdout.write(
            f"Imported: {done.incident_count} incidents, {done.decision_count} decisions, "
            f"{done.teacher_count} new teachers."
        )

    def _preview(self, school: School, stream: BinaryIO) -> None:
        plan = preview_history(school=school, stream=stream, now=now())
        self._show(plan)
        if plan.problem_count:
            raise HistoryHasProblems(plan)

    def _import(self, school: School, stream: BinaryIO, options: dict[str, Any]) -> HistoryImported:
        return import_history(
            school=school,
            stream=stream,
            create_teachers=options["create_teachers"],
            imported_by_id=None,
            door=Door.COMMAND,
            now=now(),
            show=self._show,
            progress=self._show_progress,
        )

    def _show(self, plan: HistoryPlan) -> None:
        for problem in plan.problems:
            place = f"line {problem.line}" if problem.line else "file"
            column = f", column {problem.column}" if problem.column else ""
            self.stdout.write(f"{place}{column}: {in_english(problem.what)} {in_english(problem.how_to_fix)}")
        unlisted = plan.problem_count - len(plan.problems)
        if unlisted:
            self.stdout.write(f"... and {unlisted} problems more.")
        self.stdout.write(
            f"Lines: {plan.row_count}. New incidents: {len(plan.new)}. New decisions: {len(plan.decided)}. "
            f"Known: {plan.known_count}. Problems: {plan.problem_count}."
        )
        if plan.unknown_teachers:
            shown = ", ".join(plan.unknown_teachers[:_SHOWN_TEACHERS])
            self.stdout.write(f"Teachers the school does not know ({len(plan.unknown_teachers)}): {shown}")
        for total in plan.teachers[:_SHOWN_TEACHERS]:
            change = value_in_english(total.change) if total.change is not None else "no money"
            self.stdout.write(f"{total.code}: {total.incident_count} incidents, penalties change by {change}")
        if len(plan.teachers) > _SHOWN_TEACHERS:
            self.stdout.write(f"... and {len(plan.teachers) - _SHOWN_TEACHERS} teachers more.")

    def _show_progress(self, stage: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{stage}: {done} of {total}   ", ending="" if done < total else "\n")
