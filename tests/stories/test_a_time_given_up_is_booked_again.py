"""A student gives a time up, somebody else books it, and Tara cannot teach it: two incidents of one start (D3)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.record_incident import record_incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from makegood.rules.facts import Kind, RequestedBy
from tests.cast import book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


def test_each_incident_is_priced_as_that_of_its_own_lesson() -> None:
    cast = make_cast()
    given_up = book(cast, starts_at=NOON)
    learned = LearnedFacts(
        kind=Kind.CANCELLED,
        requested_by=RequestedBy.STUDENT,
        reported_at=NOON - timedelta(days=3),
        taught_minutes=0,
        reason="",
        note="",
        reported_by_id=cast.desi.person_id,
    )
    recorded = record_incident(
        school=cast.school,
        actor=cast.desi,
        lesson_id=given_up.pk,
        learned=learned,
        request_id=uuid.uuid4(),
        door=Door.PHONE,
        now=NOON - timedelta(days=3),
    )
    booked_again = book(cast, starts_at=NOON)

    reported = report(cast, booked_again, now=NOON - timedelta(hours=2))

    assert (recorded.is_paid, reported.penalty) == (False, Money(30, "USD"))
    assert reported.change_minor == 30
