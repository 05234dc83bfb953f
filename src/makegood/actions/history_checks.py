"""What stands against importing a line of a history file, compared with what the school knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.queries import decision_of, is_withdrawn, to_facts
from makegood.domain.lessons.bulk import KnownLesson, LessonKey, can_become
from makegood.domain.penalties.history import History
from makegood.domain.people.models import Membership
from makegood.domain.policies.queries import Timetable
from makegood.rules.facts import Decision
from makegood.rules.files import FileProblems, Row
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


def find_live_starts(histories: Mapping[int, History]) -> Mapping[LessonKey, str]:
    """The reference of the live incident at each lesson start that has one."""
    return {
        (teacher_id, incident.lesson_starts_at): history.references[incident.incident]
        for teacher_id, history in histories.items()
        for incident in history.incidents
        if incident.decision is not Decision.VOIDED
    }


def check_new(
    row: Row,
    member: Membership | None,
    lessons: Mapping[LessonKey, KnownLesson],
    taken: Mapping[LessonKey, str],
    timetable: Timetable,
    problems: FileProblems,
    now: datetime,
) -> None:
    """Record what stands against a line that the school does not have yet."""
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
    if lesson is None:
        return
    if lesson.minutes != incident.lesson_minutes:
        _add(problems, row, "lesson_minutes", _OTHER_LENGTH, {})
    if incident.decision is not Decision.VOIDED and not can_become(status=lesson.status, kind=incident.kind):
        _add(problems, row, "kind", _OTHER_STATUS, {"status": lesson.status})


def check_known(
    row: Row,
    found: Incident,
    member: Membership | None,
    lessons: Mapping[LessonKey, KnownLesson],
    taken: Mapping[LessonKey, str],
    problems: FileProblems,
) -> bool:
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
    elif decision_of(found) is Decision.VOIDED:
        key = (found.teacher_id, found.lesson_starts_at)
        lesson = lessons.get(key)
        if key in taken:
            _add(problems, row, "decision", _TAKEN, {"reference": taken[key]})
        elif lesson is not None and not can_become(status=lesson.status, kind=row.incident.kind):
            _add(problems, row, "decision", _OTHER_STATUS, {"status": lesson.status})
    return True


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
_OTHER_STATUS: Final = (
    gettext_noop("The school's lesson at this time is recorded as {status}, which is another story."),
    gettext_noop("Leave the line out, or correct its kind."),
)
_OTHER_FACTS: Final = (
    gettext_noop("This incident was imported before with another value here."),
    gettext_noop("Facts are never changed by an import: correct the line, or decide the case in the product."),
)
_WITHDRAWN: Final = (
    gettext_noop("This incident was withdrawn by the teacher, so there is nothing to decide."),
    gettext_noop("Leave the decision empty."),
)
