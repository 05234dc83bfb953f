"""Penalties above a month's pay: nothing is paid out, the rest is carried, and every page tells the same (D22)."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.close_pay_period import close_pay_period
from makegood.actions.decide_incident import decide_incident
from makegood.actions.import_history import import_history
from makegood.actions.preview_decision import preview_decision
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger.models import TransferKind
from makegood.domain.ledger.operations import Posting, Reversal
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.penalties.models import Assessment
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.reports.month_so_far import sum_month_so_far
from makegood.reports.school_month import make_month_totals
from makegood.reports.statement import make_statement
from makegood.rules.facts import Decision
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
# October, which is closed here.
OVER = NOON + timedelta(days=12)
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
HISTORY = (
    "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
    "old1,tara,2026-10-05T10:00:00+08:00,50,cancelled,teacher,2026-10-05T09:30:00+08:00\n"
)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return make_cast()


def report_twice_and_take_one_back(cast: Cast) -> None:
    report(cast, book(cast, starts_at=NOON + timedelta(hours=2)), now=NOON)
    mistaken = report(cast, book(cast, starts_at=NOON + timedelta(hours=4)), now=NOON)
    withdraw_incident(school=cast.school, actor=cast.tara, reference=mistaken.reference, door=Door.WEB, now=NOON)


def pay(cast: Cast, minor: int, *, month_on: date) -> int:
    """A session of Tara that was taught in that month; its lesson."""
    starts_at = datetime(month_on.year, month_on.month, 10, 12, tzinfo=UTC)
    ends_at = starts_at + timedelta(minutes=50)
    with in_school(cast.school.pk):
        lesson = Lesson.objects.create(
            school=cast.school, teacher=cast.tara, student=cast.sam, starts_at=starts_at, ends_at=ends_at,
            blocked=(starts_at, ends_at), status=LessonStatus.TAUGHT, taught_minutes=50, pay_minor=minor,
            currency="USD", booked_at=NOON - timedelta(days=90),
        )  # fmt: skip
    posting = Posting(
        kind=TransferKind.LESSON_PAY,
        source=lesson.pk,
        membership_id=cast.tara.pk,
        amount=Money(minor, "USD"),
        month_on=month_on,
    )
    with in_school(cast.school.pk):
        ledger.settle(school_id=cast.school.pk, reversals=[], postings=[posting], now=NOON)
    return lesson.pk


def months_of(cast: Cast, *months: date) -> list[tuple[int, int, int]]:
    """Of each month what is taken over, paid out and handed on; payroll says the same as the statement."""
    found = []
    with in_school(cast.school.pk):
        for month_on in months:
            statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=month_on)
            assert statement is not None
            totals = make_month_totals(school=cast.school, month_on=month_on)
            sections = [(one.carried_before, one.payout, one.carried_after) for one in statement.sections]
            assert sections == [(one.carried_before, one.payout, one.carried_after) for one in totals]
            found += [tuple(amount.amount_minor for amount in one) for one in sections]
    return found


def test_what_is_left_is_taken_from_the_next_months(cast: Cast) -> None:
    report(cast, book(cast, starts_at=NOON + timedelta(minutes=30)), now=NOON)
    pay(cast, 40, month_on=OCTOBER)
    pay(cast, 25, month_on=NOVEMBER)
    before = months_of(cast, OCTOBER, NOVEMBER, DECEMBER)
    close_pay_period(school=cast.school, month_on=OCTOBER, closed_by_id=None, door=Door.WEB, now=OVER)
    pay(cast, 100, month_on=DECEMBER)

    assert before == [(0, 0, -60), (-60, 0, -35), (-35, 0, -35)]
    assert months_of(cast, OCTOBER, NOVEMBER, DECEMBER) == [(0, 0, -60), (-60, 0, -35), (-35, 65, 0)]


def test_every_page_says_it_with_the_reason(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    report(cast, book(cast, starts_at=NOON + timedelta(minutes=30)), now=NOON)
    pay(cast, 40, month_on=OCTOBER)
    pay(cast, 1200, month_on=NOVEMBER)

    def said(path: str) -> str:
        client = Client()
        sign_in(client, (cast.fin if "payroll" in path else cast.owen if "owner" in path else cast.tara).person)
        return text_of(client.get(f"/marigold/{path}").content)

    for path in ("dashboard/", "statements/", "payroll/2026-10/", "owner/"):
        assert "Carried over to the next month" in said(path)
        assert "−US$0.60" in said(path)
    assert "Expected on Sun 15 Nov US$0.00" in said("dashboard/")
    assert "What is left of them, US$0.60" in said("statements/")
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(days=30))
    assert "Carried over from earlier months −US$0.60 Expected on Tue 15 Dec US$11.40" in said("dashboard/")
    assert "Carried over from earlier months −US$0.60 Expected on Tue 15 Dec US$11.40" in said("statements/")


def import_one_case(cast: Cast) -> None:
    import_history(
        school=cast.school, stream=io.BytesIO(HISTORY.encode()), create_teachers=False, imported_by_id=None,
        door=Door.COMMAND, now=NOON, show=lambda _plan: None, progress=lambda *_told: None,
    )  # fmt: skip


def waive_imported_case(cast: Cast, *, now: datetime) -> int:
    """What its penalty was."""
    with in_school(cast.school.pk):
        cases = Assessment.objects.select_related("incident").filter(incident__door=Door.IMPORT)
        case = cases.order_by("-number")[0]
    reference, decision = case.incident.reference, Decision.WAIVED
    preview = preview_decision(school=cast.school, actor=cast.rhea, reference=reference, decision=decision, now=now)
    decide_incident(
        school=cast.school, actor=cast.rhea, reference=reference, decision=decision, reason="Paid elsewhere",
        seen=preview.seen, is_exception=True, request_id=uuid.uuid4(), door=Door.WEB, now=now,
    )  # fmt: skip
    return case.penalty_minor or 0


def test_imported_history_is_not_carried(cast: Cast) -> None:
    import_one_case(cast)
    pay(cast, 25, month_on=NOVEMBER)

    assert months_of(cast, OCTOBER, NOVEMBER) == [(0, 0, 0), (0, 25, 0)]


def test_the_dashboard_sums_what_the_statement_lists(cast: Cast) -> None:
    """In each of three months: pay, penalties, one of them taken back, and what is carried from one to the next."""
    report_twice_and_take_one_back(cast)
    pay(cast, 20, month_on=OCTOBER)
    for minor in (15, 400):
        pay(cast, minor, month_on=NOVEMBER)

    for month_on in (OCTOBER, NOVEMBER, DECEMBER):
        with in_school(cast.school.pk):
            statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=month_on)
            sums = sum_month_so_far(school=cast.school, membership_id=cast.tara.pk, month_on=month_on)
        assert statement is not None
        assert sums is not None
        assert [
            (one.lesson_count, one.lesson_pay, one.penalties, one.carried_before, one.carried_after, one.payout)
            for one in sums
        ] == [
            (
                sum(not line.is_penalty for line in one.lines),
                one.lesson_pay,
                one.penalties,
                one.carried_before,
                one.carried_after,
                one.payout,
            )
            for one in statement.sections
        ]


def test_pay_that_is_taken_back_in_a_later_month_is_carried_as_well(cast: Cast) -> None:
    """Nobody was ever fined: a lesson of a closed month turns out not to have been taught."""
    lesson_id = pay(cast, 40, month_on=OCTOBER)
    close_pay_period(school=cast.school, month_on=OCTOBER, closed_by_id=None, door=Door.WEB, now=OVER)
    taken_back = Reversal(kind=TransferKind.LESSON_PAY, source=lesson_id, month_on=OCTOBER)
    with in_school(cast.school.pk):
        ledger.settle(school_id=cast.school.pk, reversals=[taken_back], postings=[], now=NOON)
    pay(cast, 15, month_on=NOVEMBER)
    pay(cast, 100, month_on=DECEMBER)

    assert months_of(cast, OCTOBER, NOVEMBER, DECEMBER) == [(0, 40, 0), (0, 0, -25), (-25, 75, 0)]


def test_an_imported_penalty_that_is_waived_after_its_month_pays_what_is_carried_once(cast: Cast) -> None:
    import_one_case(cast)
    close_pay_period(school=cast.school, month_on=OCTOBER, closed_by_id=None, door=Door.WEB, now=OVER)
    later = NOON + timedelta(days=20)
    report(cast, book(cast, starts_at=later + timedelta(minutes=30)), now=later)
    pay(cast, 10, month_on=NOVEMBER)
    pay(cast, 500, month_on=DECEMBER)
    ((_taken, _paid, left), _december) = months_of(cast, NOVEMBER, DECEMBER)
    assert left < 0

    given_back = waive_imported_case(cast, now=later + timedelta(hours=1))

    assert given_back > 0
    left += given_back
    assert months_of(cast, NOVEMBER, DECEMBER) == [
        (0, max(0, left), min(0, left)),
        (min(0, left), 500 + min(0, left), 0),
    ]
