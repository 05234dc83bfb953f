"""Bring a school's history in from a file: dry run, then all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext_noop

from makegood.actions.history_plan import HistoryPlan, make_plan, read_file
from makegood.actions.transactions import in_one_transaction
from makegood.domain.incidents import bulk as incidents
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger import operations as ledger
from makegood.domain.lessons import bulk as lessons
from makegood.domain.lessons.bulk import PastLesson
from makegood.domain.penalties import bulk as penalties
from makegood.domain.people import roster
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.many_rows import prepare_for_many_rows
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.rules.facts import Decision, Kind
from makegood.rules.files import HistoryFile

Progress = Callable[[str, int, int], None]
READING, RECORDING, ASSESSING, POSTING = "reading", "recording", "assessing", "posting"


class HistoryHasProblems(Refusal):
    """The file cannot be imported; `plan` lists what is wrong."""

    code = "history_has_problems"
    sentence = gettext_noop("The file has problems, so nothing was imported. Correct them and try again.")

    def __init__(self, plan: HistoryPlan) -> None:
        super().__init__()
        self.plan = plan


class UnknownTeachers(Refusal):
    """The file names teachers whom the school does not know; `plan` lists them."""

    code = "unknown_teachers"
    sentence = gettext_noop(
        "The file names teachers the school does not know. Nothing was imported. Create them, or correct the file."
    )

    def __init__(self, plan: HistoryPlan) -> None:
        super().__init__()
        self.plan = plan


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryImported:
    """What was done; all zero when the file had been imported before."""

    incident_count: int
    decision_count: int
    teacher_count: int
    plan: HistoryPlan


def preview_history(*, school: School, stream: BinaryIO, now: datetime) -> HistoryPlan:
    """The dry run: counts, totals per teacher and every problem with line and column. Nothing is written."""
    file = _read(school, stream)
    return in_one_transaction(school.pk, lambda: make_plan(school=school, file=file, now=now))


def import_history(
    *,
    school: School,
    stream: BinaryIO,
    create_teachers: bool,
    imported_by_id: int | None,
    door: Door,
    now: datetime,
    progress: Progress,
) -> HistoryImported:
    """Import the whole file or nothing. The same file again changes nothing.

    `imported_by_id` is a person, None for a command. `progress` gets a stage, how much of it is done, and of how much.
    In one transaction, in this order: lock the teachers; compare with what is known; create the unknown teachers;
    lessons that are new, incidents, decisions; what became of known lessons; assessments, consequences; reversals and
    postings; one event. No messages: it is history.

    Raises HistoryHasProblems, and UnknownTeachers unless `create_teachers`.
    """
    file = _read(school, stream)
    progress(READING, len(file.rows), len(file.rows))
    return in_one_transaction(
        school.pk, lambda: _import(school, file, create_teachers, imported_by_id, door, now, progress)
    )


def _read(school: School, stream: BinaryIO) -> HistoryFile:
    timetable = in_one_transaction(school.pk, lambda: get_timetable(school_id=school.pk))
    return read_file(timetable=timetable, stream=stream)


def _import(
    school: School,
    file: HistoryFile,
    create_teachers: bool,  # noqa: FBT001 - passed on by name above
    imported_by_id: int | None,
    door: Door,
    now: datetime,
    progress: Progress,
) -> HistoryImported:
    prepare_for_many_rows()
    roster.lock_by_codes(school_id=school.pk, codes={row.incident.teacher for row in file.rows})
    plan = make_plan(school=school, file=file, now=now, with_totals=False)
    if plan.problem_count:
        raise HistoryHasProblems(plan)
    if plan.unknown_teachers and not create_teachers:
        raise UnknownTeachers(plan)
    if not plan.new and not plan.decided:
        return HistoryImported(incident_count=0, decision_count=0, teacher_count=0, plan=plan)
    teacher_ids = {code: member.pk for code, member in plan.members.items()}
    teacher_ids |= roster.add_teachers(
        school_id=school.pk, school_slug=school.slug, zone=school.zone, codes=plan.unknown_teachers, now=now
    )
    decision_count = _record_facts(school, plan, teacher_ids, imported_by_id, door, now, progress)
    _settle(school, plan, teacher_ids, now, progress)
    timeline.record(
        school_id=school.pk,
        kind=EventKind.HISTORY_IMPORTED,
        at=now,
        door=door,
        actor_id=imported_by_id,
        values={"incidents": len(plan.new), "decisions": decision_count, "import": str(uuid.uuid4())},
    )
    return HistoryImported(
        incident_count=len(plan.new),
        decision_count=decision_count,
        teacher_count=len(plan.unknown_teachers),
        plan=plan,
    )


def _record_facts(
    school: School,
    plan: HistoryPlan,
    teacher_ids: Mapping[str, int],
    imported_by_id: int | None,
    door: Door,
    now: datetime,
    progress: Progress,
) -> int:
    """Lessons, incidents and decisions; returns how many decisions were recorded."""
    lesson_ids, added_count = _find_or_add_lessons(school.pk, plan, teacher_ids)
    total = len(plan.new) + added_count
    progress(RECORDING, added_count, total)
    recorded = incidents.add_imported(
        school_id=school.pk,
        incidents=[
            (row.incident, lesson_id, teacher_ids[row.incident.teacher])
            for row, lesson_id in zip(plan.new, lesson_ids, strict=True)
        ],
        reported_by_id=imported_by_id,
        door=door,
    )
    decisions = [
        (incident, row.incident.decision)
        for incident, row in [
            *zip(recorded, plan.new, strict=True),
            *((found, row) for row, found in plan.decided),
        ]
        if row.incident.decision is not None
    ]
    incidents.add_decisions(
        school_id=school.pk, decisions=decisions, reason=gettext_noop("Decided before the import."), door=door, now=now
    )
    _mark_lessons(school.pk, recorded, plan)
    progress(RECORDING, total, total)
    return len(decisions)


def _find_or_add_lessons(
    school_id: int, plan: HistoryPlan, teacher_ids: Mapping[str, int]
) -> tuple[Sequence[int], int]:
    """The lesson of each new incident, and how many of them had to be written.

    A voided incident and the one that took its place share a lesson, and the latter says what became of it.
    """
    missing: dict[tuple[int, datetime, int], PastLesson] = {}
    keys = []
    for row in plan.new:
        told = row.incident
        teacher_id = teacher_ids[told.teacher]
        key = (teacher_id, told.lesson_starts_at, told.lesson_minutes)
        keys.append(key)
        if key[:2] in plan.lessons or (key in missing and told.decision is Decision.VOIDED):
            continue
        missing[key] = PastLesson(
            teacher_id=teacher_id,
            starts_at=told.lesson_starts_at,
            minutes=told.lesson_minutes,
            lesson_type=told.lesson_type,
            pay=told.lesson_pay,
            booked_at=told.booked_at,
            taught_minutes=told.taught_minutes,
            kind=told.kind,
        )
    added = lessons.add_past(school_id=school_id, lessons=list(missing.values()))
    ids = dict(zip(missing, (lesson.pk for lesson in added), strict=True))
    known = {key: lesson.pk for key, lesson in plan.lessons.items()}
    return [known[key[:2]] if key[:2] in known else ids[key] for key in keys], len(added)


def _mark_lessons(school_id: int, recorded: Sequence[Incident], plan: HistoryPlan) -> None:
    known = {lesson.pk for lesson in plan.lessons.values()}
    by_kind: dict[Kind, list[int]] = {}
    for incident in recorded:
        if incident.lesson_id in known:
            by_kind.setdefault(Kind(incident.kind), []).append(incident.lesson_id)
    lessons.mark_many(school_id=school_id, lesson_ids=by_kind)


def _settle(
    school: School, plan: HistoryPlan, teacher_ids: Mapping[str, int], now: datetime, progress: Progress
) -> None:
    codes = {row.incident.teacher for row in plan.new} | {row.incident.teacher for row, _ in plan.decided}
    histories = penalties.gather_histories(school_id=school.pk, teacher_ids={teacher_ids[code] for code in codes})
    total = sum(len(history.incidents) for history in histories.values())
    reversals, postings = penalties.record_many(
        school_id=school.pk,
        histories=histories,
        timetable=get_timetable(school_id=school.pk),
        zone=school.zone,
        why_ended=gettext_noop("The imported history says otherwise."),
        now=now,
        progress=lambda done: progress(ASSESSING, done, total),
    )
    progress(POSTING, 0, len(postings))
    ledger.settle(school_id=school.pk, reversals=reversals, postings=postings, now=now)
    progress(POSTING, len(postings), len(postings))
