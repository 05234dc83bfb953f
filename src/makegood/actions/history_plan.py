"""What importing a history file would do: counts, totals and every problem. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, Final

from makegood.domain.incidents.bulk import KnownIncidents, list_known
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import decision_of, is_withdrawn, to_facts
from makegood.domain.lessons.bulk import KnownLesson, LessonKey, find_by_start
from makegood.domain.penalties.bulk import Reassessed, make_histories
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
_LONGEST: Final = (
    ("incident", 120), ("teacher", 80), ("reason", 40), ("lesson_type", 40), ("engagement", 40), ("country", 2),
)  # fmt: skip


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
    `new` is by teacher and lesson start, whatever the order of the file. `names` are what they are called in
    `reassessed`, which holds by teacher's code what an import is going to store; it is empty in a dry run.
    """

    row_count: int
    new: tuple[Row, ...]
    names: tuple[str, ...]
    decided: tuple[tuple[Row, Incident], ...]
    known_count: int
    unknown_teachers: tuple[str, ...]
    teachers: tuple[TeacherTotal, ...]
    problems: tuple[FileProblem, ...]
    problem_count: int
    unknown_columns: tuple[str, ...]
    members: Mapping[str, Membership]
    known: KnownIncidents
    lessons: Mapping[LessonKey, KnownLesson]
    reassessed: Mapping[str, Reassessed]


def read_file(*, timetable: Timetable, stream: BinaryIO) -> HistoryFile:
    """Read the CSV with the reasons of every version and the currency of the latest."""
    reasons = {reason.code for version in timetable.versions for reason in version.policy.reasons}
    currency = timetable.versions[-1].policy.currency if timetable.versions else None
    return read_history(stream, reasons=reasons, currency=currency)


def make_plan(*, school: School, file: HistoryFile, now: datetime, for_import: bool) -> HistoryPlan:
    """Compare the file with what the school knows, in the caller's transaction. Never raises for what the file says.

    `for_import` keeps what the rules say about it, to be stored. Lock the teachers first then.
    """
    timetable = get_timetable(school_id=school.pk)
    problems = FileProblems()
    problems.merge(listed=file.problems, count=file.problem_count)
    codes = {row.incident.teacher for row in file.rows}
    members = {member.code: member for member in Membership.objects.filter(school_id=school.pk, code__in=codes)}
    teacher_ids = {code: member.pk for code, member in members.items()}
    lessons = find_by_start(
        school_id=school.pk,
        keys={
            (teacher_ids[row.incident.teacher], row.incident.lesson_starts_at)
            for row in file.rows
            if row.incident.teacher in teacher_ids
        },
    )
    known = list_known(
        school_id=school.pk,
        teacher_ids=set(teacher_ids.values()),
        external_ids={row.incident.incident for row in file.rows},
    )
    histories = make_histories(school_id=school.pk, teacher_ids=set(teacher_ids.values()), known=known)
    taken = _live_starts(histories)
    by_external_id = {found.external_id: found for found in known.rows if found.external_id is not None}

    new: list[Row] = []
    decided: list[tuple[Row, Incident]] = []
    known_count = 0
    for row in file.rows:
        found = by_external_id.get(row.incident.incident)
        member = members.get(row.incident.teacher)
        if found is None:
            _check_new(row, member, lessons, taken, timetable, problems, now)
            new.append(row)
        elif _check_known(row, found, member, problems):
            decided.append((row, found))
        else:
            known_count += 1
    new.sort(key=lambda row: (row.incident.teacher, row.incident.lesson_starts_at, row.line))
    # In the order in which the rows are going to be written, and after the numbers of those that are there.
    names = tuple(f"new:{place:09}" for place in range(len(new)))
    totals: list[TeacherTotal] = []
    reassessed: dict[str, Reassessed] = {}
    if not problems:
        for code, brought in sorted(_bring(new, names, decided).items()):
            history = histories[teacher_ids[code]] if code in teacher_ids else _empty_history(school)
            total, found_again = _make_total(code, members.get(code), history, brought, timetable)
            totals.append(total)
            if for_import:
                reassessed[code] = found_again
    return HistoryPlan(
        row_count=len(file.rows),
        new=tuple(new),
        names=names,
        decided=tuple(decided),
        known_count=known_count,
        unknown_teachers=tuple(sorted(codes - members.keys())),
        teachers=tuple(totals),
        problems=problems.listed,
        problem_count=problems.count,
        unknown_columns=file.unknown_columns,
        members=members,
        known=known,
        lessons=lessons,
        reassessed=reassessed,
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
    lessons: Mapping[LessonKey, KnownLesson],
    taken: Mapping[LessonKey, str],
    timetable: Timetable,
    problems: FileProblems,
    now: datetime,
) -> None:
    incident = row.incident
    for column, longest in _LONGEST:
        value = getattr(incident, column)
        if value is not None and len(value) > longest:
            _add(problems, row, column, _TOO_LONG, {"longest": longest})
    if not timetable.versions or incident.lesson_starts_at < timetable.versions[0].starts_at:
        _add(problems, row, "lesson_starts_at", _NO_POLICY, {})
    if incident.reported_at is not None and incident.reported_at > now:
        _add(problems, row, "reported_at", _FROM_THE_FUTURE, {})
    if member is None:
        return
    key = (member.pk, incident.lesson_starts_at)
    if key in taken and incident.decision is not Decision.VOIDED:
        _add(problems, row, "lesson_starts_at", _TAKEN, {"reference": taken[key]})
    lesson = lessons.get(key)
    if lesson is not None and lesson.minutes != incident.lesson_minutes:
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


def _bring(
    new: Sequence[Row], names: Sequence[str], decided: Sequence[tuple[Row, Incident]]
) -> Mapping[str, Mapping[str, facts.Incident]]:
    """What the file brings, by teacher's code and by the incident's name."""
    brought: dict[str, dict[str, facts.Incident]] = {}
    for row, name in zip(new, names, strict=True):
        brought.setdefault(row.incident.teacher, {})[name] = row.incident
    for row, found in decided:
        brought.setdefault(row.incident.teacher, {})[str(found.pk)] = row.incident
    return brought


def _make_total(
    code: str,
    member: Membership | None,
    history: History,
    brought: Mapping[str, facts.Incident],
    timetable: Timetable,
) -> tuple[TeacherTotal, Reassessed]:
    teacher = str(history.teacher_id)
    added = [replace(incident, incident=name, teacher=teacher) for name, incident in brought.items()]
    kept = [incident for incident in history.incidents if incident.incident not in brought]
    before = assess_history(history=history, timetable=timetable)
    later = replace(history, incidents=(*kept, *added))
    after = assess_history(history=later, timetable=timetable)
    currencies = [found.currency for _, found in after.assessments.values() if found.currency]
    change_minor = sum(found.penalty_minor for _, found in after.assessments.values()) - sum(
        found.penalty_minor for _, found in before.assessments.values()
    )
    total = TeacherTotal(
        code=code,
        display_name=member.display_name if member else None,
        incident_count=len(brought),
        change=Money(change_minor, currencies[0]) if currencies else None,
    )
    return total, Reassessed(history=later, outcome=after)


def _empty_history(school: School) -> History:
    seen = {"incident": None, "decision": None, "withdrawal": None}
    return History(school_id=school.pk, teacher_id=0, incidents=(), references={}, seen=seen)


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
