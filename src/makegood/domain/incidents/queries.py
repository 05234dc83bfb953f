"""Reading incidents with what was decided about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from psycopg.types.numeric import Int8

from makegood.database.compiled import compiled, is_any_of
from makegood.database.statements import Statement, fetch
from makegood.database.texts import can_be_stored
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.lessons.claiming import answers_of_teachers
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.queries import counted_moves
from makegood.domain.lessons.statuses import CALLED_OFF, NEVER_A_LESSON
from makegood.quantities import Money
from makegood.rules import facts
from makegood.rules.facts import Decision

_LAST_WORDS: Final = Statement("""
    SELECT (SELECT max(id) FROM makegood_incidentdecision WHERE school_id = %s AND incident_id = ANY(%s::bigint[])),
           (SELECT max(id) FROM makegood_incidentwithdrawal WHERE school_id = %s AND incident_id = ANY(%s::bigint[]))
""")


def with_standing_decision(*, school_id: int) -> QuerySet[Any]:
    """Incidents of the school, each with `last_decision` (code or None), `is_withdrawn` and `answered_at`.

    Read the first two with `decision_of` and `is_withdrawn`; `answered_at` is when the teacher first had a word to say
    about the lesson.
    """
    decisions = IncidentDecision.objects.filter(school_id=school_id, incident_id=OuterRef("pk"))
    withdrawals = IncidentWithdrawal.objects.filter(school_id=school_id, incident_id=OuterRef("pk"))
    return Incident.objects.filter(school_id=school_id).annotate(
        answered_at=Subquery(answers_of_teachers(school_id=school_id).values("made_at")[:1]),
        last_decision=Subquery(decisions.order_by("-number").values("decision")[:1]),
        is_withdrawn=Exists(withdrawals),
    )


def list_of_teacher(*, school_id: int, teacher_id: int) -> Sequence[Incident]:
    """All incidents of the teacher with their standing decision, by lesson start."""
    return _of_teacher(school_id=school_id, teacher_id=teacher_id)


@compiled
def _of_teacher(school_id: int, teacher_id: int) -> QuerySet[Incident]:
    incidents = with_standing_decision(school_id=school_id).filter(teacher_id=teacher_id)
    return incidents.order_by("lesson_starts_at", "pk")


def find_last_words(*, school_id: int, incident_ids: Collection[int]) -> Mapping[str, int | None]:
    """The ids of the last decision and of the last withdrawal of any of the incidents. 1 statement."""
    of_these = (Int8(school_id), list(map(Int8, incident_ids)))
    ((decision_id, withdrawal_id),) = fetch(_LAST_WORDS, (*of_these, *of_these))
    return {"decision": decision_id, "withdrawal": withdrawal_id}


def decision_of(row: Incident) -> Decision | None:
    """The standing decision of a row of `with_standing_decision`; None for a row that is not stored yet."""
    code = row.__dict__.get("last_decision")
    return Decision(code) if code else None


def is_withdrawn(row: Incident) -> bool:
    """Whether a row of `with_standing_decision` was withdrawn; False for a row that is not stored yet."""
    return bool(row.__dict__.get("is_withdrawn", False))


def find_by_reference(*, school_id: int, reference: str) -> Incident | None:
    """The incident with this reference, its lesson and people, and its standing decision; or None."""
    incidents = with_standing_decision(school_id=school_id).select_related("lesson__student__person", "teacher__person")
    found: Incident | None = incidents.filter(reference=reference).first() if can_be_stored(reference) else None
    return found


def is_attendance_in_question(*, lesson: Lesson, live: Incident | None) -> bool:
    """Whether it may be said of a lesson who was missing from it, going by its status and its live incident.

    Of one that was called off nobody had to come. Where a student's cancellation was put on record only once the lesson
    was to have begun, somebody may have waited there in vain: the student may have given it up because the teacher was
    absent, and the desk decides (`decide_absence`).
    """
    if lesson.status in NEVER_A_LESSON:
        return False
    if lesson.status not in CALLED_OFF:
        return True
    return (
        live is not None
        and live.kind == facts.Kind.CANCELLED
        and live.requested_by == facts.RequestedBy.STUDENT
        and live.reported_at is not None
        and live.reported_at >= lesson.starts_at
    )


def teacher_of_case(*, school_id: int, reference: str) -> QuerySet[Any]:
    """The membership of the teacher whom a reference is about, to be used inside another statement."""
    return Incident.objects.filter(school_id=school_id, reference=reference).values("teacher_id")


def find_incident(*, school_id: int, incident_id: int) -> Incident | None:
    """The incident with this id and its standing decision, or None."""
    found: Incident | None = with_standing_decision(school_id=school_id).filter(pk=incident_id).first()
    return found


def find_live_of_lesson(*, school_id: int, lesson_id: int) -> Incident | None:
    """The incident of the lesson at its present time that is neither withdrawn nor voided, or None (D3).

    An incident that a move was counted by belongs to the time the lesson left.
    """
    return find_live_of_lessons(school_id=school_id, lesson_ids=[lesson_id]).get(lesson_id)


def find_live_of_lessons(*, school_id: int, lesson_ids: Collection[int]) -> Mapping[int, Incident]:
    """By lesson, what `find_live_of_lesson` finds."""
    if not lesson_ids:
        return {}
    found = _live_of_lessons(school_id=school_id, lesson_ids=lesson_ids)
    return {incident.lesson_id: incident for incident in found}


@compiled
def _live_of_lessons(school_id: int, lesson_ids: Collection[int]) -> QuerySet[Incident]:
    incidents = with_standing_decision(school_id=school_id).filter(
        is_any_of("lesson_id", lesson_ids), ~Exists(counted_moves(school_id=school_id)), is_withdrawn=False
    )
    live = Q(last_decision=None) | ~Q(last_decision=Decision.VOIDED)
    return incidents.filter(live).order_by("-pk")


def find_live_if_decided(*, incident: Incident, decision: Decision) -> Incident | None:
    """What `find_live_of_lesson` would find of the incident's lesson, were the incident decided so."""
    found = with_standing_decision(school_id=incident.school_id).filter(
        ~Exists(counted_moves(school_id=incident.school_id)), lesson_id=incident.lesson_id, is_withdrawn=False
    )
    rows: Sequence[Incident] = list(found.order_by("-pk"))
    standing = [(row, decision if row.pk == incident.pk else decision_of(row)) for row in rows]
    return next((row for row, decided in standing if decided is not Decision.VOIDED), None)


def list_lessons_of(*, school_id: int, incident_ids: Collection[int]) -> Collection[int]:
    """The lessons that the incidents are about."""
    return set(_lessons_of(school_id=school_id, incident_ids=incident_ids))


@compiled
def _lessons_of(school_id: int, incident_ids: Collection[int]) -> QuerySet[Incident, int]:
    incidents = Incident.objects.filter(is_any_of("pk", incident_ids), school_id=school_id)
    return incidents.values_list("lesson_id", flat=True)


def find_last_of_lesson(*, school_id: int, lesson_id: int) -> Incident | None:
    """The latest incident of the lesson whatever became of it, with its standing decision; moves aside. Or None."""
    incidents = with_standing_decision(school_id=school_id).filter(
        ~Exists(counted_moves(school_id=school_id)), lesson_id=lesson_id
    )
    found: Incident | None = incidents.order_by("-pk").first()
    return found


def _name_lesson(incident: Incident) -> str:
    """The lesson, for telling lessons of one start apart. A lesson that moved away may come back to the same start."""
    moved = f" left by {incident.pk}" if incident.kind == facts.Kind.RESCHEDULED else ""
    return f"{incident.lesson_id}{moved}"


def to_facts(incident: Incident) -> facts.Incident:
    """A row of `with_standing_decision` as the rules see it. A withdrawal is VOIDED: the same effect (D16)."""
    decision = Decision.VOIDED if is_withdrawn(incident) else decision_of(incident)
    pay = None
    if incident.lesson_pay_minor is not None and incident.currency is not None:
        pay = Money(incident.lesson_pay_minor, incident.currency)
    return facts.Incident(
        incident=str(incident.pk),
        teacher=str(incident.teacher_id),
        lesson_starts_at=incident.lesson_starts_at,
        lesson_minutes=incident.lesson_minutes,
        kind=facts.Kind(incident.kind),
        requested_by=facts.RequestedBy(incident.requested_by),
        # A no-show that nobody reported is answered by the teacher's first word (D33).
        reported_at=incident.reported_at or (_answered_at(incident) if incident.kind == facts.Kind.NO_SHOW else None),
        taught_minutes=incident.taught_minutes,
        reason=incident.reason or None,
        decision=decision,
        is_withdrawn=is_withdrawn(incident),
        lesson_type=incident.lesson_type,
        lesson_pay=pay,
        booked_at=incident.booked_at,
        engagement=incident.engagement or None,
        country=incident.country or None,
        lesson=_name_lesson(incident),
    )


def _answered_at(incident: Incident) -> datetime | None:
    found: datetime | None = incident.__dict__.get("answered_at")
    return found
