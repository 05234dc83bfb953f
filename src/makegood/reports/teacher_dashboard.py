"""My Dashboard: the next lesson, what needs attention, the coming days, the counters, the statement so far."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from makegood.database.compiled import compiled
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import with_standing_decision
from makegood.domain.ledger.periods import month_of
from makegood.domain.lessons.attending import has_finished
from makegood.domain.lessons.move_requests import AskedTime, read_asked_time
from makegood.domain.lessons.queries import list_open_for_dashboard
from makegood.domain.lessons.series import list_places
from makegood.domain.penalties.foreseeing import Foreseen
from makegood.domain.penalties.history import History, make_history
from makegood.domain.penalties.models import Assessment
from makegood.domain.penalties.pricing import find_deadlines
from makegood.domain.penalties.quotes import find_prices_of_moving
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import InForce, Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.reports.cases import ConsequenceView, list_live_consequences
from makegood.reports.foreseen import list_foreseen
from makegood.reports.month_so_far import MonthSoFar, sum_month_so_far
from makegood.reports.upcoming import UpcomingLesson, show_upcoming
from makegood.rules.facts import RequestedBy
from makegood.rules.standing import CounterStanding, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingDay:
    """The lessons of one day in the teacher's own zone."""

    on: date
    lessons: tuple[UpcomingLesson, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsAttention:
    """An undecided case whose proof is still accepted until `proof_by` (exclusive, UTC)."""

    reference: str
    lesson_starts_at: datetime
    penalty: Money | None
    proof_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherDashboard:
    """Everything on the page. `counters` is empty without a policy in force; `statement` is None without money here.

    `next_lesson` is the first one that is not finished; it stands among the lessons of its day, too.
    `prices_asked`: what each that is `asked` costs, by the request's id, where it costs something.
    `foreseen`: lessons that are over or finished, and what will be put on record of them.
    `history` holds the facts that the counters count; `version` is the one in force now.
    """

    next_lesson: UpcomingLesson | None
    days: tuple[UpcomingDay, ...]
    asked: tuple[AskedTime, ...]
    prices_asked: Mapping[uuid.UUID, Money]
    attention: tuple[NeedsAttention, ...]
    counters: tuple[CounterStanding, ...]
    consequences: tuple[ConsequenceView, ...]
    foreseen: tuple[Foreseen, ...]
    month: Sequence[MonthSoFar] | None
    version: InForce | None
    history: History


def make_teacher_dashboard(*, school: School, teacher: Membership, zone: str, now: datetime) -> TeacherDashboard:
    """The page at `now`, days in the teacher's own `zone`.

    A fixed number of statements, whatever there is to show; one more where a lesson is of a series or is asked to be
    moved, and a few more while a lesson that ended is not recorded.
    """
    timetable = get_timetable(school_id=school.pk)
    incidents = _incidents_with_penalty(school_id=school.pk, teacher_id=teacher.pk)
    history = make_history(school_id=school.pk, teacher_id=teacher.pk, rows=incidents, names_rows=False)
    # Until then people may say what happened in a lesson that is over.
    since = now - timetable.longest_to_confirm
    found = list_open_for_dashboard(school_id=school.pk, teacher_id=teacher.pk, since=since, now=now)
    upcoming = [lesson for lesson in found if lesson.ends_at > now]
    ended = [lesson for lesson in found if lesson.ends_at <= now or has_finished(lesson)]
    places = list_places(school_id=school.pk, lessons=upcoming)
    lessons = [
        show_upcoming(
            lesson=lesson,
            timetable=timetable,
            now=now,
            is_finished=has_finished(lesson),
            place=places.get(lesson.pk),
        )
        for lesson in upcoming
    ]
    asked = tuple(asked for lesson in upcoming if (asked := read_asked_time(lesson)))
    in_force = timetable.find_at(now)
    month_on = month_of(at=now, zone=school.zone)
    return TeacherDashboard(
        next_lesson=next((one for one in lessons if not one.is_finished), None),
        days=_by_day(lessons, zone=zone),
        asked=asked,
        prices_asked=find_prices_of_moving(school_id=school.pk, quote_ids=[one.request_id for one in asked])
        if asked
        else {},
        attention=_find_attention(history, _penalties(incidents), timetable, now),
        counters=standing(history=history.incidents, policy=in_force.policy, now=now).counters if in_force else (),
        consequences=tuple(list_live_consequences(school_id=school.pk, teacher_id=teacher.pk, now=now)),
        foreseen=tuple(
            list_foreseen(school=school, teacher=teacher, lessons=ended, history=history, timetable=timetable, now=now)
        )
        if ended
        else (),
        month=sum_month_so_far(school=school, membership_id=teacher.pk, month_on=month_on),
        version=in_force,
        history=history,
    )


def _by_day(lessons: Sequence[UpcomingLesson], *, zone: str) -> tuple[UpcomingDay, ...]:
    reader_zone = ZoneInfo(zone)

    def day_of(upcoming: UpcomingLesson) -> date:
        return upcoming.lesson.starts_at.astimezone(reader_zone).date()

    return tuple(UpcomingDay(on=day, lessons=tuple(group)) for day, group in groupby(lessons, key=day_of))


@compiled
def _incidents_with_penalty(school_id: int, teacher_id: int) -> QuerySet[Incident]:
    """All incidents of the teacher by lesson start, each with what its live assessment costs, in one statement."""
    newest = Assessment.objects.filter(school_id=school_id, incident_id=OuterRef("pk")).order_by("-number")
    penalty = newest.values(penalty=JSONObject(minor="penalty_minor", currency="currency", counted="counted_for"))
    rows = with_standing_decision(school_id=school_id).filter(teacher_id=teacher_id)
    found: QuerySet[Incident] = rows.annotate(live_penalty=Subquery(penalty[:1])).order_by("lesson_starts_at", "pk")
    return found


def _penalties(incidents: Sequence[Incident]) -> Mapping[str, Money | None]:
    """What each incident that costs something or counts does cost, by its id as the rules know it.

    None under a policy without money.
    """
    found = {str(row.pk): row.__dict__["live_penalty"] for row in incidents}
    return {
        incident: Money(live["minor"], live["currency"]) if live["currency"] else None
        for incident, live in found.items()
        if live is not None and (live["minor"] or live["counted"])
    }


def _find_attention(
    history: History, penalties: Mapping[str, Money | None], timetable: Timetable, now: datetime
) -> tuple[NeedsAttention, ...]:
    found: list[NeedsAttention] = []
    for incident in history.incidents:
        version = timetable.find_at(incident.lesson_starts_at)
        is_undecided = incident.decision is None and incident.requested_by is RequestedBy.TEACHER
        if not is_undecided or version is None or incident.incident not in penalties:
            continue
        deadlines = find_deadlines(incident, version.policy)
        penalty = penalties[incident.incident]
        if now < deadlines.general.closes_at and (penalty is None or penalty):
            found.append(
                NeedsAttention(
                    reference=history.references[incident.incident],
                    lesson_starts_at=incident.lesson_starts_at,
                    penalty=penalty,
                    proof_by=deadlines.general.closes_at,
                )
            )
    return tuple(sorted(found, key=lambda case: case.proof_by))
