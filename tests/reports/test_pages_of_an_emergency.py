"""What the pages read after emergencies: values, fixed statement counts, and nothing of another school."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.quantities import Money
from makegood.reports.affected_lessons import list_affected_lessons
from makegood.reports.cases import CaseFilter, find_case_page, list_cases
from makegood.reports.messages import list_shown_messages
from makegood.reports.school_month import list_payroll_months, make_month_totals
from makegood.reports.statement import make_statement
from makegood.reports.student_lessons import make_student_lessons
from makegood.reports.teacher_dashboard import make_teacher_dashboard
from makegood.reports.upcoming import Button
from makegood.rules.facts import Band
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = NOON - timedelta(hours=2)
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def read(cast: Cast, make: Any, **wanted: Any) -> Any:
    with in_school(cast.school.pk):
        return make(school=cast.school, **wanted)


def count_statements(cast: Cast, make: Any, **wanted: Any) -> int:
    with in_school(cast.school.pk), CaptureQueriesContext(connection) as captured:
        make(school=cast.school, **wanted)
    return len(captured)


def test_the_dashboard_shows_the_next_lesson_with_the_button_its_mark_demands(cast: Cast) -> None:
    soon = book(cast, starts_at=NOW + timedelta(hours=24) - timedelta(seconds=1))
    later = book(cast, starts_at=NOW + timedelta(hours=26))

    page = read(cast, make_teacher_dashboard, teacher=cast.tara, zone="Asia/Manila", now=NOW)

    assert page.next_lesson.lesson == soon
    assert [(shown.lesson, shown.button) for day in page.days for shown in day.lessons] == [
        (soon, Button.REPORT_EMERGENCY),
        (later, Button.CANCEL_FOR_STUDENT),
    ]
    assert page.next_lesson.mark_at == soon.starts_at - timedelta(hours=24)


def test_exactly_on_the_mark_the_lesson_can_still_be_cancelled_for_the_student(cast: Cast) -> None:
    book(cast, starts_at=NOW + timedelta(hours=24))

    page = read(cast, make_teacher_dashboard, teacher=cast.tara, zone="Asia/Manila", now=NOW)

    assert page.next_lesson.button is Button.CANCEL_FOR_STUDENT


def test_the_dashboard_counts_what_was_reported_and_asks_for_proof(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOW)

    page = read(cast, make_teacher_dashboard, teacher=cast.tara, zone="Asia/Manila", now=NOW)

    assert [(case.reference, case.penalty) for case in page.attention] == [(reported.reference, Money(30, "USD"))]
    assert {counter.counter: counter.count for counter in page.counters}["month"] == 1
    assert [one.penalties for one in page.month] == [Money(-30, "USD")]


def test_a_school_without_money_shows_standing_and_no_statement() -> None:
    larkspur = make_cast(slug="larkspur", preset="talaera", zone="Europe/Berlin")
    reports = [
        report(larkspur, book(larkspur, starts_at=NOON + timedelta(days=days)), now=NOW + timedelta(days=days))
        for days in (0, 7)
    ]

    page = read(
        larkspur, make_teacher_dashboard, teacher=larkspur.tara, zone="Asia/Manila", now=NOW + timedelta(days=8)
    )

    assert [found.penalty for found in reports] == [None, None]
    assert page.month is None
    assert [consequence.kind for consequence in page.consequences] == ["deprioritize"]
    assert read(larkspur, make_month_totals, month_on=OCTOBER) == ()


def test_the_case_page_has_facts_steps_and_what_was_superseded(cast: Cast) -> None:
    first = report(cast, book(cast, starts_at=NOON), now=NOW)
    report(cast, book(cast, starts_at=NOON + timedelta(days=7)), now=NOW + timedelta(days=7))

    page = read(cast, find_case_page, actor=cast.tara, roles=[Role.TEACHER], reference=first.reference, now=NOW)

    assert (page.live.number, [view.number for view in page.superseded]) == (2, [1])
    assert (page.live.band, page.live.penalty) == (Band.ADVANCE_NOTICE, Money(30, "USD"))
    assert page.live.steps[-1].after_minor == 30
    assert [event.kind for event in page.timeline] == ["emergency_reported"]
    assert page.undo_until == NOW + timedelta(minutes=5)


def test_a_case_is_seen_by_its_teacher_and_staff_only(cast: Cast) -> None:
    reference = report(cast, book(cast, starts_at=NOON), now=NOW).reference
    uma = make_cast(slug="larkspur")

    def sees(school: Cast, **who: Any) -> bool:
        return read(school, find_case_page, reference=reference, now=NOW, **who) is not None

    assert sees(cast, actor=cast.rhea, roles=[Role.REVIEWER])
    assert not sees(cast, actor=cast.tom, roles=[Role.TEACHER])
    assert not sees(cast, actor=cast.sam, roles=[Role.STUDENT])
    assert not sees(uma, actor=uma.rhea, roles=[Role.REVIEWER])


def test_lists_and_totals_agree_with_the_ledger(cast: Cast) -> None:
    for days in (0, 7):
        report(cast, book(cast, starts_at=NOON + timedelta(days=days)), now=NOW + timedelta(days=days))

    cases = read(cast, list_cases)
    totals = read(cast, make_month_totals, month_on=OCTOBER)

    assert (cases.total_count, cases.shown_penalties) == (2, Money(60, "USD"))
    assert [(total.penalties, total.total) for total in totals] == [(Money(-60, "USD"), Money(-60, "USD"))]
    assert [row.starts_on for row in read(cast, list_payroll_months, now=NOW).periods] == [OCTOBER]
    assert read(cast, list_cases, teacher_id=cast.tara.pk, case_filter=CaseFilter.CLOSED).lines == ()


def test_the_desk_sees_affected_lessons_and_the_student_a_notice(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    report(cast, lesson, now=NOW)

    affected = read(cast, list_affected_lessons, since=NOW - timedelta(days=1), now=NOW)
    student = read(cast, make_student_lessons, student=cast.sam, now=NOW)
    shown = read(cast, list_shown_messages, member=cast.sam, sides=frozenset(Side))

    assert [found.lesson for found in affected.coming] == [lesson]
    assert "This is not your fault and costs you nothing." in shown[0].text.body
    assert student.lessons == ()


def test_pages_take_the_same_number_of_statements_with_one_case_and_with_three(cast: Cast) -> None:
    def counts() -> list[int]:
        return [
            count_statements(cast, make_teacher_dashboard, teacher=cast.tara, zone="Asia/Manila", now=NOW),
            count_statements(cast, list_cases, teacher_id=cast.tara.pk),
            count_statements(cast, make_statement, membership_id=cast.tara.pk, month_on=OCTOBER),
            count_statements(cast, make_month_totals, month_on=OCTOBER),
            count_statements(cast, list_affected_lessons, since=NOW - timedelta(days=9), now=NOW),
            count_statements(cast, make_student_lessons, student=cast.sam, now=NOW),
        ]

    report(cast, book(cast, starts_at=NOON - timedelta(days=7)), now=NOW - timedelta(days=7))
    with_one = counts()
    for days in (0, 2):
        report(cast, book(cast, starts_at=NOON + timedelta(days=days)), now=NOW + timedelta(days=days))

    assert counts() == with_one
