"""What a student sees: the lessons to come, what waits, and those that are over or off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.objections import make_token, may_be_objected_to
from makegood.domain.incidents.queries import find_live_of_lessons
from makegood.domain.ledger.credits import find_left
from makegood.domain.lessons.attending import has_finished
from makegood.domain.lessons.claims import list_objected
from makegood.domain.lessons.marks import is_in_time, mark_of
from makegood.domain.lessons.models import Lesson, MoveRequest, WaitsFor
from makegood.domain.lessons.move_requests import list_open_of
from makegood.domain.lessons.queries import list_past_of_student, list_upcoming_with_finish, list_waiting
from makegood.domain.lessons.series import PlaceInSeries, group_by_series, list_places
from makegood.domain.penalties.models import Assessment
from makegood.domain.penalties.operations import find_live
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.rules.facts import RequestedBy
from makegood.rules.settings.conduct import Students


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """Until when (included) the student cancels a lesson free, and whether that is so now."""

    free_until: datetime
    is_free: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLesson:
    """A lesson to come, with until when (included) the student cancels it free; the teacher may have finished it.

    `place` is that in its series.
    """

    lesson: Lesson
    free_until: datetime
    is_free: bool
    is_finished: bool = False
    place: PlaceInSeries | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastLesson:
    """A lesson that is over or off. `requested_by` says who is answerable, None where nothing went wrong.

    `is_used`: the student gave it up too late or missed it. `objection_token` opens "I did not ask for this", "" where
    that cannot be said, or was (`has_objected`).
    """

    lesson: Lesson
    requested_by: RequestedBy | None
    is_used: bool
    objection_token: str
    has_objected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentLessons:
    """The page but for its messages: lessons by start, past and cancelled ones latest first.

    `asked` is what teachers ask to move and the student has not answered, `pending_moves` what the student asked the
    school; `proposals` wait for the student's word, a series together, `pending` bookings for the school's.
    `credits_left` is None where the student never had lesson credits.
    """

    asked: tuple[MoveRequest, ...]
    lessons: tuple[OwnLesson, ...]
    past: tuple[PastLesson, ...]
    credits_left: int | None
    proposals: tuple[Sequence[Lesson], ...]
    pending: tuple[Lesson, ...]
    pending_moves: tuple[MoveRequest, ...]


def make_student_lessons(*, school: School, student: Membership, now: datetime) -> StudentLessons:
    """The student's page at `now`.

    A fixed number of statements; one more where a lesson is of a series, and one where a teacher cancelled for them.
    """
    lessons = list_upcoming_with_finish(school_id=school.pk, student_id=student.pk, now=now)
    places = list_places(school_id=school.pk, lessons=lessons)
    waiting = list_waiting(school_id=school.pk, waits_for=None, student_id=student.pk, now=now)
    moves = list_open_of(school_id=school.pk, member_id=student.pk, now=now)
    timetable = get_timetable(school_id=school.pk)
    return StudentLessons(
        asked=tuple(one for one in moves if one.waits_for is WaitsFor.STUDENT),
        lessons=tuple(
            replace(
                own_lesson(lesson=lesson, timetable=timetable, now=now, is_finished=has_finished(lesson)),
                place=places.get(lesson.pk),
            )
            for lesson in lessons
        ),
        past=_past(school, student, now),
        credits_left=find_left(school_id=school.pk, student_id=student.pk, now=now),
        proposals=tuple(group_by_series(one for one in waiting if one.waits_for == WaitsFor.STUDENT)),
        pending=tuple(one for one in waiting if one.waits_for == WaitsFor.SCHOOL),
        pending_moves=tuple(one for one in moves if one.waits_for is WaitsFor.SCHOOL),
    )


def own_lesson(*, lesson: Lesson, timetable: Timetable, now: datetime, is_finished: bool = False) -> OwnLesson:
    """The lesson with the mark of the policy in force at its start."""
    free = _free_time(timetable, lesson.starts_at, now)
    return OwnLesson(lesson=lesson, free_until=free.free_until, is_free=free.is_free, is_finished=is_finished)


def free_time_of(*, school: School, starts_at: datetime, now: datetime) -> FreeTime:
    """Until when a lesson would be cancelled free if it began at `starts_at`."""
    return _free_time(get_timetable(school_id=school.pk), starts_at, now)


def free_times_of(*, school: School, starts: Iterable[datetime], now: datetime) -> Sequence[FreeTime]:
    """The same of lessons at each of these starts."""
    timetable = get_timetable(school_id=school.pk)
    return [_free_time(timetable, starts_at, now) for starts_at in starts]


def _free_time(timetable: Timetable, starts_at: datetime, now: datetime) -> FreeTime:
    version = timetable.find_at(starts_at)
    minutes = version.policy.students.cancel_free_minutes if version else Students().cancel_free_minutes
    return FreeTime(
        free_until=mark_of(starts_at=starts_at, minutes=minutes),
        is_free=is_in_time(starts_at=starts_at, minutes=minutes, now=now),
    )


def _past(school: School, student: Membership, now: datetime) -> tuple[PastLesson, ...]:
    lessons = list_past_of_student(school_id=school.pk, student_id=student.pk, now=now)
    incidents = find_live_of_lessons(school_id=school.pk, lesson_ids=[lesson.pk for lesson in lessons])
    assessments = find_live(school_id=school.pk, incident_ids=[incident.pk for incident in incidents.values()])
    doubtful = [
        incident.pk
        for lesson in lessons
        if (incident := incidents.get(lesson.pk)) is not None and _may_object(lesson, incident, student, now)
    ]
    objected = list_objected(school_id=school.pk, incident_ids=doubtful) if doubtful else ()
    open_to_doubt = {incident_id for incident_id in doubtful if incident_id not in objected}
    return tuple(
        _past_lesson(lesson, incidents[lesson.pk], assessments, open_to_doubt, objected)
        if lesson.pk in incidents
        else PastLesson(lesson=lesson, requested_by=None, is_used=False, objection_token="")
        for lesson in lessons
    )


def _may_object(lesson: Lesson, incident: Incident, student: Membership, now: datetime) -> bool:
    """Only where the teacher says that the student asked; who cancelled themself asked."""
    by_teacher = incident.reported_by_id == lesson.teacher.person_id != student.person_id
    return by_teacher and may_be_objected_to(incident=incident, now=now)


def _past_lesson(
    lesson: Lesson,
    incident: Incident,
    assessments: Mapping[int, Assessment],
    open_to_doubt: Collection[int],
    objected: Collection[int],
) -> PastLesson:
    requested_by = RequestedBy(incident.requested_by)
    assessment = assessments.get(incident.pk)
    return PastLesson(
        lesson=lesson,
        requested_by=requested_by,
        is_used=requested_by is RequestedBy.STUDENT and assessment is not None and assessment.paid,
        objection_token=make_token(incident) if incident.pk in open_to_doubt else "",
        has_objected=incident.pk in objected,
    )
