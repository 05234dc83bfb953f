"""Puts a planned school into the database: its people and lessons in bulk, then its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_noop

from makegood.actions.calendars import rebuild_teachers
from makegood.actions.publish_policy_version import publish_policy_version
from makegood.demo.availability import open_calendars
from makegood.demo.booking_story import BookingStory
from makegood.demo.bookings import Calendar
from makegood.demo.cast import DEMO_PASSWORD
from makegood.demo.choices import choose
from makegood.demo.deliveries import deliver_past
from makegood.demo.demo_rows import DemoRows
from makegood.demo.episodes import Episode, choose_episodes, find_troubled
from makegood.demo.housekeeping import keep_house
from makegood.demo.lessons import DemoLesson
from makegood.demo.mishaps import Mishap, month_of, plan_mishaps
from makegood.demo.offers import open_for_booking
from makegood.demo.people import FULL_SIZE, DemoPeople, DemoPerson, people_of
from makegood.demo.presence import minutes_taught, seen_in, seen_when_taught
from makegood.demo.schools import DemoSchool
from makegood.demo.story import LoadedSchool, Progress, tell_story
from makegood.demo.timetable import HISTORY, HORIZON, plan_lessons
from makegood.domain.lessons import attending, writing
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.presence import Seen
from makegood.domain.people.enrollment import Newcomer, enroll_many
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.operations import NewSchool, create_school
from makegood.domain.timeline.doors import Door
from makegood.presets import preset_text
from makegood.quantities import Money

# Before anything that is told.
_CHOSEN_AGO: Final = timedelta(days=60)


def load_school(*, demo: DemoSchool, now: datetime, tell: Progress, teacher_count: int = FULL_SIZE) -> int:
    """Write the whole of `demo` as it stands at `now`, in one transaction: all of it or nothing.

    In this order: the school, its people, its policy, its lessons; then in the order of time what happened (through the
    actions that people trigger), decisions and pay days; what became of the messages about it. `tell` hears how many of
    how many steps of the story are done. Returns how many lessons were written in bulk. Raises SlugTaken when the
    school exists.
    """
    people = people_of(demo, teacher_count=teacher_count)
    since = now - HISTORY
    lessons = plan_lessons(school=demo, people=people, now=now, since=since, until=now + HORIZON)
    mishaps = plan_mishaps(school=demo, people=people, lessons=lessons, now=now)
    episodes = choose_episodes(school=demo, people=people, lessons=lessons, mishaps=mishaps, now=now)
    with transaction.atomic():
        row = create_school(new=_new_school(demo), now=since)
        with in_school(row.pk):
            members = _enroll(row, people, since=since, now=now)
            loaded = LoadedSchool(
                demo=demo,
                row=row,
                teachers={code: member for code, member in members.items() if code.startswith("T")},
                staff={Role(role): members[person.code] for person in reversed(people.staff) for role in person.roles},
                students={code: member for code, member in members.items() if code.startswith("S")},
                lessons=_write_lessons(demo, row, members, lessons, mishaps, episodes, now=now),
            )
            _publish_policy(loaded, now=since)
            open_for_booking(demo=demo, people=people, school=row, members=members, at=since)
            open_calendars(demo=demo, people=people, school=row, members=members, lessons=lessons, since=since, now=now)
            rows = DemoRows(demo=demo, row=row, members=members, desk=loaded.staff[Role.DESK])
            choose(rows=rows, people=people, at=now - _CHOSEN_AGO)
            troubled = find_troubled(mishaps, episodes, now=now)
            calendar = calendar_of(lessons)
            story = BookingStory(rows=rows, people=people, calendar=calendar, now=now, troubled=troubled)
            deeds = chain(story.deeds(), keep_house(rows=rows, people=people, now=now))
            tell_story(loaded=loaded, mishaps=mishaps, episodes=episodes, deeds=deeds, now=now, tell=tell)
            deliver_past(school=row, now=now)
            # Lessons were written, and some taught, in bulk, which tells no calendar week.
            rebuild_teachers(school=row, teacher_ids=[member.pk for member in loaded.teachers.values()], now=now)
    return len(lessons)


def new_lesson(
    demo: DemoSchool, members: Mapping[str, Membership], lesson: DemoLesson, *, taught_minutes: int | None
) -> writing.NewLesson:
    """A planned lesson as it is written."""
    pay = None
    if demo.currency is not None and lesson.pay_minor is not None:
        pay = Money(lesson.pay_minor, demo.currency)
    return writing.NewLesson(
        teacher_id=members[lesson.teacher].pk,
        student_id=members[lesson.student].pk,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        lesson_type=lesson.lesson_type,
        title=lesson.title,
        pay=pay,
        booked_at=lesson.booked_at,
        taught_minutes=taught_minutes,
    )


def calendar_of(lessons: Sequence[DemoLesson]) -> Calendar:
    """Who is busy when by the plan."""
    return Calendar((code, lesson.interval) for lesson in lessons for code in (lesson.teacher, lesson.student))


def seen_of_planned(demo: DemoSchool, lesson: DemoLesson) -> Sequence[Seen]:
    """What was seen of a planned lesson that was taught to its end."""
    seed = f"{demo.slug} {lesson.teacher} {lesson.starts_at.isoformat()}"
    return seen_when_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seed=seed)


def make_newcomers(people: Sequence[DemoPerson]) -> Sequence[Newcomer]:
    """The planned people as they are written; those of the cast share one hash of the demo's password."""
    shared_hash = make_password(DEMO_PASSWORD)
    return [
        Newcomer(
            code=person.code,
            email=person.email,
            full_name=person.full_name,
            zone=person.home.zone,
            country=person.home.country,
            engagement="contractor" if "teacher" in person.roles else "",
            roles=tuple(Role(role) for role in person.roles),
            password_hash=shared_hash if person.is_sign_in else "",
            is_demo=person.is_sign_in,
            language=person.language,
        )
        for person in people
    ]


def _enroll(row: School, people: DemoPeople, *, since: datetime, now: datetime) -> Mapping[str, Membership]:
    """Everybody from the first day on, and whoever is new when they joined. By code."""
    newcomers: dict[datetime, list[Newcomer]] = {}
    for person, newcomer in zip(people.everybody, make_newcomers(people.everybody), strict=True):
        newcomers.setdefault(person.joined_at(since=since, now=now), []).append(newcomer)
    found: dict[str, Membership] = {}
    for at, those in sorted(newcomers.items()):
        found |= enroll_many(school_id=row.pk, newcomers=those, now=at)
    return found


def _new_school(demo: DemoSchool) -> NewSchool:
    return NewSchool(
        slug=demo.slug,
        name=demo.name,
        zone=demo.zone,
        language="en",
        desk_email=f"desk@{demo.domain}",
        desk_phone=demo.desk_phone,
        support_email=f"support@{demo.domain}",
        emergency_phone=demo.emergency_phone,
        pays_teachers=demo.currency is not None,
        is_demo=True,
    )


def _publish_policy(loaded: LoadedSchool, *, now: datetime) -> None:
    published = publish_policy_version(
        school=loaded.row,
        document=preset_text(loaded.demo.preset),
        in_force_from_on=month_of(now, loaded.demo),
        published_by_id=loaded.staff[Role.OWNER].person_id,
        change_note=gettext_noop("The policy as the school has always applied it."),
        door=Door.COMMAND,
        now=now,
    )
    assert not published.problems, "a shipped preset has no problems"


def _write_lessons(
    demo: DemoSchool,
    row: School,
    members: Mapping[str, Membership],
    lessons: Sequence[DemoLesson],
    mishaps: Sequence[Mishap],
    episodes: Sequence[Episode],
    *,
    now: datetime,
) -> Mapping[int, Lesson]:
    untaught = {lesson.number for lesson in lessons if lesson.ends_at > now}
    untaught |= {mishap.lesson.number for mishap in mishaps}
    untaught |= {episode.lesson.number for episode in episodes}
    seen = {lesson.number: seen_of_planned(demo, lesson) for lesson in lessons if lesson.number not in untaught}
    minutes = {
        lesson.number: minutes_taught(starts_at=lesson.starts_at, ends_at=lesson.ends_at, seen=seen[lesson.number])
        for lesson in lessons
        if lesson.number in seen
    }
    written = writing.write_many(
        school_id=row.pk,
        new_lessons=[
            new_lesson(demo, members, lesson, taught_minutes=minutes.get(lesson.number)) for lesson in lessons
        ],
    )
    found = {lesson.number: lesson_row for lesson, lesson_row in zip(lessons, written, strict=True)}
    seen |= {mishap.lesson.number: seen_in(mishap) for mishap in mishaps if mishap.lesson.ends_at <= now}
    attending.record_many(
        school_id=row.pk, seen=[(found[number], ones) for number, ones in seen.items()], door=Door.WEB
    )
    return found
