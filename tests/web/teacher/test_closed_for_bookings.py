"""A teacher who cannot be booked reads it on the calendar and before the forms that ask a student for a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.uptime.operations import keep_heartbeat
from tests.bookings import NOW, set_rules
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

CALENDAR = "/marigold/availability/"
PAUSED = "Account paused until Mon 30 Nov, 14:00"


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the server's clock show so many minutes after `NOW`."""

    def stand(minutes: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=minutes))

    stand(0)
    return stand


@pytest.fixture
def cast(stand_at: Callable[[int], None]) -> Cast:
    assert stand_at is not None
    return make_cast()


@pytest.fixture
def tara(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.tara.person)
    return client


def pause(cast: Cast) -> str:
    """Four emergencies in a month pause the account for a week; returns the last reference."""
    lessons = [book(cast, starts_at=NOW + timedelta(days=day, hours=3)) for day in range(4)]
    return [report(cast, lesson, now=NOW).reference for lesson in lessons][-1]


def said(client: Client, address: str) -> str:
    return text_of(client.get(address).content)


def test_a_calendar_says_that_the_account_is_paused(client: Client, cast: Cast) -> None:
    sign_in(client, cast.tara.person)
    before = said(client, CALENDAR)
    reference = pause(cast)
    own = said(client, CALENDAR)
    sign_in(client, cast.desi.person)
    of_desk = client.get(f"/marigold/desk/teachers/{cast.tara.pk}/availability/").content

    assert "paused" not in before
    assert PAUSED in own
    assert "You teach what is booked unless the scheduling desk tells you otherwise" in own
    assert PAUSED in text_of(of_desk)
    assert "You teach what is booked" not in text_of(of_desk)
    assert f'href="/marigold/desk/cases/{reference}/"'.encode() in of_desk


@pytest.mark.parametrize("page", ["propose/", "propose/weekly/"])
def test_a_pause_is_said_before_the_form_that_proposes(tara: Client, cast: Cast, page: str) -> None:
    pause(cast)

    shown = said(tara, f"/marigold/students/{cast.sam.pk}/{page}")

    told = "Until then you cannot propose a time. You can propose sessions that start at Mon 30 Nov, 14:00 or later."
    assert shown.index(PAUSED) < shown.index(told) < shown.index("Kind of lesson")


def test_what_is_proposed_in_a_pause_is_refused_in_words_to_the_teacher(tara: Client, cast: Cast) -> None:
    pause(cast)
    address = f"/marigold/students/{cast.sam.pk}/propose/"
    sent = {"kind": "regular:50", "day_on": "2026-11-26", "at": "19:30", "request_id": str(uuid.uuid4())}

    within = tara.post(address, sent)
    after = tara.post(address, sent | {"day_on": "2026-12-01", "request_id": str(uuid.uuid4())})

    assert within.status_code == 422
    assert "You take no bookings at this time. Your student was not asked. Choose another time." in text_of(
        within.content
    )
    assert "another teacher" not in text_of(within.content)
    assert after.status_code == 302


def test_a_closed_schedule_leaves_nothing_to_propose(tara: Client, cast: Cast, stand_at: Callable[[int], None]) -> None:
    lesson = book(cast, starts_at=NOW)
    set_rules(cast)
    for minute in range(-15, 60):
        keep_heartbeat(at=NOW + timedelta(minutes=minute))
    stand_at(240)
    watch_lessons(now=clock.now())
    closed = "Schedule closed for new bookings until you answer the scheduling desk."

    calendar = tara.get(CALENDAR).content
    assert closed in text_of(calendar)
    assert f'href="/marigold/sessions/{lesson.pk}/#wrong"'.encode() in calendar
    for page in ("propose/", "propose/weekly/"):
        shown = said(tara, f"/marigold/students/{cast.sam.pk}/{page}")
        assert closed in shown
        assert "Until that has ended you cannot propose a time." in shown
        assert "Kind of lesson" not in shown
