"""Bring a history file into a school: a dry run first, then all or nothing."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from makegood.actions.history_plan import HistoryPlan
from makegood.actions.import_history import import_history, preview_history
from makegood.clock import now
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.rules.english import in_english, value_in_english

_SHOWN_TEACHERS = 50


class Command(BaseCommand):
    """Reads a CSV of incidents, says what importing it would do, and does it with --yes."""

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
        at = now()
        try:
            with options["file"].open("rb") as stream:
                plan = preview_history(school=school, stream=stream, now=at)
                self._show(plan)
                if plan.problem_count:
                    raise CommandError("Nothing was imported. Correct the file and try again.")
                if not options["yes"]:
                    self.stdout.write("This was a dry run. Add --yes to import.")
                    return
                stream.seek(0)
                done = import_history(
                    school=school,
                    stream=stream,
                    create_teachers=options["create_teachers"],
                    imported_by_id=None,
                    door=Door.COMMAND,
                    now=at,
                    progress=self._show_progress,
                )
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
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
