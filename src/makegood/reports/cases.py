"""One case with everything about it, and lists of cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import F, Max, Min, Q, QuerySet

from makegood.database.compiled import compiled
from makegood.domain.incidents.models import Incident, IncidentDecision, IncidentWithdrawal
from makegood.domain.incidents.permissions import SEEING_ROLES, may_withdraw
from makegood.domain.incidents.queries import (
    decision_of,
    find_by_reference,
    is_withdrawn,
    to_facts,
    with_standing_decision,
)
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.coming_back import find_hindrance
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.penalties.operations import find_live
from makegood.domain.penalties.pricing import ProofDeadlines, find_deadlines
from makegood.domain.people.models import Membership, Role
from makegood.domain.policies.queries import InForce, get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.queries import list_of_case
from makegood.domain.uptime.models import Downtime
from makegood.domain.uptime.queries import list_downtimes
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.facts import Band, ConsequenceKind, Decision, Kind, RequestedBy
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence
from makegood.rules.storing import sentence_from_json, step_from_json

# Many policies draw a line here, so whoever could not report in this time has a reason to say so.
_LAST_REPORTS: Final = timedelta(hours=1)


class CaseFilter(StrEnum):
    """Which cases a list shows: open ones nobody has decided, closed ones that were decided or withdrawn."""

    ALL = "all"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentView:
    """One assessment of a case. `penalty` is None under a policy without money."""

    number: int
    assessed_at: datetime
    policy_number: int
    band: Band | None
    charged_band: Band | None
    counts: Mapping[str, int]
    penalty: Money | None
    paid: bool
    counted_for: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceView:
    """What follows from a case. `ended_at` is when it was ended early; `ends_at` None: until somebody releases it.

    `lesson_id` is that of the case, None where it was imported.
    """

    kind: ConsequenceKind
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    because: Sentence
    reference: str
    lesson_id: int | None

    def is_live(self, now: datetime) -> bool:
        """Whether it holds at `now`."""
        return self.ended_at is None and self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """A case: its facts, the live assessment, those it superseded (newest first), decisions, consequences, timeline.

    `undo_until` is None when the report cannot be undone any more, or not by this person; `undo_hindrance` is why it
    cannot be undone although the time for it is not over. `downtimes` are when our own
    pages did not answer, from an hour before the lesson to its end.
    """

    incident: Incident
    is_own: bool
    decision: Decision | None
    withdrawal: IncidentWithdrawal | None
    live: AssessmentView
    superseded: tuple[AssessmentView, ...]
    decisions: tuple[IncidentDecision, ...]
    consequences: tuple[ConsequenceView, ...]
    timeline: tuple[Event, ...]
    deadlines: ProofDeadlines
    version: InForce
    undo_until: datetime | None
    undo_hindrance: Refusal | None
    downtimes: tuple[Downtime, ...]


def find_case_page(
    *, school: School, actor: Membership, roles: Collection[Role], reference: str, now: datetime
) -> CasePage | None:
    """The case, None unless it is the actor's own or one of the actor's roles sees cases.

    9 statements, and 3 more while the actor has time to undo it.
    """
    incident = find_by_reference(school_id=school.pk, reference=reference)
    if incident is None:
        return None
    is_own = incident.teacher_id == actor.pk
    if not is_own and not set(SEEING_ROLES) & set(roles):
        return None
    assessments = Assessment.objects.filter(school_id=school.pk, incident=incident).select_related("policy_version")
    views = [view_assessment(row) for row in assessments.order_by("-number")]
    decisions = IncidentDecision.objects.filter(school_id=school.pk, incident=incident).select_related("decided_by")
    withdrawal = IncidentWithdrawal.objects.filter(school_id=school.pk, incident=incident).first()
    consequences = Consequence.objects.filter(school_id=school.pk, incident=incident)
    version = get_timetable(school_id=school.pk).get_at(incident.lesson_starts_at)
    facts = to_facts(incident)
    decided = tuple(decisions.order_by("number"))
    is_undoable = may_withdraw(member=actor, incident=incident) and not decided and withdrawal is None
    until = _undo_until(incident, version, now) if is_undoable else None
    return CasePage(
        incident=incident,
        is_own=is_own,
        decision=decision_of(incident),
        withdrawal=withdrawal,
        live=views[0],
        superseded=tuple(views[1:]),
        decisions=decided,
        consequences=tuple(view_consequence(row) for row in _with_ends(consequences).order_by("starts_at", "pk")),
        timeline=tuple(list_of_case(school_id=school.pk, incident_id=incident.pk)),
        deadlines=find_deadlines(facts, version.policy),
        version=version,
        undo_until=until,
        undo_hindrance=None if until is None else _find_hindrance(school, incident),
        downtimes=tuple(list_downtimes(since=incident.lesson_starts_at - _LAST_REPORTS, until=_end_of(incident))),
    )


def _end_of(incident: Incident) -> datetime:
    return incident.lesson_starts_at + timedelta(minutes=incident.lesson_minutes)


def _find_hindrance(school: School, incident: Incident) -> Refusal | None:
    assert incident.reported_at is not None, "it can be undone"
    return find_hindrance(school=school, lesson=incident.lesson, since=incident.reported_at)


def _undo_until(incident: Incident, version: InForce, now: datetime) -> datetime | None:
    if incident.reported_at is None:
        return None
    until = incident.reported_at + timedelta(minutes=version.policy.reporting.undo_minutes)
    return until if now <= until else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case in a list. `penalty` is None under a policy without money. `is_paid`: the lesson is paid all the same.

    `counts` holds the counters it counts for, each with the count of its window as last assessed.
    """

    reference: str
    lesson_starts_at: datetime
    reported_at: datetime | None
    teacher_name: str
    student_name: str
    kind: Kind
    requested_by: RequestedBy
    band: Band | None
    decision: Decision | None
    is_withdrawn: bool
    penalty: Money | None
    counts: Mapping[str, int]
    is_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """One page of cases, newest lesson first; pages count from 1."""

    lines: tuple[CaseLine, ...]
    page: int
    page_count: int
    total_count: int
    shown_penalties: Money | None


def list_cases(
    *,
    school: School,
    teacher_id: int | None = None,
    case_filter: CaseFilter = CaseFilter.ALL,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    page: int = 1,
    page_size: int = 25,
) -> CaseList:
    """Cases of the school or of one teacher, with their live penalties. Past the end is the last page. 3 statements."""
    rows = _filtered(with_standing_decision(school_id=school.pk), case_filter)
    if teacher_id is not None:
        rows = rows.filter(teacher_id=teacher_id)
    if starts_from is not None:
        rows = rows.filter(lesson_starts_at__gte=starts_from)
    if starts_before is not None:
        rows = rows.filter(lesson_starts_at__lt=starts_before)
    total_count = rows.count()
    page_count = max(1, -(-total_count // page_size))
    page = min(max(1, page), page_count)
    ordered = rows.select_related("teacher", "lesson__student").order_by("-lesson_starts_at", "-pk")
    shown = list(ordered[(page - 1) * page_size : page * page_size])
    live = find_live(school_id=school.pk, incident_ids=[row.pk for row in shown])
    lines = tuple(_make_line(row, live.get(row.pk)) for row in shown)
    return CaseList(lines=lines, page=page, page_count=page_count, total_count=total_count, shown_penalties=_sum(lines))


def find_months(*, school: School, teacher: Membership | None = None, now: datetime) -> tuple[date, date]:
    """The first and the last month in which the school, or the teacher, can have anything at `now`.

    From joining, or an older lesson with a case (imported ones may be older than who has them), to this month, or that
    of a later lesson with a case. Each is the first day of a month in the school's zone. 1 statement.
    """
    rows = Incident.objects.filter(school_id=school.pk)
    if teacher is not None:
        rows = rows.filter(teacher_id=teacher.pk)
    found = rows.aggregate(earliest=Min("lesson_starts_at"), latest=Max("lesson_starts_at"))
    joined_at = teacher.joined_at if teacher is not None else school.created_at
    first_at = min(found["earliest"] or joined_at, joined_at)
    last_at = max(found["latest"] or now, now)
    return month_of(at=first_at, zone=school.zone), month_of(at=last_at, zone=school.zone)


def view_assessment(row: Assessment) -> AssessmentView:
    """A stored assessment, typed again; load `policy_version` with it."""
    return AssessmentView(
        number=row.number,
        assessed_at=row.assessed_at,
        policy_number=row.policy_version.number,
        band=_band(row.band),
        charged_band=_band(row.charged_band),
        counts=row.counts,
        penalty=Money(row.penalty_minor, row.currency) if row.currency else None,
        paid=row.paid,
        counted_for=tuple(row.counted_for),
        steps=tuple(step_from_json(step) for step in row.steps),
    )


def list_live_consequences(*, school_id: int, teacher_id: int, now: datetime) -> Sequence[ConsequenceView]:
    """What holds for the teacher at `now`, oldest first."""
    return [view_consequence(row) for row in _live(school_id=school_id, teacher_id=teacher_id, now=now)]


@compiled
def _live(school_id: int, teacher_id: int, now: datetime) -> QuerySet[Consequence]:
    rows = Consequence.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=now), school_id=school_id, teacher_id=teacher_id, starts_at__lte=now, ends=None
    )
    return _with_ends(rows).order_by("starts_at", "pk")


def view_consequence(row: Consequence) -> ConsequenceView:
    """A stored consequence, typed again; load `incident` with it and `ended_at` from its end."""
    return ConsequenceView(
        kind=ConsequenceKind(row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ended_at=row.__dict__["ended_at"],
        because=sentence_from_json(row.because),
        reference=row.incident.reference,
        lesson_id=row.incident.lesson_id,
    )


def _with_ends(rows: QuerySet[Consequence]) -> QuerySet[Consequence]:
    return rows.select_related("incident").annotate(ended_at=F("ends__ended_at"))


def _filtered(rows: QuerySet[Incident], case_filter: CaseFilter) -> QuerySet[Incident]:
    # What others are answerable for counts for nothing (D31): nobody waits for a decision about it.
    is_open = Q(last_decision=None, is_withdrawn=False, requested_by=RequestedBy.TEACHER)
    if case_filter is CaseFilter.OPEN:
        return rows.filter(is_open)
    if case_filter is CaseFilter.CLOSED:
        return rows.exclude(is_open)
    return rows


def _make_line(row: Incident, live: Assessment | None) -> CaseLine:
    student = row.lesson.student
    return CaseLine(
        reference=row.reference,
        lesson_starts_at=row.lesson_starts_at,
        reported_at=row.reported_at,
        teacher_name=row.teacher.display_name,
        student_name=student.display_name if student else "",
        kind=Kind(row.kind),
        requested_by=RequestedBy(row.requested_by),
        band=_band(live.band) if live else None,
        decision=decision_of(row),
        is_withdrawn=is_withdrawn(row),
        penalty=Money(live.penalty_minor, live.currency) if live and live.currency else None,
        counts={name: live.counts[name] for name in live.counted_for if name in live.counts} if live else {},
        is_paid=live is not None and live.paid,
    )


def _band(code: str | None) -> Band | None:
    return Band(code) if code else None


def _sum(lines: Sequence[CaseLine]) -> Money | None:
    penalties = [line.penalty for line in lines if line.penalty is not None]
    if not penalties:
        return None
    return Money(sum(penalty.amount_minor for penalty in penalties), penalties[0].currency)
