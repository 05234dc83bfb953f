"""What tests of matching start from: Tara closes her calendar, is warned, then paused; or is deprioritized."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from makegood.actions.set_default_availability import set_default_availability
from makegood.actions.watch_calendars import watch_calendars
from makegood.domain.availability.models import MatchingPause
from makegood.domain.availability.openness import Step
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.bookings import MONDAY, NOW, open_mornings, set_rules
from tests.cast import Cast

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
WARNED_AT = NOW + HOUR
PAUSED_AT = WARNED_AT + DAY
# When the second report makes a teacher deprioritized under Talaera's policy.
REPORTED_AT = NOW - timedelta(minutes=1)


def close_from(cast: Cast, day_on: date, *, now: datetime) -> None:
    """Tara is open no more from this day of hers on."""
    set_default_availability(
        school=cast.school,
        actor=cast.tara,
        teacher_id=cast.tara.pk,
        weekly={},
        from_on=day_on,
        reason="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )


def close_calendar(cast: Cast, *, pause_days: int = 60) -> None:
    """The school pauses matching for so many days; Tara opened mornings, and no more from next week on."""
    set_rules(cast, freshness_pause_days=pause_days)
    open_mornings(cast)
    close_from(cast, MONDAY + timedelta(days=7), now=NOW)


def watch(cast: Cast, *, now: datetime) -> list[Step]:
    """What the job does at an instant."""
    return list(watch_calendars(school=cast.school, now=now))


def pause_tara(cast: Cast, *, pause_days: int = 60) -> MatchingPause:
    """Tara is warned at `WARNED_AT`, and matching pauses from `PAUSED_AT` on."""
    close_calendar(cast, pause_days=pause_days)
    assert watch(cast, now=WARNED_AT) == [Step.WARN]
    assert watch(cast, now=PAUSED_AT) == [Step.PAUSE]
    with in_school(cast.school.pk):
        return MatchingPause.objects.select_related("warning").get()


def deprioritize(cast: Cast, teacher: Membership) -> None:
    """The teacher reports two emergencies of lessons with Sam; with the second the consequence begins."""
    for at in (REPORTED_AT - timedelta(days=7), REPORTED_AT):
        lesson = casting.book(cast, starts_at=at + HOUR, teacher=teacher)
        casting.report(cast, lesson, now=at, actor=teacher)
