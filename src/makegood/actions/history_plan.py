"""What importing a history file would do: counts, totals and every problem. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final

from makegood.domain.incidents.bulk import list_by_external_id
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import decision_of, is_withdrawn, to_facts
from makegood.domain.lessons.bulk import LessonKey, find_by_start
from makegood.domain.lessons.models import Lesson
from makegood.domain.penalties.bulk import gather_histories
from makegood.domain.penalties.history import History, assess_history
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.rules import facts
from makegood.rules.facts import Decision
from makegood.rules.files import FileProblem, FileProblems, HistoryFile, Row, read_history
from makegood.rules.sentences import Sentence, gettext_noop

# What the file's columns are called, and where each fact of an incident is compared.
_COMPARED: Final = (
    "lesson_starts_at",
    "lesson_minutes",
    "kind",
    "requested_by",
    "reported_at",
    "taught_minutes",
    "reason",
    "lesson_type",
    "lesson_pay",
    "booked_at",
    "engagement",
    "country",
)
_LONGEST: Final = {"incident": 120, "teacher": 80, "reason": 40, "lesson_type": 40, "engagement": 40, "country": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherTotal:
    """What the file means for one teacher: incidents in it, and by how much it changes the penalties in all.

    `display_name` is None for a teacher the school does not know. `change` is None under a policy without money.
    """

    code: str
    display_name: str | None
    incident_count: int
    change: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPlan:
    """A dry run. `problem_count` counts all problems, `problems` lists the earliest; with any, nothing may be imported.

    `new`, `decided` (known incidents with another decision) and `known_count` (nothing to do) add up to the rows.
    """

    row_count: int
    new: tuple[Row, ...]
    decided: tuple[tuple[Row, Incident], ...]
    known_count: int
    unknown_teachers: tuple[str, ...]
    teachers: tuple[TeacherTotal, ...]
    problems: tuple[FileProblem, ...]
    problem_count: int
    unknown_columns: tuple[str, ...]
    members: Mapping[str, Membership]
    lessons: Mapping[LessonKey, Lesson]


def read_file(*, timetable: Timetable, stream: BinaryIO) -> HistoryFile:
    """Read the CSV with the reasons of every version and the currency of the latest."""
    reasons = {reason.code for version in timetable.versions for reason in version.policy.reasons}
    currency = timetable.versions[-1].policy.currency if timetable.versions else None
    return read_history(stream, reasons=reasons, currency=currency)


def make_plan(*, school: School, file: HistoryFile, now: datetime, with_totals: bool = True) -> HistoryPlan:
    """Compare the file with what the school knows, in the caller's transaction. Never raises for what the file says."""
    timetable = get_timetable(school_id=school.pk)
    problems = FileProblems()
    problems.merge(listed=file.problems, count=file.problem_count)
    codes = {row.incident.teacher for row in file.rows}
    members = {member.code: member for member in Membership.objects.filter(school_id=school.pk, code__in=codes)}
    member_ids = {member.pk for member in members.values()}
    lessons = find_by_start(school_id=school.pk, teacher_ids=member_ids)
    known = list_by_external_id(school_id=school.pk)
    histories = gather_histories(school_id=school.pk, teacher_ids=member_ids)
    taken = _live_starts(histories)

    new: list[Row] = []
    decided: list[tuple[Row, Incident]] = []
    known_count = 0
    for row in file.rows:
        found = known.get(row.incident.incident)
        member = members.get(row.incident.teacher)
        if found is None:
            _check_new(row, member, lessons, taken, timetable, problems, now)
            new.append(row)
        elif _check_known(row, found, member, problems):
            decided.append((row, found))
        else:
            known_count += 1
    totals = () if problems or not with_totals else _make_totals(new, decided, members, histories, timetable)
    return HistoryPlan(
        row_count=len(file.rows),
        new=tuple(new),
        decided=tuple(decided),
        known_count=known_count,
        unknown_teachers=tuple(sorted(codes - members.keys())),
        teachers=totals,
        problems=problems.listed,
        problem_count=problems.count,
        unknown_columns=file.unknown_columns,
        members=members,
        lessons=lessons,
    )


def _live_starts(histories: Mapping[int, History]) -> Mapping[LessonKey, str]:
    return {
        (teacher_id, incident.lesson_starts_at): history.references[incident.incident]
        for teacher_id, history in histories.items()
        for incident in history.incidents
        if incident.decision is not Decision.VOIDED
    }


def _check_new(
    row: Row,
    member: Membership | None,
    lessons: Mapping[LessonKey, Lesson],
    taken: Mapping[LessonKey, str],
    timetable: Timetable,
    problems: FileProblems,
    now: datetime,
) -> None:
    incident = row.incident
    for column, longest in _LONGEST.items():
        value = getattr(incident, column)
        if value is not None and len(value) > longest:
            _add(problems, row, column, _TOO_LONG, {"longest": longest})
    if timetable.find_at(incident.lesson_starts_at) is None:
        _add(problems, row, "lesson_starts_at", _NO_POLICY, {})
    if incident.reported_at is not None and incident.reported_at > now:
        _add(problems, row, "reported_at", _FROM_THE_FUTURE, {})
    if member is None:
        return
    key = (member.pk, incident.lesson_starts_at)
    if key in taken and incident.decision is not Decision.VOIDED:
        _add(problems, row, "lesson_starts_at", _TAKEN, {"reference": taken[key]})
    lesson = lessons.get(key)
    if lesson is not None and (lesson.ends_at - lesson.starts_at).total_seconds() != incident.lesson_minutes * 60:
        _add(problems, row, "lesson_minutes", _OTHER_LENGTH, {})


def _check_known(row: Row, found: Incident, member: Membership | None, problems: FileProblems) -> bool:
    """Whether the row brings a new decision; other facts than those recorded are problems."""
    recorded = to_facts(found)
    if member is None or found.teacher_id != member.pk:
        _add(problems, row, "teacher", _OTHER_FACTS, {})
    for column in _COMPARED:
        if getattr(recorded, column) != getattr(row.incident, column):
            _add(problems, row, column, _OTHER_FACTS, {})
    brought = row.incident.decision
    if brought is None or brought is decision_of(found):
        return False
    if is_withdrawn(found):
        _add(problems, row, "decision", _WITHDRAWN, {})
    return True


def _make_totals(
    new: Sequence[Row],
    decided: Sequence[tuple[Row, Incident]],
    members: Mapping[str, Membership],
    histories: Mapping[int, History],
    timetable: Timetable,
) -> tuple[TeacherTotal, ...]:
    brought: dict[str, list[facts.Incident]] = {}
    for row in new:
        brought.setdefault(row.incident.teacher, []).append(row.incident)
    for row, found in decided:
        again = replace(row.incident, incident=str(found.pk))
        brought.setdefault(row.incident.teacher, []).append(again)
    totals = []
    for code, incidents in sorted(brought.items()):
        member = members.get(code)
        history = histories[member.pk] if member else _empty_history(code)
        totals.append(_make_total(code, member, history, incidents, timetable))
    return tuple(totals)


def _make_total(
    code: str,
    member: Membership | None,
    history: History,
    incidents: Sequence[facts.Incident],
    timetable: Timetable,
) -> TeacherTotal:
    recorded = {incident.incident for incident in history.incidents}
    teacher = str(history.teacher_id)
    added = {}
    for incident in incidents:
        # Ids of the file and of the database are both numbers sometimes; new ones are told apart by a mark.
        name = incident.incident if incident.incident in recorded else f"file:{incident.incident}"
        added[name] = replace(incident, incident=name, teacher=teacher)
    kept = tuple(incident for incident in history.incidents if incident.incident not in added)
    before = assess_history(history=history, timetable=timetable)
    after = assess_history(history=replace(history, incidents=(*kept, *added.values())), timetable=timetable)
    currencies = [found.currency for _, found in after.assessments.values() if found.currency]
    change_minor = sum(found.penalty_minor for _, found in after.assessments.values()) - sum(
        found.penalty_minor for _, found in before.assessments.values()
    )
    return TeacherTotal(
        code=code,
        display_name=member.display_name if member else None,
        incident_count=len(incidents),
        change=Money(change_minor, currencies[0]) if currencies else None,
    )


def _empty_history(code: str) -> History:
    del code
    return History(school_id=0, teacher_id=0, incidents=(), references={}, seen={})


Fault = tuple[str, str]


def _add(problems: FileProblems, row: Row, column: str, fault: Fault, values: Mapping[str, str | int]) -> None:
    what, how_to_fix = fault
    problems.add(line=row.line, column=column, what=Sentence(what, values), how_to_fix=Sentence(how_to_fix))


_TOO_LONG: Final = (
    gettext_noop("The value is longer than {longest} characters."),
    gettext_noop("Shorten it in the file."),
)
_NO_POLICY: Final = (
    gettext_noop("The school had no policy in force at this lesson's start."),
    gettext_noop("Leave the line out, or publish the first policy version from an earlier month."),
)
_FROM_THE_FUTURE: Final = (
    gettext_noop("The report lies in the future."),
    gettext_noop("Correct the time or its offset."),
)
_TAKEN: Final = (
    gettext_noop("The teacher's lesson at this time has an incident already: {reference}."),
    gettext_noop("Leave the line out, or void that case first."),
)
_OTHER_LENGTH: Final = (
    gettext_noop("The school's lesson at this time has another length."),
    gettext_noop("Correct the minutes."),
)
_OTHER_FACTS: Final = (
    gettext_noop("This incident was imported before with another value here."),
    gettext_noop("Facts are never changed by an import: correct the line, or decide the case in the product."),
)
_WITHDRAWN: Final = (
    gettext_noop("This incident was withdrawn by the teacher, so there is nothing to decide."),
    gettext_noop("Leave the decision empty."),
)
