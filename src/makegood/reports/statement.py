"""A teacher's statement of a month: pay, penalties and reversals, each line with its case; totals are the ledger's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.incidents.models import IncidentWithdrawal
from makegood.domain.ledger.models import PENALTIES, Transfer, TransferKind
from makegood.domain.ledger.periods import month_of
from makegood.domain.ledger.queries import list_transfers_of_teacher, signed_minor
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.penalties.models import Assessment
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.reports.carried import Carried, find_pay_month, payout_of

_OFF: Final = (LessonStatus.CANCELLED, LessonStatus.MISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One transfer as the teacher sees it: positive is money for the teacher."""

    kind: TransferKind
    amount: Money
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """All movements of one case or one lesson in the month. `amount` is their sum.

    `reference` names the case of a penalty, None for lesson pay. `lesson_month_on` is the lesson's own month; where it
    differs from the statement's, the line is an adjustment of a closed month. `is_imported`: the case came with a file
    of the school's history. `is_off`: the lesson did not take place, and is paid all the same.
    """

    is_penalty: bool
    reference: str | None
    lesson_id: int
    lesson_starts_at: datetime
    student_name: str
    amount: Money
    movements: tuple[Movement, ...]
    lesson_month_on: date
    is_adjustment: bool
    is_imported: bool
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The lines of one currency by lesson start, and their totals.

    `carried_before` is what penalties of earlier months still take, `carried_after` what is left for the next, both
    zero or negative; so `payout`, what the month pays, is never less than nothing (D22).
    """

    currency: str
    lines: tuple[StatementLine, ...]
    lesson_pay: Money
    penalties: Money
    total: Money
    carried_before: Money
    carried_after: Money

    @property
    def payout(self) -> Money:
        """What is left to pay."""
        return payout_of(self.total, carried_before=self.carried_before)

    @property
    def has_imported(self) -> bool:
        """Whether a penalty came with a file of the school's history."""
        return any(line.is_imported for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month of one teacher. Usually one section, none when nothing was posted. `closed_at` None: it can change."""

    month_on: date
    closed_at: datetime | None
    sections: tuple[Section, ...]


def make_statement(*, school: School, membership_id: int, month_on: date) -> Statement | None:
    """The statement of the month that starts on `month_on`, None for a school that pays no money here.

    4 statements at most, 5 where a line comes to nothing.
    """
    if not school.pays_teachers:
        return None
    transfers = list_transfers_of_teacher(school_id=school.pk, membership_id=membership_id, month_on=month_on)
    cases = _find_cases(school.pk, transfers)
    lessons = _find_lessons(school.pk, transfers)
    lines = _make_lines(school, month_on, transfers, cases, lessons)
    month = find_pay_month(school_id=school.pk, month_on=month_on, membership_id=membership_id)
    carried = month.carried
    currencies = sorted({line.amount.currency for line in lines} | {currency for _member_id, currency in carried})
    return Statement(
        month_on=month_on,
        closed_at=month.closed_at,
        sections=tuple(
            _make_section(currency, lines, carried.get((membership_id, currency), Carried())) for currency in currencies
        ),
    )


def _find_cases(school_id: int, transfers: Sequence[Transfer]) -> Mapping[int, Assessment]:
    sources = {transfer.source for transfer in transfers if transfer.kind in PENALTIES}
    return {row.pk: row for row in _cases(school_id=school_id, ids=sources)} if sources else {}


@compiled
def _cases(school_id: int, ids: Collection[int]) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(is_any_of("pk", ids), school_id=school_id).defer("steps", "facts")
    return rows.select_related("incident__lesson__student")


def _find_lessons(school_id: int, transfers: Sequence[Transfer]) -> Mapping[int, Lesson]:
    sources = {transfer.source for transfer in transfers if transfer.kind not in PENALTIES}
    return {row.pk: row for row in _lessons(school_id=school_id, ids=sources)} if sources else {}


@compiled
def _lessons(school_id: int, ids: Collection[int]) -> QuerySet[Lesson]:
    return Lesson.objects.filter(is_any_of("pk", ids), school_id=school_id).select_related("student")


def _make_lines(
    school: School,
    month_on: date,
    transfers: Sequence[Transfer],
    cases: Mapping[int, Assessment],
    lessons: Mapping[int, Lesson],
) -> list[StatementLine]:
    grouped: dict[tuple[str | None, int, str], list[Transfer]] = {}
    of_group: dict[tuple[str | None, int, str], Lesson] = {}
    imported = {case.incident.reference for case in cases.values() if case.incident.door == Door.IMPORT}
    for transfer in transfers:
        incident = cases[transfer.source].incident if transfer.kind in PENALTIES else None
        lesson = incident.lesson if incident else lessons[transfer.source]
        key = (incident.reference if incident else None, lesson.pk, transfer.currency)
        grouped.setdefault(key, []).append(transfer)
        of_group[key] = lesson
    lines = [
        _make_line(school, month_on, key[0], of_group[key], group, is_imported=key[0] in imported)
        for key, group in grouped.items()
    ]
    # A closed month's line that was taken back and posted again unchanged is nothing to read about.
    lines = [line for line in lines if line.amount or not line.is_adjustment]
    # Neither is a report that was taken back as a mistake.
    taken_back = _find_taken_back(school.pk, [line.reference for line in lines if line.reference and not line.amount])
    lines = [line for line in lines if line.reference not in taken_back]
    return sorted(lines, key=lambda line: (line.lesson_starts_at, line.lesson_id, line.is_penalty))


def _find_taken_back(school_id: int, references: Sequence[str]) -> set[str]:
    """Which of the cases were withdrawn; asked only where a line comes to nothing."""
    if not references:
        return set()
    rows = IncidentWithdrawal.objects.filter(school_id=school_id, incident__reference__in=references)
    return set(rows.values_list("incident__reference", flat=True))


def _make_line(
    school: School,
    month_on: date,
    reference: str | None,
    lesson: Lesson,
    transfers: Sequence[Transfer],
    *,
    is_imported: bool,
) -> StatementLine:
    movements = tuple(
        Movement(
            kind=TransferKind(transfer.kind),
            amount=Money(signed_minor(transfer), transfer.currency),
            posted_at=transfer.posted_at,
        )
        for transfer in transfers
    )
    lesson_month_on = month_of(at=lesson.starts_at, zone=school.zone)
    return StatementLine(
        is_penalty=reference is not None,
        reference=reference,
        lesson_id=lesson.pk,
        lesson_starts_at=lesson.starts_at,
        student_name=lesson.student.display_name if lesson.student else "",
        amount=Money(sum(movement.amount.amount_minor for movement in movements), transfers[0].currency),
        movements=movements,
        lesson_month_on=lesson_month_on,
        is_adjustment=lesson_month_on != month_on,
        is_imported=is_imported,
        is_off=lesson.status in _OFF,
    )


def _make_section(currency: str, lines: Sequence[StatementLine], carried: Carried) -> Section:
    own = tuple(line for line in lines if line.amount.currency == currency)
    lesson_pay = Money(sum(line.amount.amount_minor for line in own if not line.is_penalty), currency)
    penalties = Money(sum(line.amount.amount_minor for line in own if line.is_penalty), currency)
    return Section(
        currency=currency,
        lines=own,
        lesson_pay=lesson_pay,
        penalties=penalties,
        total=lesson_pay + penalties,
        carried_before=Money(carried.before_minor, currency),
        carried_after=Money(carried.after_minor, currency),
    )
