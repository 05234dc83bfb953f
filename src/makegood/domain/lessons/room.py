"""Whether a time that a lesson would get back is still one that its two people and the school have for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.domain.availability.queries import get_rules, list_holidays
from makegood.domain.lessons.closed_days import ClosedDays, list_days
from makegood.domain.lessons.filling import is_filled_since
from makegood.domain.lessons.taken import refuse_if_either_is_busy
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.quantities import Interval
from makegood.refusal import Refusal


class FullSince(Refusal):
    """Other lessons fill the teacher's day, or the week of a new teacher, since."""

    code = "full_since"
    sentence = gettext_noop(
        "The day or week was filled with other sessions since, so this cannot be undone. Nothing was changed. Choose "
        "another time."
    )


class ClosedSince(Refusal):
    """The school made the day a holiday since."""

    code = "closed_since"
    sentence = gettext_noop(
        "“{name}” became a holiday of the school since, so this cannot be undone. Nothing was changed. "
        "Choose another time."
    )


def refuse_without_room(
    *,
    school: School,
    teacher: Membership,
    student_id: int | None,
    times: Sequence[Interval],
    since: datetime,
    moves: int | None = None,
) -> None:
    """Raise FullSince, ClosedSince or TimeTakenSince for times that were given up at `since`; nobody has them now.

    A day that held more than the rules let a teacher take may hold as much again: only what was added since counts.
    `teacher` with its person; both are locked. `moves` is a lesson that would move there. The database sees only what
    overlaps in the same role.
    """
    starts = [time.start for time in times]
    rules = get_rules(school_id=school.pk)
    if is_filled_since(school_id=school.pk, teacher=teacher, rules=rules, starts=starts, since=since, moves=moves):
        raise FullSince
    days = [day for time in times for day in list_days(time, zone=school.zone)]
    made = list_holidays(school_id=school.pk, from_on=min(days), until_on=max(days))
    closed = ClosedDays(school.zone, {one.day_on: one.name for one in made if one.made_at >= since})
    for time in times:
        name = closed.find_name(time)
        if name is not None:
            raise ClosedSince(name=name)
    refuse_if_either_is_busy(
        school_id=school.pk,
        teacher_id=teacher.pk,
        student_id=student_id,
        times=times,
        break_minutes=rules.buffer_minutes,
        besides=moves,
    )
