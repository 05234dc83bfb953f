"""Nights when clocks change, a policy that changes, bad input, and two schools side by side."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import EmergencyReported, report_emergency
from makegood.domain.incidents.checks import NOTE_LENGTH, NoSituation, NoteTooLong, NoteUnreadable, UnknownReason
from makegood.domain.incidents.models import Incident
from makegood.domain.incidents.references import ALPHABET, make_reference
from makegood.domain.incidents.situations import Situation
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.penalties.models import Assessment
from makegood.domain.penalties.quotes import QuoteUnreadable, sign
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.cast import Cast, book, make_cast, publish, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=2)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def send(cast: Cast, **changed: Any) -> EmergencyReported:
    lesson = book(cast, starts_at=NOON)
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=BEFORE)
    sent = {
        "actor": cast.tara,
        "lesson_id": lesson.pk,
        "situation": 2,
        "lesson_begun": False,
        "reason": "",
        "note": "",
        "quote_token": quote.token,
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": BEFORE,
    }
    return report_emergency(school=cast.school, **{**sent, **changed})


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"situation": 4}, NoSituation, "situation"),
        ({"situation": "\0"}, NoSituation, "situation"),
        ({"reason": "dragons"}, UnknownReason, "reason"),
        ({"reason": "\0"}, UnknownReason, "reason"),
        ({"note": "x" * (NOTE_LENGTH + 1)}, NoteTooLong, "note"),
        ({"note": "a\0b"}, NoteUnreadable, "note"),
        ({"note": "a\ud800b"}, NoteUnreadable, "note"),
    ],
)
def test_bad_input_is_refused_with_the_field_and_nothing_is_written(
    cast: Cast, changed: dict[str, Any], refusal: type[NoteTooLong], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        send(cast, **changed)

    assert refused.value.field == field
    with in_school(cast.school.pk):
        assert Incident.objects.count() == 0


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "00000000-0000-0000-0000-000000000000:forged"])
def test_a_damaged_quote_is_refused(cast: Cast, token: str) -> None:
    with pytest.raises(QuoteUnreadable):
        send(cast, quote_token=token)


def test_a_quote_for_another_lesson_or_of_nobody_is_refused(cast: Cast) -> None:
    other = book(cast, starts_at=NOON + timedelta(days=1))
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=other.pk, now=BEFORE)

    with pytest.raises(QuoteUnreadable):
        send(cast, quote_token=quote.token)
    with pytest.raises(QuoteUnreadable):
        report_emergency(
            school=cast.school,
            actor=cast.tara,
            lesson_id=other.pk,
            situation=3,
            lesson_begun=False,
            reason="",
            note="",
            quote_token=sign(uuid.uuid4()),
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=BEFORE,
        )


def test_the_mark_is_24_elapsed_hours_on_a_night_of_25() -> None:
    larkspur = make_cast(slug="larkspur", zone="Europe/Berlin")
    # Clocks in Berlin go back on 25 October 2026 at 03:00; 10:00 local is 23 elapsed hours from 12:00 the day before.
    starts_at = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    lesson = book(larkspur, starts_at=starts_at)

    def fitting(now: datetime) -> Situation:
        return quote_emergency(school=larkspur.school, actor=larkspur.tara, lesson_id=lesson.pk, now=now).fitting

    assert fitting(starts_at - timedelta(hours=24)) is Situation.KNOWN_BEFORE
    assert fitting(starts_at - timedelta(hours=24) + timedelta(seconds=1)) is Situation.LAST_MINUTE


def test_each_incident_is_priced_by_its_own_version_and_counts_span_versions(cast: Cast) -> None:
    publish(cast.school, from_on=date(2026, 10, 1), now=datetime(2026, 9, 1, tzinfo=UTC))
    # One week: Tuesday 29 September under the first version, Thursday and Friday under the second.
    starts = [datetime(2026, 9, 29, 12, tzinfo=UTC) + timedelta(days=days) for days in (0, 2, 3)]

    reports = [
        report(cast, book(cast, starts_at=starts_at), now=starts_at - timedelta(hours=2)) for starts_at in starts
    ]

    assert reports[2].change_minor == 30 + 3 * 30
    with in_school(cast.school.pk):
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        found = [(row.policy_version.number, row.counts["week"], row.penalty_minor) for row in live]
    assert found == [(1, 3, 60), (2, 3, 60), (2, 3, 60)]


def test_two_schools_do_not_see_each_other(cast: Cast) -> None:
    other = make_cast(slug="larkspur")
    lesson = book(cast, starts_at=NOON)
    report(other, book(other, starts_at=NOON), now=BEFORE)

    with pytest.raises(LessonNotFound):
        quote_emergency(school=other.school, actor=other.tara, lesson_id=lesson.pk, now=BEFORE)
    assert report(cast, lesson, now=BEFORE).penalty == Money(30, "USD")
    with in_school(cast.school.pk):
        assert Incident.objects.count() == 1


def test_references_are_read_aloud_without_doubt() -> None:
    references = {make_reference() for _ in range(200)}

    assert not set("O0I1") & set(ALPHABET)
    assert len(references) == 200
