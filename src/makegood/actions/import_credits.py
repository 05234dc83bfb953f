"""Bring lesson credits in from a file of another system: checked whole, then written whole."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.booking_steps import refuse_unless_desk
from makegood.actions.credit_steps import MOST_CREDITS, OwnCredits, tell_of_credits
from makegood.actions.transactions import in_one_transaction
from makegood.database.texts import can_be_stored
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger.credits import LAST_DAY, NewGrant
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.ledger.periods import month_of
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import find_by_codes, list_with_role, lock_members
from makegood.domain.schools.days import today_in
from makegood.domain.schools.imports import lock_imports
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.sentences import Sentence

COLUMNS: Final = ("student", "credits", "expires_on", "external_id")
MOST_ROWS: Final = 2000
LARGEST_CHARACTERS: Final = 400_000
_LONGEST_ID: Final = 120


class FileHasProblems(Refusal):
    """Something in the file cannot be used; the plan of the dry run lists all of it."""

    code = "credits_file_has_problems"
    sentence = gettext_noop("The file has problems, so nothing was imported. Correct them and check the file again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditProblem:
    """What is wrong in which line (the column names are line 1) and column ("": the line as a whole)."""

    line: int
    column: str
    what: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredits:
    """A line that gives credits."""

    student: Membership
    credits: int
    expires_on: date | None
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPlan:
    """What a file would do. `known` lines were imported before and change nothing."""

    new: tuple[NewCredits, ...]
    known: int
    problems: tuple[CreditProblem, ...]

    @property
    def total(self) -> int:
        """How many credits it gives."""
        return sum(one.credits for one in self.new)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    student: str
    credits: str
    expires_on: str
    external_id: str


def check_credits_file(*, school: School, actor: Membership, text: str, now: datetime) -> CreditPlan:
    """What the file would do if the actor imported it, with every problem in it; nothing is written."""
    return in_one_transaction(school.pk, lambda: _plan(school, actor, text, now))


def import_credits(*, school: School, actor: Membership, text: str, door: Door, now: datetime) -> CreditPlan:
    """Give the credits of the file: all lines or none, and a line that was imported before not again.

    In one transaction: wait for other imports of the school, which may give the same ids to other students; lock the
    students (in one order), check the file again, grant and tell each, one event on the timeline. Raises NotTheDesk,
    FileHasProblems, Busy.
    """

    def work() -> CreditPlan:
        refuse_unless_desk(school=school, actor=actor)
        lock_imports(school_id=school.pk)
        named = {one.student.pk for one in _plan(school, actor, text, now).new}
        lock_members(school_id=school.pk, membership_ids=named)
        plan = _plan(school, actor, text, now)
        if plan.problems:
            raise FileHasProblems
        if not plan.new:
            return plan
        event = timeline.record(
            school_id=school.pk,
            kind=EventKind.CREDITS_IMPORTED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            values={"count": len(named)},
        )
        for one in plan.new:
            _grant(school, actor, one, now)
        for student_id in sorted(named):
            _tell(school, event, plan, student_id, now)
        return plan

    return in_one_transaction(school.pk, work)


def _grant(school: School, actor: Membership, one: NewCredits, now: datetime) -> None:
    new = NewGrant(
        student_id=one.student.pk,
        credits=one.credits,
        expires_on=one.expires_on,
        reason="",
        granted_by_id=actor.person_id,
        door=Door.IMPORT,
        request_id=uuid.uuid4(),
        external_id=one.external_id,
    )
    lesson_credits.grant(school_id=school.pk, new=new, month_on=month_of(at=now, zone=school.zone), now=now)


def _tell(school: School, event: Event, plan: CreditPlan, student_id: int, now: datetime) -> None:
    own = [one for one in plan.new if one.student.pk == student_id]
    ends = {one.expires_on for one in own}
    tell_of_credits(
        school=school,
        event=event,
        student_id=student_id,
        count=sum(one.credits for one in own),
        expires_on=ends.pop() if len(ends) == 1 else None,
        left=lesson_credits.count_left(school_id=school.pk, student_id=student_id, now=now),
        now=now,
    )


def _plan(school: School, actor: Membership, text: str, now: datetime) -> CreditPlan:
    lines, problems = _read(text)
    if problems:
        return CreditPlan(new=(), known=0, problems=tuple(problems))
    members = find_by_codes(school_id=school.pk, codes={line.student for line in lines})
    students = {member.pk for member in list_with_role(school_id=school.pk, role=Role.STUDENT)}
    earlier = lesson_credits.find_by_external_ids(
        school_id=school.pk, external_ids={line.external_id for line in lines}
    )
    new: dict[str, NewCredits] = {}
    known = 0
    for line in lines:
        member = members.get(line.student)
        student = member if member is not None and member.pk in students else None
        made = _check(line, student, today_in(school=school, now=now), earlier)
        if isinstance(made, CreditProblem):
            problems.append(made)
        elif line.external_id in earlier:
            known += 1
        elif made.student.person_id == actor.person_id:
            problems.append(_problem(line.number, OwnCredits.sentence, "student"))
        elif line.external_id in new:
            problems.append(
                _problem(line.number, gettext_noop("This external_id stands in the file twice."), "external_id")
            )
        else:
            new[line.external_id] = made
    return CreditPlan(new=tuple(new.values()), known=known, problems=tuple(problems))


def _read(text: str) -> tuple[list[_Line], list[CreditProblem]]:
    if len(text) > LARGEST_CHARACTERS:
        return [], [_problem(1, gettext_noop("The file is too large. Split it."))]
    if not can_be_stored(text):
        return [], [_problem(1, gettext_noop("This is not a CSV file. Save it as CSV with the encoding UTF-8."))]
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            what = gettext_noop("These columns are missing: {columns}.")
            return [], [_problem(1, what, columns=", ".join(missing))]
        lines = [
            _Line(reader.line_num, *((row[name] or "").strip() for name in COLUMNS))
            for row in reader
            if any(isinstance(cell, str) and cell.strip() for cell in row.values())
        ]
    except csv.Error:
        return [], [_problem(reader.line_num, gettext_noop("This line is not readable as CSV."))]
    if len(lines) > MOST_ROWS:
        what = gettext_noop("The file has more than {most} lines. Split it.")
        return [], [_problem(MOST_ROWS, what, most=MOST_ROWS)]
    if not lines:
        return [], [_problem(1, gettext_noop("The file has no lines but its first."))]
    return lines, []


def _check(
    line: _Line, student: Membership | None, today: date, earlier: Mapping[str, CreditGrant]
) -> NewCredits | CreditProblem:
    if student is None:
        what = gettext_noop("No student of this school has the code “{student}”.")
        return _problem(line.number, what, "student", student=line.student)
    # Longer numbers are too many anyway, and Python refuses to read very long ones.
    is_number = line.credits.isascii() and line.credits.isdigit() and len(line.credits) <= len(str(MOST_CREDITS))
    count = int(line.credits) if is_number else 0
    if not 0 < count <= MOST_CREDITS:
        what = gettext_noop("“credits” is a whole number from 1 to {most}.")
        return _problem(line.number, what, "credits", most=MOST_CREDITS)
    if not 0 < len(line.external_id) <= _LONGEST_ID:
        what = gettext_noop("“external_id” has 1 to {most} letters.")
        return _problem(line.number, what, "external_id", most=_LONGEST_ID)
    expires_on = None
    if line.expires_on:
        try:
            expires_on = date.fromisoformat(line.expires_on)
        except ValueError:
            what = gettext_noop("“expires_on” is a day like 2027-06-30, or empty.")
            return _problem(line.number, what, "expires_on")
    if expires_on is not None and expires_on > LAST_DAY:
        what = gettext_noop("“expires_on” is a day like 2027-06-30, or empty.")
        return _problem(line.number, what, "expires_on")
    made = NewCredits(student=student, credits=count, expires_on=expires_on, external_id=line.external_id)
    given = earlier.get(line.external_id)
    if given is not None:
        if (given.student_id, given.credits, given.expires_on) != (student.pk, count, expires_on):
            what = gettext_noop("This external_id was imported before with other values.")
            return _problem(line.number, what, "external_id")
        return made
    if expires_on is not None and expires_on <= today:
        what = gettext_noop("“expires_on” lies behind. Credits expire after today, or never.")
        return _problem(line.number, what, "expires_on")
    return made


def _problem(line: int, text: str, column: str = "", **values: int | str) -> CreditProblem:
    return CreditProblem(line=line, column=column, what=Sentence(text, values))
