"""What importing a history file would do: counts, totals and every problem. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from makegood.actions.history_checks import check_known, check_new, find_live_starts
from makegood.domain.incidents.bulk import KnownIncidents, list_known
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.bulk import KnownLesson, LessonKey, find_by_start
from makegood.domain.penalties.bulk import Reassessed, make_histories
from makegood.domain.penalties.history import History, assess_history
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import find_by_codes
from makegood.domain.policies.queries import Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.quantities import Money
from makegood.rules import facts
from makegood.rules.files import FileProblem, FileProblems, HistoryFile, Row, read_history


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

    @property
    def decision_count(self) -> int:
        """How many decisions an import is going to record: of new incidents and of known ones."""
        return sum(row.incident.decision is not None for row in (*self.new, *(row for row, _ in self.decided)))


def read_file(*, timetable: Timetable, stream: BinaryIO) -> HistoryFile:
    """Read the CSV with the reasons of every version and the currency of the latest."""
    reasons = {reason.code for version in timetable.versions for reason in version.policy.reasons}
    currency = timetable.versions[-1].policy.currency if timetable.versions else None
    return read_history(stream, reasons=reasons, currency=currency)


def make_plan(
    *,
    school: School,
    file: HistoryFile,
    now: datetime,
    for_import: bool,
    progress: Callable[[int, int], None],
) -> HistoryPlan:
    """Compare the file with what the school knows, in the caller's transaction. Never raises for what the file says.

    `for_import` keeps what the rules say about it, to be stored. Lock the teachers first then. `progress` gets how many
    of the incidents it brings have been assessed.
    """
    timetable = get_timetable(school_id=school.pk)
    problems = FileProblems()
    problems.merge(listed=file.problems, count=file.problem_count)
    codes = {row.incident.teacher for row in file.rows}
    members = find_by_codes(school_id=school.pk, codes=codes)
    teacher_ids = {code: member.pk for code, member in members.items()}
    lessons = _find_lessons(school, file, teacher_ids)
    names_in_file = {row.incident.incident for row in file.rows}
    known = list_known(school_id=school.pk, teacher_ids=set(teacher_ids.values()), external_ids=names_in_file)
    histories = make_histories(school_id=school.pk, teacher_ids=set(teacher_ids.values()), known=known)
    taken = find_live_starts(histories)
    by_external_id = {found.external_id: found for found in known.rows if found.external_id is not None}

    new: list[Row] = []
    decided: list[tuple[Row, Incident]] = []
    known_count = 0
    for row in file.rows:
        found = by_external_id.get(row.incident.incident)
        member = members.get(row.incident.teacher)
        if found is None:
            check_new(row, member, lessons, taken, timetable, problems, now)
            new.append(row)
        elif check_known(row, found, member, lessons, taken, problems):
            decided.append((row, found))
        else:
            known_count += 1
    new.sort(key=lambda row: (row.incident.teacher, row.incident.lesson_starts_at, row.line))
    # In the order in which the rows are going to be written, and after the numbers of those that are there.
    names = tuple(f"new:{place:09}" for place in range(len(new)))
    brought = {} if problems else _bring(new, names, decided)
    totals: list[TeacherTotal] = []
    reassessed: dict[str, Reassessed] = {}
    done = 0
    for code, of_teacher in sorted(brought.items()):
        history = histories[teacher_ids[code]] if code in teacher_ids else _empty_history(school)
        total, found_again = _make_total(code, members.get(code), history, of_teacher, timetable)
        totals.append(total)
        if for_import:
            reassessed[code] = found_again
        done += total.incident_count
        progress(done, len(new) + len(decided))
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


def _find_lessons(school: School, file: HistoryFile, teacher_ids: Mapping[str, int]) -> Mapping[LessonKey, KnownLesson]:
    keys = {
        (teacher_ids[row.incident.teacher], row.incident.lesson_starts_at)
        for row in file.rows
        if row.incident.teacher in teacher_ids
    }
    return find_by_start(school_id=school.pk, keys=keys)


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
    stored_ids = tuple(int(incident.incident) for incident in history.incidents)
    return total, Reassessed(history=later, outcome=after, stored_ids=stored_ids)


def _empty_history(school: School) -> History:
    seen = {"incident": None, "decision": None, "withdrawal": None}
    return History(school_id=school.pk, teacher_id=0, incidents=(), references={}, seen=seen)
