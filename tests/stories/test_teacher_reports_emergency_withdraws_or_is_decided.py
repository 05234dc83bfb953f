"""After the report: the teacher's undo, and a reviewer's decision with its effects seen beforehand."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.actions.close_pay_period import close_pay_period
from makegood.actions.decide_incident import FactsChanged, IncidentDecided, OutsideCatalog, decide_incident
from makegood.actions.preview_decision import preview_decision
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.checks import NoDecisionReason
from makegood.domain.incidents.operations import CaseNotFound, OwnCase, WithdrawnTooLate
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import TimeTakenSince
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.reports.statement import Statement, make_statement
from makegood.rules.facts import Decision
from tests.cast import LONG_AGO, Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def statement_of(cast: Cast, month_on: date) -> Statement:
    with in_school(cast.school.pk):
        statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=month_on)
    assert statement is not None
    return statement


def totals_of(cast: Cast, month_on: date) -> list[Money]:
    return [section.total for section in statement_of(cast, month_on).sections]


def decide(
    cast: Cast,
    reference: str,
    decision: Decision,
    *,
    now: datetime,
    actor: Membership | None = None,
    reason: str = "The hospital's letter is genuine.",
    is_exception: bool = True,
    request_id: uuid.UUID | None = None,
) -> IncidentDecided:
    actor = actor or cast.rhea
    preview = preview_decision(school=cast.school, actor=actor, reference=reference, decision=decision, now=now)
    return decide_incident(
        school=cast.school,
        actor=actor,
        reference=reference,
        decision=decision,
        reason=reason,
        seen=preview.seen,
        is_exception=is_exception,
        request_id=request_id or uuid.uuid4(),
        door=Door.WEB,
        now=now,
    )


def test_an_undo_within_five_minutes_puts_everything_back(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    reported_at = NOON - timedelta(hours=2)
    reported = report(cast, lesson, now=reported_at)

    withdraw_incident(
        school=cast.school,
        actor=cast.tara,
        reference=reported.reference,
        door=Door.WEB,
        now=reported_at + timedelta(minutes=5),
    )

    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "booked"
        assert Message.objects.filter(recipient=cast.sam, kind="lesson_on_again_student", channel="email").count() == 1
    assert totals_of(cast, OCTOBER) == []
    again = report(cast, lesson, now=NOON - timedelta(hours=1))
    assert again.penalty == Money(30, "USD")


def test_an_undo_after_five_minutes_is_refused(cast: Cast) -> None:
    reported_at = NOON - timedelta(hours=2)
    reported = report(cast, book(cast, starts_at=NOON), now=reported_at)

    with pytest.raises(WithdrawnTooLate):
        withdraw_incident(
            school=cast.school,
            actor=cast.tara,
            reference=reported.reference,
            door=Door.WEB,
            now=reported_at + timedelta(minutes=5, seconds=1),
        )


def test_an_undo_is_refused_when_the_time_was_booked_again(cast: Cast) -> None:
    reported_at = NOON - timedelta(hours=2)
    reported = report(cast, book(cast, starts_at=NOON), now=reported_at)
    book(cast, starts_at=NOON + timedelta(minutes=10))

    with pytest.raises(TimeTakenSince):
        withdraw_incident(
            school=cast.school, actor=cast.tara, reference=reported.reference, door=Door.WEB, now=reported_at
        )


def test_nobody_withdraws_somebody_elses_report(cast: Cast) -> None:
    reported_at = NOON - timedelta(hours=2)
    reported = report(cast, book(cast, starts_at=NOON), now=reported_at)

    with pytest.raises(CaseNotFound):
        withdraw_incident(
            school=cast.school, actor=cast.tom, reference=reported.reference, door=Door.WEB, now=reported_at
        )


def test_waiving_the_fourth_lowers_the_other_three_but_keeps_the_pause(cast: Cast) -> None:
    lessons = [book(cast, starts_at=NOON + timedelta(days=days)) for days in (-14, -7, 0, 7)]
    reports = [report(cast, lesson, now=lesson.starts_at - timedelta(hours=2)) for lesson in lessons]
    now = NOON + timedelta(days=8)

    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reports[3].reference, decision=Decision.WAIVED, now=now
    )
    decide(cast, reports[3].reference, Decision.WAIVED, now=now)

    assert preview.own is not None
    assert (preview.own.before, preview.own.after) == (Money(100, "USD"), Money(0, "USD"))
    assert [(effect.before, effect.after) for effect in preview.others] == [(Money(100, "USD"), Money(30, "USD"))] * 3
    assert (preview.started, preview.ended) == ((), ())
    assert totals_of(cast, OCTOBER) == [Money(-90, "USD")]


def test_voiding_the_fourth_lifts_the_pause(cast: Cast) -> None:
    lessons = [book(cast, starts_at=NOON + timedelta(days=days)) for days in (-14, -7, 0, 7)]
    reports = [report(cast, lesson, now=lesson.starts_at - timedelta(hours=2)) for lesson in lessons]
    now = NOON + timedelta(days=8)

    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reports[3].reference, decision=Decision.VOIDED, now=now
    )

    assert [consequence.kind for consequence in preview.ended] == ["pause_account"]


def test_a_decision_after_the_month_was_closed_is_paid_back_in_the_next(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
    now = datetime(2026, 11, 5, 9, tzinfo=UTC)
    close_pay_period(school=cast.school, month_on=OCTOBER, closed_by_id=None, door=Door.WEB, now=now)

    decide(cast, reported.reference, Decision.WAIVED, now=now)

    assert totals_of(cast, OCTOBER) == [Money(-30, "USD")]
    assert totals_of(cast, NOVEMBER) == [Money(30, "USD")]
    line = statement_of(cast, NOVEMBER).sections[0].lines[0]
    assert (line.reference, line.is_adjustment, line.lesson_month_on) == (reported.reference, True, OCTOBER)


def test_a_month_closes_no_earlier_than_its_last_posting(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
    posted_at = datetime(2026, 11, 5, 9, tzinfo=UTC)
    decide(cast, reported.reference, Decision.WAIVED, now=posted_at)
    # The clock was read, then we waited for the posting.
    read_at = posted_at - timedelta(milliseconds=1)

    closed = close_pay_period(school=cast.school, month_on=OCTOBER, closed_by_id=None, door=Door.WEB, now=read_at)

    assert closed.closed_at == posted_at


def test_a_decision_on_changed_facts_shows_the_effects_again(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
    now = NOON + timedelta(days=1)
    preview = preview_decision(
        school=cast.school, actor=cast.rhea, reference=reported.reference, decision=Decision.WAIVED, now=now
    )
    report(cast, book(cast, starts_at=NOON + timedelta(days=2)), now=now)

    with pytest.raises(FactsChanged) as refused:
        decide_incident(
            school=cast.school,
            actor=cast.rhea,
            reference=reported.reference,
            decision=Decision.WAIVED,
            reason="A good reason.",
            seen=preview.seen,
            is_exception=True,
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=now,
        )

    assert refused.value.preview.seen != preview.seen


def test_deciding_twice_with_one_form_decides_once(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
    request_id = uuid.uuid4()
    now = NOON + timedelta(days=1)

    first = decide(cast, reported.reference, Decision.WAIVED, now=now, request_id=request_id)
    second = decide(cast, reported.reference, Decision.WAIVED, now=now, request_id=request_id)

    assert (first.is_replay, second.is_replay) == (False, True)
    assert totals_of(cast, OCTOBER) == [Money(0, "USD")]


def test_nobody_decides_an_own_case_and_only_reviewers_decide(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.REVIEWER, granted_at=LONG_AGO)

        RoleGrant.objects.create(school=cast.school, membership=cast.sam, role=Role.REVIEWER, granted_at=LONG_AGO)

    for one_of_the_two in (cast.tara, cast.sam):
        with pytest.raises(OwnCase):
            decide(cast, reported.reference, Decision.WAIVED, now=NOON, actor=one_of_the_two)
    with pytest.raises(CaseNotFound):
        decide(cast, reported.reference, Decision.WAIVED, now=NOON, actor=cast.desi)


def test_a_decision_needs_a_reason_and_an_exception_where_the_catalog_has_none(cast: Cast) -> None:
    reported = report(cast, book(cast, starts_at=NOON), now=NOON - timedelta(hours=2))

    with pytest.raises(NoDecisionReason):
        decide(cast, reported.reference, Decision.WAIVED, now=NOON, reason="   ")
    with pytest.raises(OutsideCatalog):
        decide(cast, reported.reference, Decision.WAIVED, now=NOON, is_exception=False)
