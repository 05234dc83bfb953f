"""What became of lessons that nobody told us about: looked at every minute, and safely twice or hours late."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from makegood.actions.absence_messages import tell_of_doubt
from makegood.actions.lesson_conclusion import By, conclude
from makegood.actions.lesson_locks import LockedLesson, lock_with_people
from makegood.actions.one_by_one import one_by_one
from makegood.actions.our_pages import is_doubtful, listen
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import attending, claiming, desk_cases
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, Side
from makegood.domain.lessons.presence import AWAY_AFTER, Attendance
from makegood.domain.lessons.queries import list_to_watch
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties.foreseeing import confirmed_until, find_out, foresee_as
from makegood.domain.penalties.history import gather_facts
from makegood.domain.policies.queries import NoPolicyInForce, Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import list_school_ids, list_schools
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.storing import values_to_json

# Lessons that were left open longer ago are history that people have to bring in order.
_LOOK_BACK: Final = timedelta(days=14)
_CASES: Final = {
    Finding.TEACHER_ABSENT: DeskCase.Kind.TEACHER_ABSENT,
    Finding.CUT_SHORT: DeskCase.Kind.TEACHER_ABSENT,
    Finding.STUDENT_ABSENT: DeskCase.Kind.STUDENT_ABSENT,
    Finding.UNCLEAR: DeskCase.Kind.TEACHER_ABSENT,
}
_BY_CLAIM: Final = {Side.STUDENT: Finding.TEACHER_ABSENT, Side.TEACHER: Finding.STUDENT_ABSENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How many lessons were put on record, and how many wait for people."""

    concluded: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What a look at a lesson says: a finding to put on record, or a case for the desk; neither: nothing to say yet.

    `is_sure`: what the case is about will be put on record by itself, unless people say more.
    """

    finding: Finding | None = None
    case: tuple[DeskCase.Kind, Finding] | None = None
    is_sure: bool = True

    @property
    def outcome(self) -> bool | None:
        """True: put on record. False: it waits for people or for its time. None: nothing to say."""
        if self.finding is not None:
            return True
        return False if self.case is not None else None


class FindClaimed(Protocol):
    """Asks for what the sides said of each other."""

    def __call__(self, *, by_both: bool = False) -> Finding | None:
        """What the earlier claim says, where there is one; `by_both`: only where each side claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """What was read at once about the lessons of a school that are watched, before any of them is locked."""

    school: School
    lessons: Sequence[Lesson]
    attendances: Mapping[int, Attendance]
    timetable: Timetable
    open_cases: Collection[tuple[int, str]]


def watch_lessons(*, now: datetime) -> Watched:
    """Look at every lesson that has begun and of which nothing is recorded, and lock those alone that need a change.

    Each school is read at once; each change is made in its own transaction, which looks again. Taught, or late and
    made up: recorded as soon as it is over. Absent, cut short, or unclear: a desk case at once, and an incident by
    itself when the policy's time to say what happened has passed, unless a person decided before. Never by itself where
    for five minutes that matter nobody was seen in any school and no heartbeat was kept: then our own page may have
    been the cause (trust.md, I-30). Where facts are unclear, or nobody was seen at all, the earlier of both sides'
    claims stands until the desk decides.

    The demo's lessons that nobody opened are left to the demo, where nobody teaches.
    """
    schools = list_schools(school_ids=list_school_ids())
    watches = [in_one_transaction(school.pk, partial(_read, school, now)) for school in schools]
    watched = [lesson for watch in watches for lesson in watch.lessons]
    if not watched:
        return Watched(concluded=0, waiting=0)
    heard = listen([school.pk for school in schools], lessons=watched, until=now)
    looks = one_by_one(
        (f"lesson {lesson.pk} of school {watch.school.slug}", partial(_look, watch, lesson, heard, now))
        for watch in watches
        for lesson in watch.lessons
    )
    return Watched(concluded=looks.count(True), waiting=looks.count(False))


def _look(watch: _Watch, lesson: Lesson, heard: Collection[datetime], now: datetime) -> bool | None:
    seen = _see(
        lesson=lesson,
        attendance=watch.attendances[lesson.pk],
        timetable=watch.timetable,
        heard=heard,
        find_claimed=lambda *, by_both=False: in_one_transaction(
            watch.school.pk, partial(_find_claimed, lesson, by_both=by_both)
        ),
        now=now,
    )
    is_told = seen.case is None or (lesson.pk, seen.case[0].value) in watch.open_cases
    if seen.finding is None and is_told:
        return seen.outcome
    return in_one_transaction(
        watch.school.pk, partial(look_at_lesson, school=watch.school, lesson_id=lesson.pk, heard=heard, now=now)
    )


def _read(school: School, now: datetime) -> _Watch:
    """The lessons that are watched, with all that is known of them; a fixed number of statements."""
    found = list_to_watch(school_id=school.pk, since=now - _LOOK_BACK, until=now)
    ids = [lesson.pk for lesson in found]
    if school.is_demo:
        opened = attending.list_lessons_seen(school_id=school.pk, lesson_ids=ids)
        found = [lesson for lesson in found if lesson.pk in opened]
    return _Watch(
        school=school,
        lessons=found,
        attendances=attending.find_attendances(lessons=found, now=now),
        timetable=get_timetable(school_id=school.pk) if found else Timetable(()),
        open_cases=desk_cases.list_open_kinds(school_id=school.pk, lesson_ids=ids) if found else (),
    )


def look_at_lesson(*, school: School, lesson_id: int, heard: Collection[datetime], now: datetime) -> bool | None:
    """Look at one lesson, locked, inside a transaction of its school, and record what that says.

    `heard` are the minutes in which our pages worked. True: put on record. False: it waits for people or for its time.
    None: nothing to say.
    """
    locked = lock_with_people(school_id=school.pk, lesson_id=lesson_id)
    lesson = locked.lesson
    if lesson.status not in OPEN:
        return None
    attendance = attending.find_attendance(lesson=lesson, now=now)
    timetable = get_timetable(school_id=school.pk)
    seen = _see(
        lesson=lesson,
        attendance=attendance,
        timetable=timetable,
        heard=heard,
        find_claimed=partial(_find_claimed, lesson),
        now=now,
    )
    if seen.case is not None:
        kind, finding = seen.case
        known = desk_cases.list_open_kinds(school_id=school.pk, lesson_ids=[lesson.pk])
        desk_cases.open_case(lesson=lesson, kind=kind, note=finding.value, opened_by_id=None, now=now)
        if (lesson.pk, kind.value) not in known and seen.finding is None:
            _tell_of_doubt(school, locked, finding, attendance, timetable, now, is_sure=seen.is_sure)
    if seen.finding is not None:
        _conclude(school, locked, seen.finding, attendance, now)
    return seen.outcome


def _see(
    *,
    lesson: Lesson,
    attendance: Attendance,
    timetable: Timetable,
    heard: Collection[datetime],
    find_claimed: FindClaimed,
    now: datetime,
) -> Sight:
    """What is to be done about an open lesson now; `find_claimed` is asked only where the facts do not say it."""
    if now < max(lesson.ends_at, attendance.closes_at) + AWAY_AFTER:
        return _see_one_under_way(lesson, attendance, timetable, now)
    try:
        finding = find_out(lesson=lesson, attendance=attendance, timetable=timetable)
    except NoPolicyInForce:
        # Before the school's first policy: nobody can say what it means.
        return Sight()
    waiting = timetable.waiting_at(lesson.starts_at)
    is_sure = finding is not Finding.UNCLEAR and not is_doubtful(lesson, attendance, finding, heard, waiting=waiting)
    if finding is Finding.TAUGHT or (finding is Finding.LATE and is_sure):
        return Sight(finding=finding)
    if finding is Finding.LATE:
        # That it was taught is seen; whose fault the beginning was is not.
        return Sight(finding=Finding.TAUGHT)
    case = (_CASES[finding], finding)
    if now < confirmed_until(lesson=lesson, attendance=attendance, timetable=timetable):
        return Sight(case=case, is_sure=is_sure)
    if not is_sure:
        # Who met was not absent, whatever one of them says.
        return Sight(finding=None if attendance.has_met else find_claimed(), case=case, is_sure=False)
    if not attendance.teacher and not attendance.student:
        # Nobody was seen. Where each says that the other was not there, nothing that was seen says who is right.
        return Sight(finding=find_claimed(by_both=True) or finding, case=case)
    return Sight(finding=finding, case=case)


def _tell_of_doubt(
    school: School,
    locked: LockedLesson,
    finding: Finding,
    attendance: Attendance,
    timetable: Timetable,
    now: datetime,
    *,
    is_sure: bool,
) -> None:
    """Once per case; with what it will cost as things stand, where that is `is_sure` to come by itself."""
    history = gather_facts(school_id=school.pk, teacher_id=locked.teacher.pk)
    foreseen = foresee_as(
        finding, lesson=locked.lesson, teacher=locked.teacher, attendance=attendance, history=history,
        timetable=timetable, now=now,
    )  # fmt: skip
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.LESSON_DOUBTED,
        at=now,
        door=Door.JOB,
        actor_id=None,
        lesson_id=locked.lesson.pk,
        values=values_to_json({"until": foreseen.by_itself_at}),
    )
    tell_of_doubt(school=school, locked=locked, foreseen=foreseen, is_sure=is_sure, event=event, now=now)


def _conclude(school: School, locked: LockedLesson, finding: Finding, attendance: Attendance, now: datetime) -> None:
    by = By(actor_id=None, door=Door.JOB)
    conclude(school=school, locked=locked, finding=finding, attendance=attendance, by=by, now=now)


def _see_one_under_way(lesson: Lesson, attendance: Attendance, timetable: Timetable, now: datetime) -> Sight:
    """Somebody waits in vain: the desk can call before it is too late."""
    wait = timetable.waiting_at(lesson.starts_at).wait_for(lesson.length)
    if now >= lesson.ends_at or now < lesson.starts_at + wait:
        return Sight()
    if attendance.student and not attendance.teacher:
        return Sight(case=(DeskCase.Kind.TEACHER_ABSENT, Finding.TEACHER_ABSENT))
    if attendance.teacher and not attendance.student:
        return Sight(case=(DeskCase.Kind.STUDENT_ABSENT, Finding.STUDENT_ABSENT))
    return Sight()


def _find_claimed(lesson: Lesson, *, by_both: bool = False) -> Finding | None:
    """What the earlier claim says, or (`by_both`) the earlier of two where each side says it of the other.

    What was said while the lesson stood at another time is not about this one.
    """
    claims = claiming.list_of_present_time(lesson=lesson)
    absent = [claim for claim in claims if claim.kind == LessonClaim.Kind.OTHER_ABSENT]
    if not absent or (by_both and len({claim.side for claim in absent}) == 1):
        return None
    return _BY_CLAIM[Side(absent[0].side)]
