"""Asking to move a lesson, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_noop

from makegood.database.compiled import compiled
from makegood.domain.lessons.models import Lesson, LessonStatus, MoveAnswer, MoveRequest, Side, WaitsFor
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal


class MoveRequestNotFound(Refusal):
    """No such request for this person."""

    code = "move_request_not_found"
    sentence = gettext_noop("We could not find this request. Open it again from your lessons.")


class MoveIsAsked(Refusal):
    """Another time was asked for already, and the answer is open."""

    code = "move_is_asked"
    sentence = gettext_noop(
        "The teacher asked for another time already, and the answer is open. Nothing was changed. It has to be "
        "answered or taken back first."
    )


class MoveWaitsForSchool(MoveIsAsked):
    """The student chose another time already, and the school has not said its word."""

    code = "move_waits_for_school"
    sentence = gettext_noop(
        "Another time was chosen for this already, and it waits for the school. Nothing was changed. It has to be "
        "approved, refused or taken back first."
    )


class MoveRequestEnded(Refusal):
    """It was answered, taken back or lapsed."""

    code = "move_request_ended"
    sentence = gettext_noop("This request has ended. Nothing was changed. Look at where the lesson is now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMoveRequest:
    """Who asks for which kept time, and whom they name as wanting it. An answer counts as long as the time is kept."""

    hold: Lesson
    asked_by_id: int
    says_side: Side
    reason: str
    door: Door
    request_id: uuid.UUID


def ask(*, lesson: Lesson, new: NewMoveRequest, now: datetime) -> MoveRequest:
    """Record that somebody asks to move a locked lesson to a time that waits for an answer."""
    assert new.hold.held_until is not None, "what waits lapses"
    return MoveRequest.objects.create(
        school_id=lesson.school_id,
        lesson=lesson,
        hold=new.hold,
        from_starts_at=lesson.starts_at,
        from_ends_at=lesson.ends_at,
        to_starts_at=new.hold.starts_at,
        to_ends_at=new.hold.ends_at,
        asked_by_id=new.asked_by_id,
        says_side=new.says_side,
        reason=new.reason,
        asked_at=now,
        expires_at=new.hold.held_until,
        door=new.door,
        request_id=new.request_id,
    )


def end(
    *,
    asked: MoveRequest,
    outcome: MoveAnswer.Outcome,
    answered_by_id: int | None,
    door: Door,
    now: datetime,
    says_side: Side | None = None,
) -> MoveAnswer:
    """Record how a request of a locked lesson ends; once. What it kept is released together with it (`keeping.py`).

    `says_side`: whom the answer names as having wanted it.
    `answered_by_id` is a person, None: nobody answered in time.
    """
    return MoveAnswer.objects.create(
        school_id=asked.school_id,
        move_request=asked,
        outcome=outcome,
        says_side=says_side or "",
        answered_at=now,
        answered_by_id=answered_by_id,
        door=door,
    )


def find_move_request(*, school_id: int, move_request_id: int) -> MoveRequest | None:
    """The request with its hold, its lesson and the lesson's people, or None."""
    return _with_people(school_id).filter(pk=move_request_id).first()


def find_answer(*, asked: MoveRequest) -> MoveAnswer | None:
    """How the request ended, None while it is open."""
    return MoveAnswer.objects.filter(school_id=asked.school_id, move_request=asked).first()


def kept_of(asked: MoveRequest) -> Lesson:
    """The time that is or was kept, with the people of the lesson, which every read here brings along."""
    kept = asked.hold
    kept.teacher, kept.student = asked.lesson.teacher, asked.lesson.student
    return kept


def find_open(*, school_id: int, lesson_id: int, now: datetime) -> MoveRequest | None:
    """The request about this lesson that can still be answered, or None."""
    return _answerable(school_id, now).filter(lesson_id=lesson_id).order_by("-pk").first()


def refuse_while_asked(*, lesson: Lesson, now: datetime) -> None:
    """Raise MoveIsAsked while a request about the locked lesson can still be answered, by whomever."""
    asked = find_open(school_id=lesson.school_id, lesson_id=lesson.pk, now=now)
    if asked is not None:
        raise MoveWaitsForSchool if asked.waits_for is WaitsFor.SCHOOL else MoveIsAsked


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTime:
    """The time to which its teacher asked to move a lesson, and until when an answer counts (both UTC).

    `says_side` is whom the teacher names as wanting it; `request_id` that of the request, and of the price shown.
    """

    lesson: Lesson
    starts_at: datetime
    expires_at: datetime
    says_side: Side
    request_id: uuid.UUID


def with_asked_time(lessons: QuerySet[Lesson], *, school_id: int, now: datetime) -> QuerySet[Lesson]:
    """The same lessons, each knowing what `read_asked_time` reads, in the same statement."""
    asked = _answerable(school_id, now).filter(lesson_id=OuterRef("pk"), hold__waits_for=WaitsFor.STUDENT)
    fields = JSONObject(
        starts_at="to_starts_at", expires_at="expires_at", says_side="says_side", request_id="request_id"
    )
    times = asked.values(times=fields)
    return lessons.annotate(asked_time=Subquery(times.order_by("-pk")[:1]))


def read_asked_time(lesson: Lesson) -> AskedTime | None:
    """What the teacher asks of a lesson that came through `with_asked_time`, None when nothing is asked."""
    times = lesson.__dict__["asked_time"]
    if times is None:
        return None
    return AskedTime(
        lesson=lesson,
        starts_at=datetime.fromisoformat(times["starts_at"]),
        expires_at=datetime.fromisoformat(times["expires_at"]),
        says_side=Side(times["says_side"]),
        request_id=uuid.UUID(times["request_id"]),
    )


def list_open_of(*, school_id: int, member_id: int, now: datetime) -> Sequence[MoveRequest]:
    """What can still be answered, by whomever, about lessons of this member, with their people, by start."""
    return _open_of(school_id=school_id, member_id=member_id, now=now)


@compiled
def _open_of(school_id: int, member_id: int, now: datetime) -> QuerySet[MoveRequest]:
    whose = Q(lesson__student_id=member_id) | Q(lesson__teacher_id=member_id)
    return _answerable(school_id, now).filter(whose).order_by("lesson__starts_at", "pk")


def list_waiting_for_school(*, school_id: int, now: datetime) -> Sequence[MoveRequest]:
    """What students ask the school to move and what it can still answer, with their people, by the new time."""
    asked = _answerable(school_id, now).filter(hold__waits_for=WaitsFor.SCHOOL)
    return list(asked.order_by("to_starts_at", "pk"))


def list_unanswered(*, school_id: int, hold_ids: Collection[int]) -> Sequence[MoveRequest]:
    """The requests without an answer whose new time one of these keeps."""
    return list(_open(school_id).filter(hold_id__in=hold_ids).order_by("pk"))


def is_answerable(*, asked: MoveRequest, now: datetime) -> bool:
    """Whether the request can still be answered."""
    return _answerable(asked.school_id, now).filter(pk=asked.pk).exists()


def _answerable(school_id: int, now: datetime) -> QuerySet[MoveRequest]:
    """Without an answer, in time, its new time kept, and the lesson still to come."""
    return _open(school_id).filter(
        expires_at__gt=now, hold__status=LessonStatus.REQUESTED, lesson__status=LessonStatus.BOOKED
    )


def _open(school_id: int) -> QuerySet[MoveRequest]:
    answers = MoveAnswer.objects.filter(school_id=school_id, move_request_id=OuterRef("pk"))
    return _with_people(school_id).filter(~Exists(answers))


def _with_people(school_id: int) -> QuerySet[MoveRequest]:
    return MoveRequest.objects.filter(school_id=school_id).select_related(
        "hold", "lesson__teacher__person", "lesson__student__person"
    )


def is_last_of_lesson(*, asked: MoveRequest) -> bool:
    """Whether nobody asked to move the lesson since this request."""
    later = MoveRequest.objects.filter(school_id=asked.school_id, lesson_id=asked.lesson_id, pk__gt=asked.pk)
    return not later.exists()
