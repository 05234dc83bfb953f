"""Keeps a demo school current: what is over was taught and is paid, and two weeks of lessons lie ahead again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from makegood.actions.calendars import rebuild_teachers
from makegood.actions.lapsing import sweep_lapsed
from makegood.demo.booking_story import BookingStory
from makegood.demo.bookings import Calendar
from makegood.demo.demo_rows import DemoRows
from makegood.demo.lessons import DemoLesson
from makegood.demo.loader import new_lesson
from makegood.demo.open_days import leave_out_closed, open_days_of
from makegood.demo.payroll import Payroll
from makegood.demo.people import DemoPeople, people_of
from makegood.demo.presence import minutes_taught, seen_when_taught
from makegood.demo.schools import DemoSchool
from makegood.demo.timetable import HORIZON, plan_lessons
from makegood.domain.ledger.queries import list_periods
from makegood.domain.lessons import attending, writing
from makegood.domain.lessons.busy import blocked_by
from makegood.domain.lessons.models import Lesson, WaitsFor
from makegood.domain.lessons.moving import list_moves_from
from makegood.domain.lessons.queries import find_last_start, list_ending_after, list_left_open, list_waiting
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import list_by_code, list_with_role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.quantities import Interval

# A lesson lasts at most a day, so this far back whoever is busy at the start of a plan is known.
_LONGEST = timedelta(days=1)


def top_up(*, demo: DemoSchool, school: School, now: datetime) -> int:
    """Bring a demo school that was loaded earlier up to `now`, in one transaction. Returns how many lessons were added.

    In this order: lessons that ended, whose page nobody opened and of which nobody reported anything, count as taught;
    the series go on until two weeks from now, and the cast get their extra lessons around now; people propose and ask
    for bookings when nothing waits any more; taught lessons are paid; months before the last are closed. Whatever
    visitors did stays as it is. Doing it twice changes nothing.
    """
    with in_school(school.pk):
        payroll = Payroll(demo=demo, school=school, closed_by=list_with_role(school_id=school.pk, role=Role.PAYROLL)[0])
        left_open = _list_unopened(school, now=now)
        _teach(school, left_open)
        for lesson in left_open:
            payroll.add_paid(lesson)
        members = list_by_code(school_id=school.pk)
        people = people_of(demo, teacher_count=sum(code.startswith("T") for code in members))
        # What lapsed keeps no time any more; otherwise it would be free at the next time only.
        sweep_lapsed(school=school, now=now)
        taken, since = _read_taken(school, list(members.values()), now=now)
        planned = _plan(demo, school, people, taken, members, since=since, now=now)
        added = writing.write_many(
            school_id=school.pk,
            new_lessons=[new_lesson(demo, members, lesson, taught_minutes=None) for lesson in planned],
        )
        open_days_of(school=school, members=members, lessons=planned, now=now)
        _teach(school, [lesson for lesson in added if lesson.ends_at <= now])
        calendar = Calendar([*taken, *((code, one.interval) for one in planned for code in (one.teacher, one.student))])
        desk = list_with_role(school_id=school.pk, role=Role.DESK)[0]
        rows = DemoRows(demo=demo, row=school, members=members, desk=desk)
        _ask_again(rows, people, calendar, now=now)
        teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
        rebuild_teachers(school=school, teacher_ids=[teacher.pk for teacher in teachers], now=now)
        for lesson in added:
            if lesson.ends_at <= now:
                payroll.add_paid(lesson)
        payroll.pay(now=now)
        # The oldest first: months are closed in order.
        for period in reversed(list_periods(school_id=school.pk)):
            if period.closed_at is None and payroll.is_closed_by(now, period.starts_on):
                payroll.close(period.starts_on, now=now)
    return len(added)


def _teach(school: School, lessons: Sequence[Lesson]) -> None:
    """The lessons were taught to their end: what was seen of them, and the minutes that follow from it."""
    seen = {
        lesson.pk: seen_when_taught(
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            seed=f"{school.slug} {lesson.teacher_id} {lesson.starts_at.isoformat()}",
        )
        for lesson in lessons
    }
    attending.record_many(school_id=school.pk, seen=[(lesson, seen[lesson.pk]) for lesson in lessons], door=Door.WEB)
    minutes = {
        lesson.pk: minutes_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seen=seen[lesson.pk])
        for lesson in lessons
    }
    writing.mark_taught(school_id=school.pk, minutes_by_lesson=minutes)


def _list_unopened(school: School, *, now: datetime) -> Sequence[Lesson]:
    """Lessons that ended and whose page nobody opened; the others are looked after like everybody's."""
    left_open = list_left_open(school_id=school.pk, now=now)
    seen = attending.list_lessons_seen(school_id=school.pk, lesson_ids=[lesson.pk for lesson in left_open])
    return [lesson for lesson in left_open if lesson.pk not in seen]


def _read_taken(
    school: School, members: Sequence[Membership], *, now: datetime
) -> tuple[list[tuple[str, Interval]], datetime]:
    """Who is busy when, with their buffers, and since when lessons are missing: the last one, or now if earlier."""
    since = min(now, find_last_start(school_id=school.pk) or now)
    codes = {member.pk: member.code for member in members}
    taken = [
        (codes[member_id], blocked_by(lesson))
        for lesson in list_ending_after(school_id=school.pk, at=since - _LONGEST)
        for member_id in (lesson.teacher_id, lesson.student_id)
        if member_id is not None
    ]
    # A weekly lesson that moved was not missing: its former time is not planned again.
    left = [
        (codes[member_id], Interval(moved.from_starts_at, moved.from_ends_at))
        for moved in list_moves_from(school_id=school.pk, after=since - _LONGEST)
        for member_id in (moved.lesson.teacher_id, moved.lesson.student_id)
        if member_id is not None
    ]
    return [*taken, *left], since


def _plan(
    demo: DemoSchool,
    school: School,
    people: DemoPeople,
    taken: Sequence[tuple[str, Interval]],
    members: Mapping[str, Membership],
    *,
    since: datetime,
    now: datetime,
) -> Sequence[DemoLesson]:
    """What is missing from `since` until two weeks from now, without what was closed since."""
    planned = plan_lessons(school=demo, people=people, now=now, since=since, until=now + HORIZON, taken=taken)
    known = [lesson for lesson in planned if lesson.teacher in members and lesson.student in members]
    return leave_out_closed(school=school, members=members, lessons=known, now=now)


def _ask_again(rows: DemoRows, people: DemoPeople, calendar: Calendar, *, now: datetime) -> None:
    """When no proposal waits any more, people propose and ask for bookings as on the first day."""
    if not list_waiting(school_id=rows.row.pk, waits_for=WaitsFor.STUDENT, now=now):
        story = BookingStory(rows=rows, people=people, calendar=calendar, now=now)
        for _at, do in sorted(story.waiting(), key=lambda deed: deed[0]):
            do()
