"""What about lessons waits for the desk: opened once per lesson and kind, an objection once per what it is to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_noop

from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.refusal import Refusal

# What people ask the desk for. Absences have a list of their own, because they end by themselves.
REQUESTS: Final = (
    DeskCase.Kind.NOT_ASKED,
    DeskCase.Kind.NOT_AGREED,
    DeskCase.Kind.PROBLEM,
    DeskCase.Kind.NEEDS_NEW_TIME,
    DeskCase.Kind.OUTSIDE_AVAILABILITY,
)


ABSENCES: Final = (DeskCase.Kind.BOTH_CLAIM, DeskCase.Kind.TEACHER_ABSENT, DeskCase.Kind.STUDENT_ABSENT)


class Outcome(StrEnum):
    """How a person ends a request. ACCEPTED and REJECTED answer an objection to a cancellation, the others all else.

    ACCEPTED is also that a student did not agree to a move: it moves nothing by itself, and REJECTED has no use there.
    """

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SETTLED = "settled"
    NOTHING_TO_DO = "nothing_to_do"


# Shown inside sentences, so each is a word of ours that the catalogs translate.
_WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.ACCEPTED: gettext_noop("the student did not ask for this, and it was corrected"),
    Outcome.REJECTED: gettext_noop("it stays as it was recorded"),
    Outcome.SETTLED: gettext_noop("it was looked into and settled"),
    Outcome.NOTHING_TO_DO: gettext_noop("there was nothing to do"),
}
# Of a move, which nothing takes back by itself: true also where the lesson began meanwhile.
_NOT_AGREED: Final = gettext_noop(
    "the student did not agree to this move; the session stays at its time until the desk moves it again"
)


def is_about_cancellation(case: DeskCase) -> bool:
    """Whether a student objects to a cancellation, which can be corrected; not to a move, which the desk made."""
    return case.kind == DeskCase.Kind.NOT_ASKED and case.incident_id is not None


def outcomes_of(case: DeskCase) -> Sequence[Outcome]:
    """How this request may end."""
    if is_about_cancellation(case):
        return (Outcome.ACCEPTED, Outcome.REJECTED)
    if case.move_id is not None:
        return (Outcome.ACCEPTED, Outcome.SETTLED, Outcome.NOTHING_TO_DO)
    return (Outcome.SETTLED, Outcome.NOTHING_TO_DO)


# What both sides read where the desk looked into it and changed nothing.
STAYS_AS_RECORDED: Final = _WORDS[Outcome.REJECTED]


def word_of_outcome(case: DeskCase, outcome: Outcome) -> str:
    """What both sides read of that end of the request, a word of ours."""
    return _NOT_AGREED if outcome is Outcome.ACCEPTED and case.move_id is not None else _WORDS[outcome]


class DeskCaseNotFound(Refusal):
    """No such open case: it does not exist, or somebody dealt with it already."""

    code = "desk_case_not_found"
    sentence = gettext_noop("Somebody dealt with this already, so nothing was changed. Look at the list again.")


def open_case(
    *,
    lesson: Lesson,
    kind: DeskCase.Kind,
    claim: LessonClaim | None = None,
    incident_id: int | None = None,
    note: str = "",
    opened_by_id: int | None,
    now: datetime,
) -> DeskCase:
    """Open a case about the lesson, or return the open one of this kind. `opened_by_id` is a person, None: a job."""
    cases = DeskCase.objects.filter(school_id=lesson.school_id, lesson=lesson, kind=kind, ended_at=None)
    found = cases.first()
    if found is not None:
        return found
    made = DeskCase(
        school_id=lesson.school_id,
        lesson=lesson,
        kind=kind,
        claim=claim,
        incident_id=incident_id,
        note=note,
        opened_at=now,
        opened_by_id=opened_by_id,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if "one_open_desk_case_per_lesson_and_kind" in str(error):
            return cases.get()
        raise
    return made


def end_case(*, case: DeskCase, outcome: str, ended_by_id: int | None, now: datetime) -> None:
    """Say what became of an open case; `ended_by_id` is a person. Raises DeskCaseNotFound when it was ended before."""
    ended = DeskCase.objects.filter(school_id=case.school_id, pk=case.pk, ended_at=None).update(
        ended_at=now, ended_by_id=ended_by_id, outcome=outcome
    )
    if ended != 1:
        raise DeskCaseNotFound


def end_cases_of(
    *, lesson: Lesson, kinds: Sequence[DeskCase.Kind], outcome: str, ended_by_id: int | None, now: datetime
) -> None:
    """End the open cases of these kinds about the lesson."""
    DeskCase.objects.filter(school_id=lesson.school_id, lesson=lesson, kind__in=kinds, ended_at=None).update(
        ended_at=now, ended_by_id=ended_by_id, outcome=outcome
    )


def find_open_case(*, school_id: int, case_id: int) -> DeskCase | None:
    """The open case with its lesson and people, or None."""
    return _with_people(school_id).filter(pk=case_id).first()


def find_case(*, school_id: int, case_id: int) -> DeskCase | None:
    """The case, open or ended, with its lesson and people, or None."""
    return _cases(school_id).filter(pk=case_id).first()


def list_requests(
    *, school_id: int, kinds: Sequence[DeskCase.Kind], now: datetime, limit: int = 200
) -> Sequence[DeskCase]:
    """Open cases of these kinds by time to the lesson: those to come, the next one first; then the latest of the past.

    At most `limit` of either, each with lesson and people. Two statements.
    """
    cases = _with_people(school_id).filter(kind__in=kinds)
    coming = cases.filter(lesson__starts_at__gt=now).order_by("lesson__starts_at", "pk")
    past = cases.filter(lesson__starts_at__lte=now).order_by("-lesson__starts_at", "-pk")
    return [*coming[:limit], *past[:limit]]


def list_ended(*, school_id: int, kinds: Sequence[DeskCase.Kind], limit: int) -> Sequence[DeskCase]:
    """The cases of these kinds that ended last, with lesson and people, the latest first."""
    cases = _cases(school_id).filter(kind__in=kinds).exclude(ended_at=None)
    return list(cases.order_by("-ended_at", "-pk")[:limit])


def can_be_decided(*, lesson: Lesson, now: datetime) -> bool:
    """Whether it can be known who was absent: not before the lesson's scheduled end."""
    return now >= lesson.ends_at


def open_by_kind(
    *, school_id: int, kinds: Sequence[DeskCase.Kind], now: datetime
) -> QuerySet[DeskCase, tuple[str, int]]:
    """How many cases of each of these kinds are open, as rows of kind and number; a kind without any has no row.

    Without absences that cannot be decided yet (`can_be_decided`).
    """
    cases = DeskCase.objects.filter(school_id=school_id, ended_at=None, kind__in=kinds)
    cases = cases.exclude(kind__in=ABSENCES, lesson__ends_at__gt=now)
    return cases.values("kind").annotate(open_cases=Count("pk")).values_list("kind", "open_cases")


def list_open_cases(*, school_id: int, kinds: Sequence[DeskCase.Kind], limit: int = 200) -> Sequence[DeskCase]:
    """Open cases of these kinds with lesson, people and claim, the oldest lesson first."""
    return list(_with_people(school_id).filter(kind__in=kinds).order_by("lesson__starts_at", "pk")[:limit])


def list_open_kinds(*, school_id: int, lesson_ids: Collection[int]) -> Collection[tuple[int, str]]:
    """Which kinds of cases are open about which of the lessons."""
    cases = DeskCase.objects.filter(school_id=school_id, lesson_id__in=lesson_ids, ended_at=None)
    return set(cases.values_list("lesson_id", "kind"))


def with_open_cases(lessons: QuerySet[Lesson], *, school_id: int) -> QuerySet[Lesson]:
    """The lessons, each with what `read_open_cases` reads; no statement of its own."""
    cases = DeskCase.objects.filter(school_id=school_id, lesson_id=OuterRef("pk"), ended_at=None).order_by("pk")
    fields = JSONObject(id="pk", kind="kind", note="note", claim_id="claim_id")
    return lessons.annotate(open_cases=ArraySubquery(cases.values(fields=fields)))


def read_open_cases(lesson: Lesson) -> tuple[DeskCase, ...]:
    """The open cases about a lesson of `with_open_cases`, the oldest first: what each asks, without its people."""
    rows = lesson.__dict__["open_cases"]
    return tuple(DeskCase(school_id=lesson.school_id, lesson=lesson, **fields) for fields in rows)


def list_of_lesson(*, lesson: Lesson) -> Sequence[DeskCase]:
    """Every case about the lesson, open or ended, the oldest first."""
    return list(DeskCase.objects.filter(school_id=lesson.school_id, lesson=lesson).order_by("pk"))


def find_open_of_lesson(*, lesson: Lesson, kind: DeskCase.Kind) -> DeskCase | None:
    """The open case of this kind about the lesson with its claim, or None."""
    cases = DeskCase.objects.filter(school_id=lesson.school_id, lesson=lesson, kind=kind, ended_at=None)
    return cases.select_related("claim").first()


def _with_people(school_id: int) -> QuerySet[DeskCase]:
    return _cases(school_id).filter(ended_at=None)


def _cases(school_id: int) -> QuerySet[DeskCase]:
    return DeskCase.objects.filter(school_id=school_id).select_related(
        "lesson__teacher__person", "lesson__student__person", "claim", "move"
    )
