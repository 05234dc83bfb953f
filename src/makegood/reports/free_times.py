"""When a student can book whom: free starts of one teacher or of all, without those that pause, by their own days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.plans import is_open_ahead
from makegood.domain.availability.queries import get_plans, get_rules
from makegood.domain.availability.slots import find_free_starts
from makegood.domain.ledger.credits import count_left
from makegood.domain.lessons import offering
from makegood.domain.lessons.offering import Offer
from makegood.domain.lessons.queries import list_teacher_ids_of_student, list_upcoming_of_student
from makegood.domain.penalties.pauses import Pause, list_pauses, pause_of_closed_calendar
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_with_role
from makegood.domain.schools.models import School
from makegood.quantities import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """A start at which these teachers are free."""

    interval: Interval
    teachers: tuple[Membership, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTimes:
    """What the booking page shows. `days` are days of the student with a free time; `times` those of `day`.

    Days of one teacher have a time that the student can book. `credits_left` is None where the school asks for none.
    """

    teachers: tuple[Membership, ...]
    offers: tuple[Offer, ...]
    days: tuple[date, ...]
    day: date | None
    times: tuple[FreeTime, ...]
    credits_left: int | None
    hold_minutes: int


def list_free_times(
    *,
    school: School,
    student: Membership,
    teacher_id: int | None,
    minutes: int,
    day: date | None,
    now: datetime,
) -> FreeTimes:
    """Free times from now to the booking horizon; `teacher_id` None: of all. Without a `day` the first that has one."""
    rules = get_rules(school_id=school.pk)
    teachers = {member.pk: member for member in list_with_role(school_id=school.pk, role=Role.TEACHER)}
    wanted = [one for one in teachers if teacher_id in {None, one}]
    free = find_free_starts(
        school_id=school.pk,
        teacher_ids=wanted,
        from_at=now,
        until_at=now + timedelta(days=rules.horizon_days),
        lesson_minutes=minutes,
        rules=rules,
        now=now,
    )
    zone = ZoneInfo(student.person.zone)
    length = timedelta(minutes=minutes)
    own = [
        Interval(lesson.starts_at, lesson.ends_at)
        for lesson in list_upcoming_of_student(school_id=school.pk, student_id=student.pk, now=now)
    ]
    pauses = _list_pauses(school, {one: teachers[one].person.zone for one in wanted}, rules, now)
    # Only a pause for new students asks who has met.
    asks = any(pause.is_for_new_students for found in pauses.values() for pause in found)
    met = set(list_teacher_ids_of_student(school_id=school.pk, student_id=student.pk)) if asks else set()

    def list_able(at: datetime) -> tuple[Membership, ...]:
        """The teachers whom the student can book then; none where the student has a lesson."""
        if any(one.overlaps(Interval(at, at + length)) for one in own):
            return ()
        return tuple(
            teachers[one]
            for one in free.list_free_at(at)
            if not any(
                pause.forbids(starts_at=at, now=now, is_new_student=one not in met) for pause in pauses.get(one, ())
            )
        )

    starts = [(at, at.astimezone(zone).date()) for at, _count in free.list_times()]
    if teacher_id is not None:
        # One teacher may pause or have nothing left: a day that cannot be booked is not offered.
        starts = [(at, on) for at, on in starts if list_able(at)]
    days = sorted({on for _at, on in starts})
    shown_day = day if day in days else next(iter(days), None)
    times = [
        FreeTime(interval=Interval(at, at + length), teachers=able)
        for at, on in starts
        if on == shown_day and (able := list_able(at))
    ]
    return FreeTimes(
        teachers=tuple(sorted(teachers.values(), key=lambda member: member.display_name)),
        offers=tuple(offer for offer in offering.list_offers(school_id=school.pk) if offer.is_offered),
        days=tuple(days),
        day=shown_day,
        times=tuple(times),
        credits_left=count_left(school_id=school.pk, student_id=student.pk) if rules.requires_credits else None,
        hold_minutes=rules.hold_minutes,
    )


def _list_pauses(
    school: School, zones: Mapping[int, str], rules: BookingRuleSet, now: datetime
) -> Mapping[int, Sequence[Pause]]:
    """The pauses of each teacher (by their zone), with those of matching while too little of a calendar is open."""
    pauses = {one: list(found) for one, found in list_pauses(school_id=school.pk, teacher_ids=zones, now=now).items()}
    if rules.freshness_days:
        from_on = now.date() - timedelta(days=1)
        until_on = from_on + timedelta(days=rules.freshness_days + 9)
        plans = get_plans(school_id=school.pk, zones=zones, from_on=from_on, until_on=until_on)
        for one, plan in plans.items():
            if not is_open_ahead(plan=plan, needed_days=rules.freshness_days, now=now):
                pauses.setdefault(one, []).append(pause_of_closed_calendar(now=now))
    return pauses


def list_days_around(*, days: Sequence[date], day: date | None, most: int = 14) -> Sequence[date]:
    """The days of the strip: a page of them, the one with `day`."""
    if day is None or day not in days:
        return days[:most]
    first = days.index(day) // most * most
    return days[first : first + most]
