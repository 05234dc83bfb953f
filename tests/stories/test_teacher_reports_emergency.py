"""Tara cannot teach: from the price in the page to the statement line, in one transaction."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import PriceChanged, report_emergency
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.operations import AlreadyReported, LessonIsOver, SituationDoesNotFit
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.notifications.models import Message
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.quantities import Money
from makegood.reports.statement import make_statement
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_report_an_hour_before_costs_the_advance_rate_and_reaches_the_statement(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    reported = report(cast, lesson, now=NOON - timedelta(hours=1))

    assert reported.penalty == Money(30, "USD")
    statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=NOON.date().replace(day=1))
    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "cancelled"
        statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=NOON.date().replace(day=1))
    assert statement is not None
    assert [line.reference for section in statement.sections for line in section.lines] == [reported.reference]
    assert [section.total for section in statement.sections] == [Money(-30, "USD")]


def test_the_fourth_of_the_month_raises_the_first_three_and_pauses(cast: Cast) -> None:
    lessons = [book(cast, starts_at=NOON + timedelta(days=days)) for days in (-14, -7, 0, 7)]

    reports = [report(cast, lesson, now=lesson.starts_at - timedelta(hours=2)) for lesson in lessons]

    assert [found.penalty for found in reports] == [Money(30, "USD")] * 3 + [Money(100, "USD")]
    assert reports[-1].change_minor == 310
    with in_school(cast.school.pk):
        statement = make_statement(school=cast.school, membership_id=cast.tara.pk, month_on=NOON.date().replace(day=1))
        assert statement is not None
        assert statement.sections[0].total == Money(-400, "USD")
        # Each report changes what is said about the earlier ones: 1, then 2, then 3 are superseded.
        assert Transfer.objects.filter(kind="penalty_reversal").count() == 6
        assert list(Consequence.objects.values_list("kind", flat=True)) == ["pause_account"]


def test_everybody_is_told_once_on_each_channel(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    report(cast, lesson, now=NOON - timedelta(minutes=30))

    with in_school(cast.school.pk):
        told = sorted(Message.objects.values_list("recipient__code", "channel", "kind"))
    assert told == [
        ("desi", "email", "emergency_desk"),
        ("desi", "in_app", "emergency_desk"),
        ("sam", "email", "lesson_off_student"),
        ("sam", "in_app", "lesson_off_student"),
        ("tara", "email", "emergency_receipt"),
        ("tara", "in_app", "emergency_receipt"),
    ]


def test_a_second_tap_gets_the_first_answer_and_changes_nothing(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    now = NOON - timedelta(hours=2)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=now)
    sent = {
        "school": cast.school,
        "actor": cast.tara,
        "lesson_id": lesson.pk,
        "situation": 2,
        "lesson_begun": False,
        "reason": "",
        "note": "",
        "quote_token": quote.token,
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
    }

    first = report_emergency(**sent, now=now)
    second = report_emergency(**sent, now=now + timedelta(seconds=5))

    assert (second.reference, second.is_replay, first.is_replay) == (first.reference, True, False)
    assert second.reported_at == first.reported_at
    with in_school(cast.school.pk):
        assert (Incident.objects.count(), Assessment.objects.count(), Transfer.objects.count()) == (1, 1, 1)
    with pytest.raises(DifferentRequest):
        report_emergency(**{**sent, "note": "other words"}, now=now)


def test_a_price_edge_between_page_and_post_asks_again_and_records_nothing(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=NOON - timedelta(hours=1, seconds=1)
    )
    sent = {"situation": 2, "lesson_begun": False, "reason": "", "note": "", "door": Door.WEB}

    with pytest.raises(PriceChanged) as refused:
        report_emergency(
            school=cast.school,
            actor=cast.tara,
            lesson_id=lesson.pk,
            quote_token=quote.token,
            request_id=uuid.uuid4(),
            now=NOON - timedelta(minutes=59, seconds=59),
            **sent,
        )

    assert refused.value.quote.get_offer("2").penalty == Money(100, "USD")
    with in_school(cast.school.pk):
        assert (Incident.objects.count(), Transfer.objects.count(), Message.objects.count()) == (0, 0, 0)
        assert Lesson.objects.get(pk=lesson.pk).status == "booked"


def test_an_expired_quote_is_good_while_the_price_is_the_same(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=NOON - timedelta(hours=9))

    reported = report_emergency(
        school=cast.school,
        actor=cast.tara,
        lesson_id=lesson.pk,
        situation=2,
        lesson_begun=False,
        reason="",
        note="",
        quote_token=quote.token,
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOON - timedelta(hours=8),
    )

    assert reported.penalty == Money(30, "USD")


def test_nobody_reports_for_somebody_elses_lesson(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    with pytest.raises(LessonNotFound):
        quote_emergency(school=cast.school, actor=cast.tom, lesson_id=lesson.pk, now=NOON - timedelta(hours=2))


def test_a_lesson_is_reported_once(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    reported = report(cast, lesson, now=NOON - timedelta(hours=2))

    with pytest.raises(AlreadyReported) as refused:
        report(cast, lesson, now=NOON - timedelta(hours=1))

    assert refused.value.values == {"reference": reported.reference}


def test_a_lesson_that_ended_is_not_reported(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    with pytest.raises(LessonIsOver):
        report(cast, lesson, now=lesson.ends_at)


def test_a_situation_that_does_not_fit_names_the_one_that_does(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    now = NOON - timedelta(hours=5)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=now)

    with pytest.raises(SituationDoesNotFit) as refused:
        report_emergency(
            school=cast.school,
            actor=cast.tara,
            lesson_id=lesson.pk,
            situation=3,
            lesson_begun=False,
            reason="",
            note="",
            quote_token=quote.token,
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=now,
        )

    assert refused.value.values == {"chosen": 3, "fitting": 2}


def test_trouble_in_a_lesson_that_began_costs_nothing_and_is_unpaid(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    reported = report(cast, lesson, now=NOON + timedelta(minutes=10), lesson_begun=True)

    assert reported.penalty == Money(0, "USD")
    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == "cut_short"
        incident = Incident.objects.get(pk=reported.incident_id)
        assert (incident.kind, incident.taught_minutes) == ("cut_short", 10)
