"""Writing and reading what the lesson page saw of the two people of a lesson."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncMinute
from django.utils.translation import gettext_noop

from makegood.database.many_rows import add_rows
from makegood.domain.lessons.models import Lesson, LessonStatus, PresenceFact, Side
from makegood.domain.lessons.presence import JOIN_EARLY, Attendance, Seen, attend
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

# Signs of life that come faster add nothing, so whoever floods the page writes no rows with it.
_APART: Final = timedelta(seconds=20)


class TooEarlyToJoin(Refusal):
    """The lesson cannot be joined yet."""

    code = "too_early_to_join"
    sentence = gettext_noop("You can join 10 minutes before the start. Come back then.")


class NotUnderWay(Refusal):
    """The lesson is over, or it does not take place."""

    code = "not_under_way"
    sentence = gettext_noop(
        "This lesson is over or does not take place, so nothing was recorded. If that is wrong, tell the scheduling "
        "desk."
    )


class NotStarted(Refusal):
    """The lesson was not started."""

    code = "not_started"
    sentence = gettext_noop("You have not started this session, so there is nothing to finish. Press Start first.")


def side_of(*, lesson: Lesson, member_id: int) -> Side | None:
    """As which side the member is part of the lesson, None for anybody else."""
    if lesson.teacher_id == member_id:
        return Side.TEACHER
    if lesson.student_id is not None and lesson.student_id == member_id:
        return Side.STUDENT
    return None


def refuse_unless_open(*, lesson: Lesson, now: datetime) -> None:
    """Raise TooEarlyToJoin before the lesson can be joined, NotUnderWay when it is over or does not take place.

    A lesson that is being taught stays open until missing time is made up; one that never started ends on time.
    """
    if lesson.status not in OPEN:
        raise NotUnderWay
    if now < lesson.starts_at - JOIN_EARLY:
        raise TooEarlyToJoin
    end = lesson.ends_at
    if lesson.status == LessonStatus.IN_PROGRESS:
        end = find_attendance(lesson=lesson, now=now).closes_at
    if now >= end:
        raise NotUnderWay


def record(*, lesson: Lesson, side: Side, kind: PresenceFact.Kind, door: Door, at: datetime) -> None:
    """Write one fact of a side of the lesson."""
    member_id = lesson.teacher_id if side == Side.TEACHER else lesson.student_id
    assert member_id is not None, "somebody is on this side"
    PresenceFact.objects.create(
        school_id=lesson.school_id, lesson=lesson, member_id=member_id, side=side, kind=kind, at=at, door=door
    )


def record_many(*, school_id: int, seen: Iterable[tuple[Lesson, Sequence[Seen]]], door: Door) -> None:
    """Write what was seen of many lessons; a side on which nobody is booked was not seen."""
    facts = [
        PresenceFact(
            school_id=school_id,
            lesson_id=lesson.pk,
            member_id=member_id,
            side=one.side,
            kind=one.kind,
            at=one.at,
            door=door,
        )
        for lesson, ones in seen
        for one in ones
        if (member_id := lesson.teacher_id if one.side == Side.TEACHER else lesson.student_id) is not None
    ]
    add_rows(facts)


def record_sign_of_life(*, lesson: Lesson, side: Side, door: Door, at: datetime) -> bool:
    """Write that a side is still there, if it had come. Returns whether it is known to be there."""
    own = PresenceFact.objects.filter(school_id=lesson.school_id, lesson=lesson, side=side, at__lte=at)
    last = own.order_by("-at", "-pk").first()
    if last is None or last.kind in (PresenceFact.Kind.LEFT, PresenceFact.Kind.FINISHED):
        return False
    if last.kind != PresenceFact.Kind.SEEN or at - last.at >= _APART:
        record(lesson=lesson, side=side, kind=PresenceFact.Kind.SEEN, door=door, at=at)
    return True


def with_finish(lessons: QuerySet[Lesson], *, school_id: int) -> QuerySet[Lesson]:
    """The same lessons, each knowing what `has_finished` reads, in the same statement."""
    of_teacher = PresenceFact.objects.filter(school_id=school_id, lesson_id=OuterRef("pk"), side=Side.TEACHER)
    return lessons.annotate(last_of_teacher=Subquery(of_teacher.order_by("-at", "-pk").values("kind")[:1]))


def has_finished(lesson: Lesson) -> bool:
    """Whether the last thing seen of the teacher of a lesson that came through `with_finish` is that they finished."""
    kind: str | None = lesson.__dict__["last_of_teacher"]
    return kind == PresenceFact.Kind.FINISHED


def find_attendance(*, lesson: Lesson, now: datetime) -> Attendance:
    """What the facts until `now` say about the lesson."""
    return find_attendances(lessons=[lesson], now=now)[lesson.pk]


def find_seen(*, lesson: Lesson, now: datetime) -> Attendance | None:
    """What the facts until `now` say about the lesson; None where nobody was seen."""
    if not list_lessons_seen(school_id=lesson.school_id, lesson_ids=[lesson.pk]):
        return None
    return find_attendance(lesson=lesson, now=now)


def find_beginning(*, lesson: Lesson, now: datetime) -> bool | None:
    """Whether the facts until `now` say that the lesson began; None where they do not say, or nobody was seen."""
    seen = find_seen(lesson=lesson, now=now)
    return None if seen is None else seen.has_begun


def find_attendances(*, lessons: Sequence[Lesson], now: datetime) -> Mapping[int, Attendance]:
    """By lesson of one school, what the facts until `now` say."""
    seen: dict[int, list[Seen]] = {lesson.pk: [] for lesson in lessons}
    if lessons:
        facts = PresenceFact.objects.filter(school_id=lessons[0].school_id, lesson_id__in=seen)
        for fact in facts:
            seen[fact.lesson_id].append(Seen(fact.at, Side(fact.side), PresenceFact.Kind(fact.kind)))
    return {
        lesson.pk: attend(
            facts=seen[lesson.pk],
            starts_at=lesson.starts_at,
            ends_at=lesson.ends_at,
            until=now,
            has_student=lesson.student_id is not None,
        )
        for lesson in lessons
    }


def list_minutes_seen(*, school_id: int, since: datetime, until: datetime) -> Collection[datetime]:
    """The minutes in which the lesson page saw anybody of the school, in whatever lesson."""
    facts = PresenceFact.objects.filter(school_id=school_id, at__gte=since, at__lt=until)
    return set(facts.annotate(minute=TruncMinute("at")).values_list("minute", flat=True).distinct())


def list_lessons_seen(*, school_id: int, lesson_ids: Collection[int]) -> Collection[int]:
    """Those of the lessons whose page saw somebody."""
    facts = PresenceFact.objects.filter(school_id=school_id, lesson_id__in=lesson_ids)
    return set(facts.values_list("lesson_id", flat=True))
