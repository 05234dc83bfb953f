"""Reading lessons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.lessons.attending import with_finish
from makegood.domain.lessons.desk_cases import with_open_cases
from makegood.domain.lessons.models import Lesson, LessonMove, LessonStatus, MoveRequest, WaitsFor
from makegood.domain.lessons.move_requests import with_asked_time
from makegood.domain.lessons.statuses import MEETINGS, MEETINGS_AND_WAITING, NEVER_A_LESSON, OPEN
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import some_members


def find_lesson(*, school_id: int, lesson_id: int) -> Lesson | None:
    """The lesson with its teacher and student, or None."""
    return _lesson.first(school_id=school_id, lesson_id=lesson_id)


@compiled
def _lesson(school_id: int, lesson_id: int) -> QuerySet[Lesson]:
    return _with_people(school_id).filter(pk=lesson_id)


def list_upcoming_of_teacher(*, school_id: int, teacher_id: int, now: datetime, limit: int = 200) -> Sequence[Lesson]:
    """Open lessons of the teacher that end after `now`, by start."""
    return list(_upcoming(school_id, now).filter(teacher_id=teacher_id)[:limit])


def list_open_for_dashboard(*, school_id: int, teacher_id: int, since: datetime, now: datetime) -> Sequence[Lesson]:
    """Open lessons of the teacher that end after `since`, by start; those that are over by `now` are not recorded yet.

    Each with what `move_requests.read_asked_time` and `attending.has_finished` read. 1 statement.
    """
    return _open_for_dashboard(school_id=school_id, teacher_id=teacher_id, since=since, now=now)


@compiled
def _open_for_dashboard(school_id: int, teacher_id: int, since: datetime, now: datetime) -> QuerySet[Lesson]:
    lessons = _upcoming(school_id, since).filter(teacher_id=teacher_id)
    return with_asked_time(with_finish(lessons, school_id=school_id), school_id=school_id, now=now)[:200]


def list_upcoming_of_student(*, school_id: int, student_id: int, now: datetime, limit: int = 200) -> Sequence[Lesson]:
    """Open lessons of the student that end after `now`, by start."""
    return list(_upcoming(school_id, now).filter(student_id=student_id)[:limit])


def list_upcoming_with_finish(*, school_id: int, student_id: int, now: datetime) -> Sequence[Lesson]:
    """The same with their teachers alone, each with what `attending.has_finished` reads. 1 statement."""
    return _upcoming_with_finish(school_id=school_id, student_id=student_id, now=now)


@compiled
def _upcoming_with_finish(school_id: int, student_id: int, now: datetime) -> QuerySet[Lesson]:
    open_ones = _with_teacher(school_id).filter(student_id=student_id, status__in=OPEN, ends_at__gt=now)
    return with_finish(open_ones.order_by("starts_at", "pk"), school_id=school_id)[:200]


def list_coming(*, school_id: int, member_id: int, now: datetime) -> Sequence[Lesson]:
    """Open lessons that the member teaches or takes and that end after `now`, by start, at most 200; with people.

    Each has what `attending.has_finished` reads. 1 statement.
    """
    return _coming(school_id=school_id, member_id=member_id, now=now)


@compiled
def _coming(school_id: int, member_id: int, now: datetime) -> QuerySet[Lesson]:
    lessons = Lesson.objects.filter(school_id=school_id).select_related("teacher", "student")
    open_ones = lessons.filter(Q(teacher_id=member_id) | Q(student_id=member_id), status__in=OPEN, ends_at__gt=now)
    return with_finish(open_ones.order_by("starts_at", "pk"), school_id=school_id)[:200]


def list_past_of_student(*, school_id: int, student_id: int, now: datetime) -> Sequence[Lesson]:
    """The last 20 lessons of the student that are over or off, latest start first."""
    return _past_of_student(school_id=school_id, student_id=student_id, now=now)


@compiled
def _past_of_student(school_id: int, student_id: int, now: datetime) -> QuerySet[Lesson]:
    over = Q(ends_at__lte=now) | ~Q(status__in=OPEN)
    found = _with_teacher(school_id).filter(over, student_id=student_id).exclude(status__in=NEVER_A_LESSON)
    return found.order_by("-starts_at", "-pk")[:20]


def list_upcoming_of_pair(
    *, school_id: int, teacher_id: int, student_id: int, now: datetime, limit: int = 100
) -> Sequence[Lesson]:
    """Open lessons that this teacher gives this student and that end after `now`, by start."""
    return list(_upcoming(school_id, now).filter(teacher_id=teacher_id, student_id=student_id)[:limit])


def list_student_ids_of_teacher(*, school_id: int, teacher_id: int) -> Sequence[int]:
    """Everybody whom this teacher taught, teaches or will teach."""
    lessons = Lesson.objects.filter(school_id=school_id, teacher_id=teacher_id, student_id__isnull=False)
    return list(lessons.exclude(status__in=NEVER_A_LESSON).values_list("student_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How a student stands to a teacher.

    `is_known`: there was, is or will be a lesson, whatever became of it. `has_first`: a first meeting of the two would
    be a second one. `met_at`: when the first lesson that stands begins; None while there is none.
    """

    is_known: bool
    has_first: bool
    met_at: datetime | None


STRANGERS: Final = Acquaintance(is_known=False, has_first=False, met_at=None)


def list_acquaintances(*, school_id: int, student_id: int) -> Mapping[int, Acquaintance]:
    """How the student stands to each teacher (by id) with whom anything is or was kept; one statement."""
    return _acquaintances(Lesson.objects.filter(school_id=school_id, student_id=student_id))


def find_acquaintance(*, school_id: int, teacher_id: int, student_id: int) -> Acquaintance:
    """How the student stands to this one teacher."""
    lessons = Lesson.objects.filter(school_id=school_id, teacher_id=teacher_id, student_id=student_id)
    return _acquaintances(lessons).get(teacher_id, STRANGERS)


def _acquaintances(lessons: QuerySet[Lesson]) -> Mapping[int, Acquaintance]:
    rows = (
        lessons.values_list("teacher_id")
        .annotate(
            known=Count("pk", filter=~Q(status__in=NEVER_A_LESSON)),
            first=Count("pk", filter=Q(status__in=MEETINGS_AND_WAITING)),
            met_at=Min("starts_at", filter=Q(status__in=MEETINGS)),
        )
        .order_by()
    )
    return {
        teacher_id: Acquaintance(is_known=known > 0, has_first=first > 0, met_at=met_at)
        for teacher_id, known, first, met_at in rows
    }


def _upcoming(school_id: int, now: datetime) -> QuerySet[Lesson]:
    return _with_people(school_id).filter(status__in=OPEN, ends_at__gt=now).order_by("starts_at", "pk")


def _with_teacher(school_id: int) -> QuerySet[Lesson]:
    """For the student's own pages."""
    return Lesson.objects.filter(school_id=school_id).select_related("teacher__person")


def _with_people(school_id: int) -> QuerySet[Lesson]:
    return Lesson.objects.filter(school_id=school_id).select_related("teacher__person", "student__person")


def list_left_open(*, school_id: int, now: datetime) -> Sequence[Lesson]:
    """Lessons that ended and of which nothing was recorded since they were booked, by start."""
    return list(
        Lesson.objects.filter(school_id=school_id, status__in=OPEN, ends_at__lte=now).order_by("starts_at", "pk")
    )


def list_to_watch(*, school_id: int, since: datetime, until: datetime) -> Sequence[Lesson]:
    """Open lessons that began in this time, by start."""
    return list(
        Lesson.objects.filter(
            school_id=school_id, status__in=OPEN, starts_at__gte=since, starts_at__lte=until
        ).order_by("starts_at", "pk")
    )


def list_with_pay(*, school_id: int, lesson_ids: Collection[int]) -> Sequence[Lesson]:
    """Those of the lessons that have pay, by id."""
    return _with_pay(school_id=school_id, lesson_ids=lesson_ids)


@compiled
def _with_pay(school_id: int, lesson_ids: Collection[int]) -> QuerySet[Lesson]:
    lessons = Lesson.objects.filter(is_any_of("pk", lesson_ids), school_id=school_id, pay_minor__gt=0)
    return lessons.order_by("pk")


def list_ending_after(*, school_id: int, at: datetime) -> Sequence[Lesson]:
    """Every lesson that ends after `at`, whatever became of it, and every time that is kept for one, by start."""
    lessons = Lesson.objects.filter(school_id=school_id, ends_at__gt=at).exclude(status=LessonStatus.RELEASED)
    return list(lessons.order_by("starts_at", "pk"))


def find_last_start(*, school_id: int) -> datetime | None:
    """When the last lesson of the school that is of no series starts, None without any."""
    lessons = Lesson.objects.filter(school_id=school_id, series=None)
    last: datetime | None = lessons.aggregate(last=Max("starts_at"))["last"]
    return last


def counted_moves(*, school_id: int) -> QuerySet[LessonMove]:
    """The move that counts by an incident, for a subquery over incidents."""
    return LessonMove.objects.filter(school_id=school_id, incident_id=OuterRef("pk"))


def have_met(*, school_id: int, teacher_id: int, student_id: int) -> bool:
    """Whether the two have, had or will have a lesson with each other, whatever became of it."""
    lessons = Lesson.objects.filter(school_id=school_id, teacher_id=teacher_id, student_id=student_id)
    return lessons.exclude(status__in=NEVER_A_LESSON).exists()


def find_student_of(*, school_id: int, teacher_id: int, student_id: int) -> Membership | None:
    """The student, with their person, whom the teacher has, had or will have a lesson with; None for anybody else."""
    return _students_of.first(school_id=school_id, teacher_id=teacher_id, student_ids=[student_id])


@compiled
def _students_of(school_id: int, teacher_id: int, student_ids: Collection[int]) -> QuerySet[Membership]:
    lessons = Lesson.objects.filter(school_id=school_id, teacher_id=teacher_id, student_id=OuterRef("pk"))
    members = some_members(school_id=school_id, membership_ids=student_ids)
    return members.filter(Exists(lessons.exclude(status__in=NEVER_A_LESSON))).select_related("person")


def have_moved(*, school_id: int, lesson_ids: Collection[int]) -> bool:
    """Whether one of the lessons ever got another time, or is asked for one."""
    moves = LessonMove.objects.filter(school_id=school_id, lesson_id__in=lesson_ids)
    asked = MoveRequest.objects.filter(
        school_id=school_id, lesson_id__in=lesson_ids, hold__status=LessonStatus.REQUESTED
    )
    return moves.exists() or asked.exists()


def list_waiting(
    *,
    school_id: int,
    waits_for: WaitsFor | None,
    now: datetime,
    student_id: int | None = None,
    teacher_id: int | None = None,
) -> Sequence[Lesson]:
    """Requested lessons that still wait for that side's word (None: for either's), with their people, by start.

    Of one member or of all. Moves that are asked for are not among them (`move_requests.py`).
    """
    if student_id is not None and teacher_id is None:
        waiting = _waiting_of_student(school_id=school_id, student_id=student_id, now=now)
        return [lesson for lesson in waiting if waits_for in {None, lesson.waits_for}]
    found = _waiting(school_id, now)
    if waits_for is not None:
        found = found.filter(waits_for=waits_for)
    if student_id is not None:
        found = found.filter(student_id=student_id)
    if teacher_id is not None:
        found = found.filter(teacher_id=teacher_id)
    return list(found)


@compiled
def _waiting_of_student(school_id: int, student_id: int, now: datetime) -> QuerySet[Lesson]:
    return _waiting(school_id, now).filter(student_id=student_id)


def _waiting(school_id: int, now: datetime) -> QuerySet[Lesson]:
    waiting = _with_people(school_id).filter(status=LessonStatus.REQUESTED, keeps_time_for=None, held_until__gt=now)
    return waiting.order_by("starts_at", "pk")


def list_of_span(
    *,
    school_id: int,
    from_at: datetime,
    until_at: datetime,
    teacher_id: int | None = None,
    student: str = "",
    status: LessonStatus | None = None,
    lesson_type: str = "",
) -> Sequence[Lesson]:
    """Lessons that start in `[from_at, until_at)`, by start, with their people and what `read_open_cases` reads.

    Released ones only when asked for. 1 statement.
    """
    lessons = _with_people(school_id).filter(starts_at__gte=from_at, starts_at__lt=until_at)
    lessons = lessons.filter(status=status) if status else lessons.exclude(status=LessonStatus.RELEASED)
    if teacher_id is not None:
        lessons = lessons.filter(teacher_id=teacher_id)
    if student:
        lessons = lessons.filter(student__display_name__icontains=student)
    if lesson_type:
        lessons = lessons.filter(lesson_type=lesson_type)
    return list(with_open_cases(lessons, school_id=school_id).order_by("starts_at", "pk"))
