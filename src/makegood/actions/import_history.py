"""Bring a school's history in from a file: dry run, then all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.utils.translation import gettext_noop

from makegood.actions.history_plan import HistoryPlan, make_plan, read_file
from makegood.actions.kept_times import free_with_lesson
from makegood.actions.lesson_pay import settle_lesson_pay
from makegood.actions.transactions import in_one_transaction
from makegood.database.many_rows import prepare_for_many_rows
from makegood.domain.incidents import bulk as incidents
from makegood.domain.incidents.queries import decision_of
from makegood.domain.ledger import operations as ledger
from makegood.domain.lessons import bulk as lessons
from makegood.domain.lessons.bulk import PastLesson
from makegood.domain.lessons.keeping import list_with_kept
from makegood.domain.lessons.statuses import OPEN
from makegood.domain.penalties import bulk as penalties
from makegood.domain.penalties.bulk import Reassessed
from makegood.domain.people import roster
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.imports import lock_imports
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal
from makegood.rules.facts import Decision, Kind
from makegood.rules.files import HistoryFile

Progress = Callable[[str, int, int], None]
Show = Callable[[HistoryPlan], None]
READING, CHECKING, RECORDING, ASSESSING, POSTING = "reading", "checking", "recording", "assessing", "posting"


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


def preview_history(*, school: School, stream: BinaryIO, now: datetime, progress: Progress) -> HistoryPlan:
    """The dry run: counts, totals per teacher and every problem with line and column. Nothing is written."""
    file = _read(school, stream, progress)
    return in_one_transaction(
        school.pk,
        lambda: make_plan(school=school, file=file, now=now, for_import=False, progress=_checking(progress)),
    )


def import_history(
    *,
    school: School,
    stream: BinaryIO,
    create_teachers: bool,
    imported_by_id: int | None,
    door: Door,
    now: datetime,
    show: Show,
    progress: Progress,
) -> HistoryImported:
    """Import the whole file or nothing. The same file again changes nothing.

    `imported_by_id` is a person, None for a command. `show` gets the dry run of exactly what is going to be stored,
    while nothing is written yet; it is also called when the import is then refused. `progress` gets a stage, how much
    of it is done, and of how much: lines of the file, then incidents of its teachers, then penalties.

    In one transaction, in this order: lock out other imports; lock the teachers; compare with what is known; create the
    unknown teachers; lessons that are new, incidents, decisions; what became of known lessons; assessments,
    consequences; reversals and postings, of penalties and of lesson pay; an event on each case and one for the file. No
    messages, as it is history, but to the desk where it was to let a lesson move that is off by the file.

    Raises HistoryHasProblems, and UnknownTeachers unless `create_teachers`.
    """
    file = _read(school, stream, progress)
    order = _Order(
        school=school,
        create_teachers=create_teachers,
        imported_by_id=imported_by_id,
        door=door,
        now=now,
        show=show,
        progress=progress,
    )
    return in_one_transaction(school.pk, lambda: _import(order, file))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What was asked for."""

    school: School
    create_teachers: bool
    imported_by_id: int | None
    door: Door
    now: datetime
    show: Show
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """The ids of what was written: `incident_ids` of the plan's new rows, `last_decisions` by teacher.

    `lesson_ids` are those of all its incidents, new or newly decided.
    """

    incident_ids: Sequence[int]
    lesson_ids: Collection[int]
    decision_count: int
    last_decisions: Mapping[int, int]


def _read(school: School, stream: BinaryIO, progress: Progress) -> HistoryFile:
    timetable = in_one_transaction(school.pk, lambda: get_timetable(school_id=school.pk))
    file = read_file(timetable=timetable, stream=stream)
    progress(READING, len(file.rows), len(file.rows))
    return file


def _checking(progress: Progress) -> Callable[[int, int], None]:
    return lambda done, total: progress(CHECKING, done, total)


def _import(order: _Order, file: HistoryFile) -> HistoryImported:
    school = order.school
    lock_imports(school_id=school.pk)
    prepare_for_many_rows()
    roster.lock_by_codes(school_id=school.pk, codes={row.incident.teacher for row in file.rows})
    plan = make_plan(school=school, file=file, now=order.now, for_import=True, progress=_checking(order.progress))
    order.show(plan)
    if plan.problem_count:
        raise HistoryHasProblems(plan)
    if plan.unknown_teachers and not order.create_teachers:
        raise UnknownTeachers(plan)
    if not plan.new and not plan.decided:
        return HistoryImported(incident_count=0, decision_count=0, teacher_count=0, plan=plan)
    teacher_ids = {code: member.pk for code, member in plan.members.items()}
    teacher_ids |= roster.add_teachers(
        school_id=school.pk, school_slug=school.slug, zone=school.zone, codes=plan.unknown_teachers, now=order.now
    )
    recorded = _record_facts(order, plan, teacher_ids)
    _settle(order, plan, teacher_ids, recorded)
    settle_lesson_pay(school=school, lesson_ids=recorded.lesson_ids, now=order.now)
    _record_events(order, recorded)
    return HistoryImported(
        incident_count=len(plan.new),
        decision_count=recorded.decision_count,
        teacher_count=len(plan.unknown_teachers),
        plan=plan,
    )


def _record_facts(order: _Order, plan: HistoryPlan, teacher_ids: Mapping[str, int]) -> _Recorded:
    """Lessons, incidents and decisions."""
    total = len(plan.new) + len(plan.decided)
    order.progress(RECORDING, 0, total)
    lesson_ids = _find_or_add_lessons(order.school.pk, plan, teacher_ids)
    incident_ids = incidents.add_imported(
        school_id=order.school.pk,
        incidents=[
            (row.incident, lesson_id, teacher_ids[row.incident.teacher])
            for row, lesson_id in zip(plan.new, lesson_ids, strict=True)
        ],
        reported_by_id=order.imported_by_id,
        # What the file says reached us with the file, whoever brought the file in and how.
        door=Door.IMPORT,
    )
    rows = [*zip(plan.new, incident_ids, strict=True), *((row, found.pk) for row, found in plan.decided)]
    decided = [(row.incident, incident_id) for row, incident_id in rows if row.incident.decision is not None]
    decision_ids = incidents.add_decisions(
        school_id=order.school.pk,
        decisions=[(incident_id, told.incident, told.decision) for told, incident_id in decided if told.decision],
        last_numbers=plan.known.last_numbers,
        reason=gettext_noop("Decided before the import."),
        door=Door.IMPORT,
        now=order.now,
    )
    # Ids grow, so the last one given to a teacher stays.
    last_decisions = {
        teacher_ids[told.teacher]: decision_id for (told, _), decision_id in zip(decided, decision_ids, strict=True)
    }
    _mark_lessons(order, plan, lesson_ids)
    order.progress(RECORDING, total, total)
    concerned = {*lesson_ids, *(found.lesson_id for _, found in plan.decided)}
    return _Recorded(
        incident_ids=incident_ids,
        lesson_ids=concerned,
        decision_count=len(decision_ids),
        last_decisions=last_decisions,
    )


def _find_or_add_lessons(school_id: int, plan: HistoryPlan, teacher_ids: Mapping[str, int]) -> Sequence[int]:
    """The lesson of each new incident; those that the school does not have are written.

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
    ids = dict(zip(missing, added, strict=True))
    known = {key: lesson.id for key, lesson in plan.lessons.items()}
    return [known[key[:2]] if key[:2] in known else ids[key] for key in keys]


def _mark_lessons(order: _Order, plan: HistoryPlan, lesson_ids: Sequence[int]) -> None:
    """What became of lessons the school had: by new incidents, and by those that are no longer voided.

    A file may tell of a lesson that is to come: times kept for one that is off are free again.
    """
    school_id = order.school.pk
    known = {lesson.id for lesson in plan.lessons.values()}
    revived = ((row, found.lesson_id) for row, found in plan.decided if decision_of(found) is Decision.VOIDED)
    by_kind: dict[Kind, list[int]] = {}
    for row, lesson_id in [*zip(plan.new, lesson_ids, strict=True), *revived]:
        if lesson_id in known and row.incident.decision is not Decision.VOIDED:
            by_kind.setdefault(row.incident.kind, []).append(lesson_id)
    lessons.mark_many(school_id=school_id, lesson_ids=by_kind)
    marked = [lesson_id for ids in by_kind.values() for lesson_id in ids]
    for lesson in list_with_kept(school_id=school_id, lesson_ids=marked):
        if lesson.status not in OPEN:
            free_with_lesson(
                lesson=lesson, teacher=lesson.teacher, by_id=order.imported_by_id, door=order.door, now=order.now
            )


def _settle(order: _Order, plan: HistoryPlan, teacher_ids: Mapping[str, int], recorded: _Recorded) -> None:
    total = sum(len(found.history.incidents) for found in plan.reassessed.values())
    reversals, postings = penalties.record_many(
        school_id=order.school.pk,
        reassessed=_name_by_ids(order.school, plan, teacher_ids, recorded),
        zone=order.school.zone,
        why_ended=gettext_noop("The imported history says otherwise."),
        now=order.now,
        progress=lambda done: order.progress(ASSESSING, done, total),
    )
    order.progress(POSTING, 0, len(postings))
    ledger.settle(school_id=order.school.pk, reversals=reversals, postings=postings, now=order.now)
    order.progress(POSTING, len(postings), len(postings))


def _name_by_ids(
    school: School, plan: HistoryPlan, teacher_ids: Mapping[str, int], recorded: _Recorded
) -> Iterator[Reassessed]:
    """What the plan says of each teacher, with the ids that the new incidents have now."""
    timetable = get_timetable(school_id=school.pk)
    ids = dict(zip(plan.names, recorded.incident_ids, strict=True))
    for code, planned in plan.reassessed.items():
        teacher_id = teacher_ids[code]
        yield penalties.name_by_ids(
            reassessed=planned,
            teacher_id=teacher_id,
            ids=ids,
            last_decision=recorded.last_decisions.get(teacher_id),
            timetable=timetable,
        )


def _record_events(order: _Order, recorded: _Recorded) -> None:
    timeline.record_for_incidents(
        school_id=order.school.pk,
        kind=EventKind.INCIDENT_IMPORTED,
        at=order.now,
        door=order.door,
        actor_id=order.imported_by_id,
        incident_ids=recorded.incident_ids,
    )
    timeline.record(
        school_id=order.school.pk,
        kind=EventKind.HISTORY_IMPORTED,
        at=order.now,
        door=order.door,
        actor_id=order.imported_by_id,
        values={
            "incidents": len(recorded.incident_ids),
            "decisions": recorded.decision_count,
            "import": str(uuid.uuid4()),
        },
    )
