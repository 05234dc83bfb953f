"""From the cells of one record to one incident, with every fault of the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from makegood.quantities import Money
from makegood.rules.facts import Decision, Incident, Kind, RequestedBy
from makegood.rules.files import cells as cell_readers
from makegood.rules.files.cells import FAULT_EMPTY, FAULT_TIME, Fault, find_broken_bytes, show
from makegood.rules.files.columns import Columns
from makegood.rules.files.doubles import DoubledIds, DoubledLessons
from makegood.rules.files.problems import FileProblems
from makegood.rules.files.records import Record
from makegood.rules.files.times import parse_instant
from makegood.rules.sentences import Sentence, gettext_noop

STANDARD_REASONS = frozenset(
    {
        "medical_self",
        "medical_dependant",
        "minor_illness",
        "accident",
        "hospitalisation",
        "death_in_family",
        "natural_disaster",
        "area_outage",
        "power_outage",
        "internet_outage",
        "platform_outage",
        "video_failure",
        "own_equipment",
        "personal",
        "student_asked",
    }
)
MAX_LESSON_MINUTES = 1440
REPORT_SPAN = timedelta(days=366)
_KINDS = {str(kind): kind for kind in Kind}
_REQUESTERS = {str(requester): requester for requester in RequestedBy}
_DECISIONS = {str(decision): decision for decision in Decision}
Code = TypeVar("Code", bound=StrEnum)
Value = TypeVar("Value", int, str)


@dataclass(frozen=True, slots=True)
class Row:
    """One incident and the physical line it begins on."""

    line: int
    incident: Incident


class RowReader:
    """Reads records under one header. `currency` None: amounts are checked as if in cents and then left out.

    Every line counts for the search for doubles, those with other problems too.
    """

    def __init__(
        self,
        *,
        columns: Columns,
        reasons: Iterable[str],
        currency: str | None,
        problems: FileProblems,
        doubled_lessons: DoubledLessons,
        doubled_ids: DoubledIds | None = None,
    ) -> None:
        self._columns = columns
        self._doubled_lessons = doubled_lessons
        self._doubled_ids = doubled_ids
        self._reasons = STANDARD_REASONS.union(reasons)
        self._currency = currency
        self._exponent = Money(0, currency).exponent if currency else 2
        self._problems = problems
        self._line = 0
        self._cells: list[str] = []

    def read(self, record: Record) -> Row | None:
        """The incident of `record`; None when the record has a problem, all of which are then recorded."""
        if len(record.cells) != self._columns.width:
            self._add_ragged(record)
            return None
        self._line = record.line
        self._cells = record.cells
        faults_before = self._problems.count
        for name, position in self._columns.ignored.items():
            if not record.cells[position].isprintable() and (broken := find_broken_bytes(record.cells[position])):
                self._add(show(name), broken)
        incident = self._read_incident()
        return Row(record.line, incident) if incident and self._problems.count == faults_before else None

    def _read_incident(self) -> Incident | None:
        name = self._identifier("incident")
        teacher = self._identifier("teacher")
        starts_at = self._instant("lesson_starts_at", required=True)
        minutes = self._minutes("lesson_minutes", least=1, most=MAX_LESSON_MINUTES)
        kind = self._one_of("kind", _KINDS, required=True)
        requested_by = self._one_of("requested_by", _REQUESTERS, required=True)
        reported_at = self._instant("reported_at")
        taught = self._minutes("taught_minutes", least=0, most=minutes or MAX_LESSON_MINUTES)
        reason = self._reason()
        decision = self._one_of("decision", _DECISIONS)
        lesson_type = self._code("lesson_type")
        pay = self._amount("lesson_pay")
        booked_at = self._instant("booked_at")
        engagement = self._code("engagement")
        country = self._code("country")
        if starts_at and reported_at and abs(reported_at - starts_at) > REPORT_SPAN:
            self._add_far_report()
        if name and self._doubled_ids:
            self._doubled_ids.see(incident=name, line=self._line)
        if name and teacher and starts_at and decision is not Decision.VOIDED:
            self._doubled_lessons.see(incident=name, teacher=teacher, lesson_starts_at=starts_at, line=self._line)
        if not (name and teacher and starts_at and minutes and kind and requested_by):
            return None
        return Incident(
            incident=name,
            teacher=teacher,
            lesson_starts_at=starts_at,
            lesson_minutes=minutes,
            kind=kind,
            requested_by=requested_by,
            reported_at=reported_at,
            taught_minutes=taught or 0,
            reason=reason,
            decision=decision,
            lesson_type=lesson_type or "regular",
            lesson_pay=pay,
            booked_at=booked_at,
            engagement=engagement,
            country=country,
        )

    def _text(self, column: str, *, required: bool = False) -> str | None:
        """The cell if it is there and can be read; a column that is missing is the header's problem."""
        position = self._columns.positions.get(column)
        if position is None:
            return None
        text = self._cells[position]
        if not text:
            if required:
                self._add(column, FAULT_EMPTY)
            return None
        if not text.isprintable() and (damage := cell_readers.find_damage(text)):
            self._add(column, damage)
            return None
        return text

    def _identifier(self, column: str) -> str | None:
        text = self._text(column, required=True)
        return None if text is None else self._value(column, cell_readers.parse_identifier(text))

    def _minutes(self, column: str, *, least: int, most: int) -> int | None:
        text = self._text(column, required=least > 0)
        return None if text is None else self._value(column, cell_readers.parse_minutes(text, least=least, most=most))

    def _instant(self, column: str, *, required: bool = False) -> datetime | None:
        text = self._text(column, required=required)
        if text is None:
            return None
        instant = parse_instant(text)
        if instant is None:
            what, how_to_fix = FAULT_TIME
            self._add(column, Fault(Sentence(what, {"value": show(text)}), Sentence(how_to_fix)))
        return instant

    def _one_of(self, column: str, codes: dict[str, Code], *, required: bool = False) -> Code | None:
        text = self._text(column, required=required)
        if text is None:
            return None
        code = codes.get(text)
        if code is None:
            self._add(column, cell_readers.fault_of_unknown_code(text, codes))
        return code

    def _reason(self) -> str | None:
        text = self._text("reason")
        if text is None or text in self._reasons:
            return text
        self._add("reason", cell_readers.fault_of_unknown_code(text, self._reasons))
        return None

    def _code(self, column: str) -> str | None:
        text = self._text(column)
        return None if text is None else self._value(column, cell_readers.parse_code(text))

    def _amount(self, column: str) -> Money | None:
        text = self._text(column)
        if text is None:
            return None
        amount_minor = self._value(column, cell_readers.parse_amount(text, exponent=self._exponent))
        return Money(amount_minor, self._currency) if amount_minor is not None and self._currency else None

    def _value(self, column: str, found: Value | Fault) -> Value | None:
        if isinstance(found, Fault):
            self._add(column, found)
            return None
        return found

    def _add(self, column: str | None, fault: Fault) -> None:
        self._problems.add(line=self._line, column=column, what=fault.what, how_to_fix=fault.how_to_fix)

    def _add_far_report(self) -> None:
        self._add(
            "reported_at",
            Fault(
                Sentence(gettext_noop("The report is more than 366 days from the lesson's start.")),
                Sentence(gettext_noop("Check the years of reported_at and lesson_starts_at.")),
            ),
        )

    def _add_ragged(self, record: Record) -> None:
        self._problems.add(
            line=record.line,
            column=None,
            what=Sentence(
                gettext_noop("The number of cells is {found}, but the header has {expected}."),
                {"found": len(record.cells), "expected": self._columns.width},
            ),
            how_to_fix=Sentence(
                gettext_noop("Give every line a cell for each column; quote cells that contain a comma.")
            ),
        )
