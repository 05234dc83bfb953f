"""`manage rebuild_calendar`: writes the cache that slot searches read anew, from the ranges and the lessons."""

from __future__ import annotations

from typing import Any

from makegood.actions.calendars import rebuild_calendar
from makegood.clock import now
from makegood.domain.schools.queries import list_school_ids, list_schools
from makegood.management.plain_help import PlainHelp


class Command(PlainHelp):
    """Rebuilds every school's calendar weeks, in batches of teachers; people may go on booking meanwhile."""

    help = "Write every teacher's calendar weeks anew, from the ranges and the lessons."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rebuild school by school and say how many teachers each has."""
        for school in list_schools(school_ids=list_school_ids()):
            rebuilt = rebuild_calendar(school=school, now=now())
            self.stdout.write(f"{school.name}: {rebuilt} teachers")
