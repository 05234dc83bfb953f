"""What one side says of a lesson: the other is absent or late, something is broken. It changes nothing by itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from makegood.database.texts import can_be_stored
from makegood.domain.lessons.models import Lesson, LessonClaim, Side
from makegood.domain.lessons.presence import JOIN_EARLY
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.refusal import Refusal

NOTE_LENGTH: Final = 500


class ClaimTooEarly(Refusal):
    """One still has to wait."""

    code = "claim_too_early"
    sentence = gettext_noop("It is too early to say that. Wait until the time on the page, then say it.")


class ClaimNoteTooLong(Refusal):
    """The note is too long or cannot be stored."""

    code = "claim_note_unusable"
    sentence = gettext_noop("The note is too long or contains a character that cannot be stored. Shorten it.")


def check_note(note: str) -> str:
    """The note as it is stored. Raises ClaimNoteTooLong."""
    note = note.strip()
    if len(note) > NOTE_LENGTH or not can_be_stored(note):
        raise ClaimNoteTooLong
    return note


def claim(
    *,
    lesson: Lesson,
    side: Side,
    kind: LessonClaim.Kind,
    note: str,
    door: Door,
    request_id: uuid.UUID,
    now: datetime,
) -> LessonClaim:
    """Write the claim of a locked lesson's side about the time where it stands.

    The first of each kind about this time stands, and a repeated one returns it. Raises DifferentRequest when the
    form's id was used by somebody else.
    """
    member_id = lesson.teacher_id if side == Side.TEACHER else lesson.student_id
    assert member_id is not None, "somebody is on this side"
    earlier = _of_present_time(lesson).filter(member_id=member_id, kind=kind).first()
    if earlier is not None:
        return earlier
    made = LessonClaim(
        school_id=lesson.school_id,
        lesson=lesson,
        member_id=member_id,
        side=side,
        kind=kind,
        about_starts_at=lesson.starts_at,
        note=note,
        made_at=now,
        door=door,
        request_id=request_id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "one_claim_per_request" in str(error):
            raise DifferentRequest from error
        raise
    return made


def get_claim(*, school_id: int, claim_id: int) -> LessonClaim:
    """The claim that somebody made."""
    return LessonClaim.objects.get(school_id=school_id, pk=claim_id)


def list_claims(*, school_id: int, lesson_id: int) -> Sequence[LessonClaim]:
    """All claims about the lesson, the earliest first."""
    return list(LessonClaim.objects.filter(school_id=school_id, lesson_id=lesson_id).order_by("made_at", "pk"))


def list_of_present_time(*, lesson: Lesson) -> Sequence[LessonClaim]:
    """The claims about the lesson where it stands now, the earliest first; not those about a time that it left."""
    return list(_of_present_time(lesson).order_by("made_at", "pk"))


def _of_present_time(lesson: Lesson) -> QuerySet[LessonClaim]:
    claims = LessonClaim.objects.filter(school_id=lesson.school_id, lesson=lesson)
    said_before_times_were_kept = Q(about_starts_at=None, made_at__gte=lesson.starts_at - JOIN_EARLY)
    return claims.filter(Q(about_starts_at=lesson.starts_at) | said_before_times_were_kept)


def find_first_report(*, lesson: Lesson) -> datetime | None:
    """When trouble in the lesson was first reported by either side before its scheduled end (D12), or None.

    What was said while the lesson stood at another time is not about this one.
    """
    problems = LessonClaim.objects.filter(
        school_id=lesson.school_id,
        lesson=lesson,
        kind=LessonClaim.Kind.PROBLEM,
        made_at__gte=lesson.starts_at - JOIN_EARLY,
        made_at__lt=lesson.ends_at,
    )
    return problems.order_by("made_at").values_list("made_at", flat=True).first()


def answers_of_teachers(*, school_id: int) -> QuerySet[LessonClaim]:
    """What the teacher had to say about the lesson of an incident, earliest first, for a subquery over incidents.

    Not what was said while the lesson stood at another time than the incident's.
    """
    answers = LessonClaim.objects.filter(
        Q(about_starts_at=OuterRef("lesson_starts_at")) | Q(about_starts_at=None),
        school_id=school_id,
        lesson_id=OuterRef("lesson_id"),
        side=Side.TEACHER,
        kind=LessonClaim.Kind.PROBLEM,
    )
    return answers.order_by("made_at")
