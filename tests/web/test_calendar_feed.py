"""The secret calendar address: what it shows, to whom, and when a program must fetch it again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from makegood import clock
from makegood.actions import choose_how_to_be_told as choosing
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.domain.lessons.models import Lesson
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.calendar_reading import read_calendar
from tests.cast import book, make_cast, report
from tests.moves import NOW as MOVED_FROM
from tests.moves import THURSDAY, WEDNESDAY, open_mornings, reschedule

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def address(member: Membership) -> str:
    return f"/c/{choosing.renew_calendar(member=member, now=NOW)}.ics"


def events(client: Client, url: str) -> list[tuple[str | None, str | None]]:
    calendar = read_calendar(client.get(url).content)
    return [(event.summary, event.status) for event in calendar.events]


def test_each_side_sees_their_lessons_without_signing_in(client: Client) -> None:
    cast = make_cast()
    on = book(cast, starts_at=NOW + timedelta(days=1))
    off = book(cast, starts_at=NOW + timedelta(hours=2), teacher=cast.tom)
    report(cast, off, now=NOW, actor=cast.tom)

    answer = client.get(address(cast.sam))

    calendar = read_calendar(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=300"
    assert calendar.method is None
    assert b"X-WR-CALNAME:Marigold\r\n" in answer.content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in answer.content
    assert [(event.summary, event.status, event.sequence) for event in calendar.events] == [
        ("Lesson with Tom Teaches", "CANCELLED", 2),
        ("Lesson with Tara Teaches", "CONFIRMED", 1),
    ]
    assert events(client, address(cast.tara)) == [("Session with Sam Studies", "CONFIRMED")]
    of_sam, of_tara = (read_calendar(client.get(address(one)).content).events[-1] for one in (cast.sam, cast.tara))
    assert str(of_sam.url).endswith(f"/marigold/lessons/{on.pk}/")
    assert str(of_tara.url).endswith(f"/marigold/sessions/{on.pk}/")
    assert events(client, address(cast.desi)) == []


def test_lessons_older_than_sixty_days_are_left_out(client: Client) -> None:
    cast = make_cast()
    for days in (61, 59):
        book(cast, starts_at=NOW - timedelta(days=days))

    assert len(events(client, address(cast.sam))) == 1


def test_the_mark_changes_when_and_only_when_the_file_does(client: Client) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOW + timedelta(days=1))
    url = address(cast.sam)
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    other = client.get(url, headers={"If-None-Match": '"other"'})
    report(cast, lesson, now=NOW)
    changed = client.get(url, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, other.status_code, changed.status_code) == (200, 304, 200, 200)
    assert again.content == b""
    assert again["ETag"] == first["ETag"] == other["ETag"] != changed["ETag"]
    assert "Last-Modified" in first.headers


def test_who_moves_to_another_zone_gets_another_file_with_the_same_times(client: Client) -> None:
    cast = make_cast()
    # One before and one after the clocks change in New York, and in Berlin a week before that.
    for days in (1, 8, 15):
        book(cast, starts_at=NOW + timedelta(days=days))
    url = address(cast.sam)

    def fetch() -> tuple[str, bytes]:
        answer = client.get(url)
        return answer["ETag"], answer.content

    at_home, again = fetch(), fetch()
    with in_school(cast.school.pk):
        Person.objects.filter(pk=cast.sam.person_id).update(zone="Europe/Berlin")
    moved = fetch()

    assert at_home == again
    assert at_home[0] != moved[0]
    assert b"X-WR-TIMEZONE:America/New_York\r\n" in at_home[1]
    assert b"X-WR-TIMEZONE:Europe/Berlin\r\n" in moved[1]
    starts = [[(event.uid, event.dtstart) for event in read_calendar(file).events] for _mark, file in (at_home, moved)]
    assert starts[0] == starts[1]
    assert [start for _uid, start in starts[0]] == [NOW + timedelta(days=days) for days in (1, 8, 15)]


def stamps(client: Client, url: str) -> list[tuple[datetime | None, datetime | None]]:
    calendar = read_calendar(client.get(url).content)
    return [(event.last_modified, event.dtstamp) for event in calendar.events]


def test_an_event_says_when_its_lesson_last_changed(client: Client) -> None:
    cast = make_cast()
    open_mornings(cast)
    lesson = book(cast, starts_at=WEDNESDAY)
    kept = book(cast, starts_at=WEDNESDAY + timedelta(days=7))
    url = address(cast.sam)
    (_, of_kept) = stamps(client, url)
    moved_at = MOVED_FROM + timedelta(minutes=1)
    reschedule(cast, lesson, to=THURSDAY, now=moved_at)
    assert stamps(client, url) == [(moved_at, moved_at), of_kept]

    cancelled_at = moved_at + timedelta(minutes=10)
    with in_school(cast.school.pk):
        lesson = Lesson.objects.get(pk=lesson.pk)
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=True, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=cancelled_at,
    )  # fmt: skip
    assert stamps(client, url) == [(cancelled_at, cancelled_at), of_kept]
    with in_school(cast.school.pk):
        assert of_kept == (Lesson.objects.get(pk=kept.pk).booked_at,) * 2


def test_head_answers_like_get_without_the_file(client: Client) -> None:
    cast = make_cast()
    url = address(cast.sam)

    assert client.head(url)["ETag"] == client.get(url)["ETag"]


def test_an_old_revoked_or_invented_address_is_no_page(client: Client) -> None:
    cast = make_cast()
    old = address(cast.sam)
    new = address(cast.sam)
    assert [client.get(url).status_code for url in (old, new)] == [404, 200]
    choosing.end_calendar(member=cast.sam, now=NOW)

    for url in (new, "/c/x.ics", f"/c/{cast.school.pk}-x.ics", "/c/99999999999999999999-x.ics", "/c/٣-x.ics"):
        answer = client.get(url)
        assert (answer.status_code, answer.content) == (404, b"not found\n"), url


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    cast = make_cast()
    counts = []
    for day in (1, 2, 3):
        book(cast, starts_at=NOW + timedelta(days=day))
        url = address(cast.sam)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]


def test_somebody_asking_too_often_is_told_to_wait(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "calendar_feed": "3/m/key"}
    cast = make_cast()
    url = address(cast.sam)

    assert [client.get(url).status_code for _ in range(4)] == [200, 200, 200, 429]
