"""Booking through the pages, as a student and as the desk."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.domain.availability.expansion import WallRange
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.offering import list_offers
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, give_credits, open_mornings, set_rules
from tests.cast import Cast, add_member, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MOST_BYTES = 140 * 1024
MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


def press(client: Client, *, teacher: int, starts_at: datetime = TUESDAY_NINE, kind: str = "regular:50") -> Any:
    slot = f"{teacher}|{starts_at.strftime('%Y-%m-%dT%H:%M:%S%z')}"
    return client.post("/marigold/book/", {"slot": slot, "kind": kind, "request_id": str(uuid.uuid4())})


def test_a_student_finds_keeps_books_and_undoes(client: Client, cast: Cast) -> None:
    sign_in(client, cast.sam.person)
    page = client.get("/marigold/book/", {"teacher": cast.tara.pk, "kind": "regular:50"})
    # Tuesday at nine in Manila is Monday, 20:00 in New York; both are shown.
    assert "20:00 to 20:50" in text_of(page.content)
    slot = re.search(rf'value="({cast.tara.pk}\|[^"]+)"', page.content.decode())
    assert slot is not None

    kept = client.post("/marigold/book/", {"slot": slot[1], "kind": "regular:50", "request_id": str(uuid.uuid4())})
    assert kept.status_code == 302, (slot[1], text_of(kept.content)[:600])
    with in_school(cast.school.pk):
        lesson = Lesson.objects.get()
    assert kept.headers["Location"] == f"/marigold/book/{lesson.pk}/"
    assert "Confirm your lesson" in text_of(client.get(kept.headers["Location"]).content)
    done = client.post(kept.headers["Location"], {"request_id": str(uuid.uuid4())})
    assert "Your lesson is booked" in text_of(client.get(done.headers["Location"]).content)
    client.post(f"/marigold/book/{lesson.pk}/undo/", {"request_id": str(uuid.uuid4())})

    with in_school(cast.school.pk):
        assert Lesson.objects.get().status == LessonStatus.RELEASED


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("regular:50", "you can undo the booking. Your credits come back, and your teacher is told."),
        ("meet_your_teacher:25", "you can undo the booking. Your teacher is told."),
    ],
)
def test_only_a_booking_that_took_credits_gives_them_back(client: Client, cast: Cast, kind: str, words: str) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    sign_in(client, cast.sam.person)
    confirming = press(client, teacher=cast.tara.pk, kind=kind).headers["Location"]

    done = client.post(confirming, {"request_id": str(uuid.uuid4())}, follow=True)

    assert words in text_of(done.content)


def keep_tuesday(client: Client, cast: Cast) -> str:
    """Sam keeps Tuesday at nine; where that is confirmed."""
    sign_in(client, cast.sam.person)
    return str(press(client, teacher=cast.tara.pk).headers["Location"])


def test_back_after_booking_leads_to_what_was_booked(client: Client, cast: Cast) -> None:
    confirming = keep_tuesday(client, cast)
    client.post(confirming, {"request_id": str(uuid.uuid4())})

    back = client.get(confirming, follow=True)

    assert back.redirect_chain == [(f"{confirming}booked/", 302)]
    assert "Your lesson is booked" in text_of(back.content)


def test_back_after_asking_the_school_says_that_the_request_waits(client: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    confirming = keep_tuesday(client, cast)
    client.post(confirming, {"request_id": str(uuid.uuid4())})

    back = client.get(confirming, follow=True)

    assert "Your school looks at your booking" in text_of(back.content)
    assert "You are told as soon as it is approved" in text_of(back.content)


def test_a_time_that_was_let_go_is_not_kept_any_more(client: Client, cast: Cast) -> None:
    confirming = keep_tuesday(client, cast)
    client.post(f"{confirming}release/", {"request_id": str(uuid.uuid4())})

    back = client.get(confirming)

    assert (back.status_code, "This time is not kept for you any more" in text_of(back.content)) == (200, True)


def test_a_taken_time_is_answered_with_the_nearest(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    book(cast, actor=sue)
    sign_in(client, cast.sam.person)

    answer = press(client, teacher=cast.tara.pk)

    assert answer.status_code == 409
    assert "This time has just been taken." in text_of(answer.content)
    assert "The nearest free times" in text_of(answer.content)


@pytest.mark.parametrize(
    "sent",
    [{}, {"slot": "x|y"}, {"slot": "9" * 40 + "|2026-11-24T01:00:00+0000"}],
)
def test_a_slot_that_is_none_is_refused(client: Client, cast: Cast, sent: dict[str, str]) -> None:
    sign_in(client, cast.sam.person)

    assert (
        client.post("/marigold/book/", sent | {"kind": "regular:50", "request_id": str(uuid.uuid4())}).status_code
        == 422
    )


def test_a_strangers_hold_is_not_found(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    booked = book(cast)
    sign_in(client, sue.person)

    for path in ("", "booked/"):
        assert client.get(f"/marigold/book/{booked.lesson_id}/{path}").status_code == 404
    assert client.post(f"/marigold/book/{booked.lesson_id}/undo/").status_code == 404


def test_the_desk_reads_at_which_dates_of_a_series_the_teacher_pauses(client: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    booked = book_weekly(cast)
    for day in range(1, 5):
        lesson = casting.book(cast, starts_at=NOW - timedelta(days=day, hours=-1))
        casting.report(cast, lesson, now=lesson.starts_at - timedelta(hours=2))
    sign_in(client, cast.desi.person)

    page = client.post(
        f"/marigold/desk/approvals/{booked.lesson_ids[1]}/", {"answer": "approve", "request_id": str(uuid.uuid4())}
    )

    assert page.status_code == 409
    assert "The teacher takes no bookings at Tue 24 Nov, 09:00. Nothing was booked." in text_of(page.content)
    with in_school(cast.school.pk):
        assert set(Lesson.objects.filter(pk__in=booked.lesson_ids).values_list("status", flat=True)) == {"requested"}


def test_the_desk_approves_on_its_list(client: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    booked = book(cast)
    sign_in(client, cast.desi.person)
    assert "Sam Studies" in text_of(client.get("/marigold/desk/approvals/").content)

    client.post(f"/marigold/desk/approvals/{booked.lesson_id}/", {"answer": "approve", "request_id": str(uuid.uuid4())})

    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=booked.lesson_id).status == LessonStatus.BOOKED


def test_a_week_of_forty_teachers_keeps_its_budget(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        teachers = [
            add_member(cast.school, code=f"t{place}", name=f"Teacher Number {place}", role=Role.TEACHER, zone="UTC")
            for place in range(40)
        ]
        students = [
            add_member(cast.school, code=f"s{place}", name=f"Student Number {place}", role=Role.STUDENT, zone="UTC")
            for place in range(40)
        ]
        Lesson.objects.bulk_create(
            Lesson(
                school=cast.school,
                teacher=teacher,
                student=student,
                starts_at=start,
                ends_at=start + timedelta(minutes=50),
                blocked=(start, start + timedelta(minutes=50)),
            )
            for teacher, student in zip(teachers, students, strict=True)
            for day in range(7)
            for start in [NOW + timedelta(days=day, hours=hour) for hour in (0, 1, 2)]
        )
    casting.book(cast, starts_at=NOW + timedelta(days=2))
    sign_in(client, cast.desi.person)
    client.get("/marigold/desk/calendar/")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = client.get("/marigold/desk/calendar/")

    statements = [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(page.content) <= MOST_BYTES
    assert len(statements) <= MOST_STATEMENTS
    assert "Student Number 39" in text_of(page.content)
    assert (
        "Number 39"
        not in text_of(client.get("/marigold/desk/calendar/", {"teacher": cast.tara.pk}).content).split("Show")[-1]
    )


@pytest.mark.parametrize(
    "query", ["day=9999-12-31", "day=x&teacher=y&status=z", "day=0001-01-01", "kind=%00&student=%F0"]
)
def test_filters_that_are_none_are_left_out(client: Client, cast: Cast, query: str) -> None:
    sign_in(client, cast.desi.person)

    assert client.get(f"/marigold/desk/calendar/?{query}").status_code in {200, 400}


def test_a_day_on_which_the_student_has_no_time_left_is_not_offered_by_the_teacher(client: Client) -> None:
    cast = make_cast()
    open_mornings(cast, cast.tara, ranges=(WallRange(540, 600),))
    casting.book(cast, teacher=cast.tom, starts_at=TUESDAY_NINE)
    sign_in(client, cast.sam.person)

    page = client.get(f"/marigold/book/teachers/{cast.tara.pk}/", {"kind": "regular:50"}).content

    # Tuesday at nine in Manila is Monday evening in New York.
    assert "day=2026-11-23" not in page.decode()
    assert "day=2026-11-24" in page.decode()
    assert "20:00 to 20:50" in text_of(page)


def test_what_waits_for_the_school_stands_among_the_lessons_of_the_student(client: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    book(cast)
    sign_in(client, cast.sam.person)

    words = text_of(client.get("/marigold/lessons/").content)

    assert "Waiting for your school 23 Nov 20:00 Tara Teaches" in words
    assert "Not booked yet. You are told by" in words


def test_the_calendar_of_the_school_opens_in_the_week_of_the_reader(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sunday evening in London is Monday morning in Manila, where Desi works.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 22, 22, tzinfo=UTC))
    sign_in(client, cast.desi.person)

    assert "Week of Monday 23 November" in text_of(client.get("/marigold/desk/calendar/").content)


def test_a_school_that_offers_no_lesson_says_that_no_time_was_found(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        kinds = list_offers(school_id=cast.school.pk)
    for kind in kinds:
        offer = replace(kind, is_offered=False)
        set_lesson_type(school=cast.school, actor=cast.owen, offer=offer, door=Door.WEB, now=NOW)
    sign_in(client, cast.sam.person)

    page = client.get("/marigold/book/")

    assert page.status_code == 200
    assert "No free time was found." in text_of(page.content)


def test_a_time_that_the_student_asked_for_is_not_offered_with_another_teacher(client: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    open_mornings(cast, cast.tom, ranges=(WallRange(0, 1440),))
    sign_in(client, cast.sam.person)
    before = client.get("/marigold/book/?kind=regular:50").content.decode()
    book(cast, starts_at=TUESDAY_NINE)

    after = client.get("/marigold/book/?kind=regular:50").content.decode()

    wanted = f'value="{cast.tom.pk}|{TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%S%z")}"'
    assert (wanted in before, wanted in after) == (True, False)


@pytest.mark.parametrize(
    ("starts_at", "said"),
    [
        (TUESDAY_NINE + timedelta(days=1), "You can cancel free of charge until Mon 23 Nov, 20:00 . After that"),
        (TUESDAY_NINE, "it can no longer be cancelled free of charge: that was possible until Sun 22 Nov, 20:00 ."),
    ],
)
def test_a_booking_says_before_and_after_until_when_it_is_free(
    client: Client, cast: Cast, starts_at: datetime, said: str
) -> None:
    sign_in(client, cast.sam.person)
    kept = press(client, teacher=cast.tara.pk, starts_at=starts_at).headers["Location"]

    before = text_of(client.get(kept).content)
    done = client.post(kept, {"request_id": str(uuid.uuid4())}).headers["Location"]
    after = text_of(client.get(done).content)

    assert said in before
    assert said in after


def test_a_teacher_who_learns_is_not_offered_to_themselves(client: Client, cast: Cast) -> None:
    """The form of an older page is refused with a sentence."""
    let_learn(cast, cast.tara)
    open_mornings(cast, cast.tom)
    sign_in(client, cast.tara.person)

    page = client.get("/marigold/book/")
    pressed = press(client, teacher=cast.tara.pk)

    assert f'value="{cast.tom.pk}' in page.content.decode()
    assert f'value="{cast.tara.pk}' not in page.content.decode()
    for path in ("", "weekly/?kind=regular:50&first=2026-11-24T01:00:00%2B0000&weeks=2"):
        assert client.get(f"/marigold/book/teachers/{cast.tom.pk}/{path}").status_code == 200
        assert client.get(f"/marigold/book/teachers/{cast.tara.pk}/{path}").status_code == 404
    assert pressed.status_code == 409
    assert "Nobody can be their own student. Nothing was booked." in text_of(pressed.content)
    with in_school(cast.school.pk):
        assert not Lesson.objects.exists()


def let_learn(cast: Cast, member: Membership) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=member, role=Role.STUDENT, granted_at=casting.LONG_AGO)
