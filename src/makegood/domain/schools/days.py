"""The days of a school, on the clock of its zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from makegood.domain.schools.models import School


def today_in(*, school: School, now: datetime) -> date:
    """The school's day."""
    return now.astimezone(ZoneInfo(school.zone)).date()
