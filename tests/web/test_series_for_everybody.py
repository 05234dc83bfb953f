"""Weekly sessions proposed by a teacher and booked by the desk, through the pages; and the trace a series leaves."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.people.models import Person, Role
from makegood.domain.schools.context import in_school
from tests import cast as casting
from tests.bookings import NOW, TUESDAY_NINE, book, book_weekly, give_credits, lesson_of, open_mornings, set_rules
from tests.cast import Cast, add_member, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# Tara's and the desk's clocks show Manila.
TYPED = {"kind": "regular:50", "day_on": "2026-12-01", "at": "09:00", "weeks": "4"}
FIRST = TUESDAY_NINE + timedelta(weeks=1)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    book(made)
    return made


@pytest.fixture
def tara(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.tara.person)
    return client


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.desi.person)
    return client


def add_sue(cast: Cast) -> Any:
    with in_school(cast.school.pk):
        return add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")


def proposing(cast: Cast) -> str:
    return f"/marigold/students/{cast.sam.pk}/propose/weekly/"


def booking(cast: Cast) -> str:
    return f"/marigold/desk/students/{cast.sam.pk}/book/weekly/"


def press(client: Client, address: str, *ticked: int, **changes: str) -> Any:
    sent = {**TYPED, "note": "Until your exam", "request_id": str(uuid.uuid4())} | changes
    return client.post(address, {**sent, "week": [str(week) for week in ticked]})


def press_at_desk(client: Client, cast: Cast, *ticked: int, **changes: str) -> Any:
    return press(
        client, booking(cast), *ticked, **{"teacher": str(cast.tara.pk), "reason": "Asked by phone", **changes}
    )


def list_lessons(cast: Cast, status: LessonStatus) -> list[Lesson]:
    with in_school(cast.school.pk):
        return list(Lesson.objects.filter(status=status).exclude(series=None).order_by("starts_at"))


def answer(client: Client, cast: Cast, lesson_id: int, choice: str) -> Any:
    sign_in(client, cast.sam.person)
    sent = {"answer": choice, "request_id": str(uuid.uuid4())}
    return client.post(f"/marigold/book/proposals/{lesson_id}/", sent)


def test_a_teacher_sees_every_week_before_proposing_them(tara: Client, cast: Cast) -> None:
    book(cast, actor=add_sue(cast), starts_at=FIRST + timedelta(weeks=1))
    empty = tara.get(proposing(cast))
    shown = tara.get(proposing(cast), TYPED)
    ticks = [box["value"] for box in BeautifulSoup(shown.content, "html.parser").select("input[name=week]")]
    lost = press(tara, proposing(cast), 1, 2, 3)
    kept = press(tara, proposing(cast), 1, 3, 4)

    assert (empty.status_code, "There is a problem" in text_of(empty.content)) == (200, False)
    assert "3 of 4 weeks can be booked" in text_of(shown.content)
    assert "Week 1: Tue 1 Dec, 09:00 Student's time: Mon 20:00 to 20:50 , New York" in text_of(shown.content)
    assert "Week 2: Tue 8 Dec, 09:00 You have another session then" in text_of(shown.content)
    assert ticks == ["1", "3", "4"]
    assert lost.status_code == 409
    assert "Week 2 cannot be booked any more. Nothing was booked." in text_of(lost.content)
    # What was typed and ticked is still there.
    assert "Until your exam" in text_of(lost.content)
    assert kept.status_code == 302
    assert [one.starts_at for one in list_lessons(cast, LessonStatus.REQUESTED)] == [
        FIRST + timedelta(weeks=week) for week in (0, 2, 3)
    ]
    listed = text_of(tara.get(kept.headers["Location"]).content)
    assert "3 weekly sessions from Tue 1 Dec, 09:00 Lesson Waits for the student" in listed
    assert listed.count("Waits for the student") == 1
    assert "The times are kept until" in listed


def test_a_student_sees_one_proposal_with_every_date_and_accepts_it_whole(tara: Client, cast: Cast) -> None:
    press(tara, proposing(cast), 1, 2, 3, 4)
    first = list_lessons(cast, LessonStatus.REQUESTED)[0]
    sign_in(tara, cast.sam.person)
    home = text_of(tara.get("/marigold/lessons/").content)
    page = tara.get("/marigold/book/proposals/")
    said = text_of(page.content)
    booked = answer(tara, cast, first.pk, "accept")

    assert "Tara Teaches proposes 4 weekly lessons, the first on Mon 30 Nov, 20:00." in home
    assert home.count("Tara Teaches proposes 4") == 1
    assert len(BeautifulSoup(page.content, "html.parser").select("form input[name=request_id]")) == 1
    assert "4 weekly lessons You accept or decline all of them together." in said
    assert "Monday 21 December , 20:00 to 20:50 Teacher's time: Tue 09:00 to 09:50 , Manila" in said
    assert "Your teacher writes: Until your exam" in said
    assert "Your weekly lessons are booked" in text_of(tara.get(booked.headers["Location"]).content)
    assert len(list_lessons(cast, LessonStatus.BOOKED)) == 4


def test_a_declined_series_is_one_answer(tara: Client, cast: Cast) -> None:
    press(tara, proposing(cast), 1, 2, 3, 4)
    answer(tara, cast, list_lessons(cast, LessonStatus.REQUESTED)[2].pk, "decline")
    sign_in(tara, cast.tara.person)

    said = text_of(tara.get(f"/marigold/students/{cast.sam.pk}/lessons/").content)

    assert len(list_lessons(cast, LessonStatus.RELEASED)) == 4
    assert said.count("Declined") == 1


def test_short_credits_for_all_of_them_are_said_and_nothing_is_booked(tara: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3)
    press(tara, proposing(cast), 1, 2, 3, 4)
    first = list_lessons(cast, LessonStatus.REQUESTED)[0]
    sign_in(tara, cast.sam.person)

    page = text_of(tara.get("/marigold/book/proposals/").content)
    refused = answer(tara, cast, first.pk, "accept")

    assert "You have too few lesson credits to book this. Needed: 4. You have: 3." in page
    assert refused.status_code == 409
    assert len(list_lessons(cast, LessonStatus.REQUESTED)) == 4


def test_a_date_that_cannot_be_had_any_more_is_named_before_accepting(tara: Client, cast: Cast) -> None:
    press(tara, proposing(cast), 1, 2, 3, 4, day_on="2026-11-25")
    first = list_lessons(cast, LessonStatus.REQUESTED)[0]
    for day in range(1, 5):
        lesson = casting.book(cast, starts_at=NOW - timedelta(days=day, hours=-1))
        casting.report(cast, lesson, now=lesson.starts_at - timedelta(hours=2))
    sign_in(tara, cast.sam.person)

    page = tara.get("/marigold/book/proposals/")
    forced = answer(tara, cast, first.pk, "accept")

    marked = [one.get_text() for one in BeautifulSoup(page.content, "html.parser").select("li:has(.tag-amber)")]
    assert [" ".join(one.split())[:21] for one in marked] == ["Tomorrow, Tuesday 24 "]
    assert "Accept" not in [one.get_text() for one in BeautifulSoup(page.content, "html.parser").select("button")]
    assert "Your teacher takes no bookings at some of these times any more" in text_of(page.content)
    assert forced.status_code == 409
    assert "1 of 4 lessons cannot be booked. Nothing was booked." in text_of(forced.content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weeks": "1"}, "Weekly lessons are for 2 weeks or more."),
        ({"weeks": "53"}, "At most 52 weeks can be booked at once."),
        ({"until": "2026-12-02"}, "Choose a day that is 1 week to 51 weeks after the first lesson."),
        ({"day_on": ""}, "Choose a day."),
        ({"at": "9"}, "Type a time like 15:30."),
        ({"kind": "meet_your_teacher:25"}, "Choose a kind of lesson from the list."),
    ],
)
def test_what_is_no_series_is_said_at_its_field(tara: Client, cast: Cast, changes: dict[str, str], said: str) -> None:
    shown = tara.get(proposing(cast), TYPED | changes)
    sent = press(tara, proposing(cast), 1, 2, **changes)

    for page in (shown, sent):
        assert page.status_code == 422
        assert said in text_of(page.content)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"request_id": "none"}, "The page arrived incomplete."),
        ({"note": "x" * 501}, "The note is too long. Shorten it to 500 characters."),
    ],
)
def test_what_was_sent_wrong_is_said_and_the_weeks_stay(
    tara: Client, cast: Cast, changes: dict[str, str], said: str
) -> None:
    page = press(tara, proposing(cast), 1, 3, **changes)
    none = press(tara, proposing(cast))

    ticks = BeautifulSoup(page.content, "html.parser").select("input[name=week][checked]")
    assert (page.status_code, none.status_code) == (422, 422)
    assert said in text_of(page.content)
    assert [box["value"] for box in ticks] == ["1", "3"]
    assert "Tick at least one week." in text_of(none.content)


def test_a_change_of_clocks_is_told_on_the_teachers_clock(tara: Client, cast: Cast) -> None:
    set_rules(cast, horizon_days=200)

    said = text_of(tara.get(proposing(cast), TYPED | {"day_on": "2027-03-09", "weeks": "3"}).content)

    # New York goes forward on 14 March; the sessions stay at 20:00 there.
    assert "Week 2: Tue 16 Mar, 08:00 Student's time: Mon 20:00 to 20:50" in said
    assert said.count("Clocks have changed since the week before, so it is another time on your clock.") == 1


def test_the_desk_books_weekly_sessions_with_a_reason(desk: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 4)
    typed = {**TYPED, "teacher": str(cast.tara.pk)}
    shown = text_of(desk.get(booking(cast), typed | {"weeks": "11"}).content)
    silent = press_at_desk(desk, cast, 1, 2, reason=" ")
    booked = press_at_desk(desk, cast, 1, 2, 4)

    assert "8 of 11 weeks can be booked" in shown
    assert "Farther ahead than can be booked today" in shown
    assert "Week 1: Tue 1 Dec, 09:00 Teacher's time: 09:00 to 09:50 , Manila Student's time:" in shown
    assert "Lesson credits for the weeks with a tick: 8. The student has: 4." in shown
    assert (silent.status_code, "Say why the desk books this." in text_of(silent.content)) == (422, True)
    assert [one.starts_at for one in list_lessons(cast, LessonStatus.BOOKED)] == [
        FIRST + timedelta(weeks=week) for week in (0, 1, 3)
    ]
    page = text_of(desk.get(booked.headers["Location"]).content)
    assert "The weekly sessions are booked, and both sides are told." in page
    assert "Part of a weekly series, 1 of 3" in page
    assert "All of these sessions are undone together." in page
    desk.post(f"{booked.headers['Location']}undo/", {"request_id": str(uuid.uuid4())})
    assert list_lessons(cast, LessonStatus.BOOKED) == []


def test_the_desk_leaves_rules_aside_only_when_it_ticks_them(desk: Client, cast: Cast) -> None:
    refused = press_at_desk(desk, cast, 1, 2, at="21:00")
    booked = press_at_desk(desk, cast, 1, 2, at="21:00", any_time="on")
    too_dear = press_at_desk(desk, cast, 1, 2, at="22:00", teacher=str(cast.tom.pk))

    assert refused.status_code == 409
    assert "Weeks 1, 2 cannot be booked any more." in text_of(refused.content)
    assert booked.status_code == 302
    assert too_dear.status_code == 409


def test_each_lesson_of_a_series_says_its_place_and_leads_to_the_others(client: Client, cast: Cast) -> None:
    ids = book_weekly(cast, leave_out=frozenset({1})).lesson_ids
    Person.objects.filter(pk=cast.desi.person_id).update(zone="Asia/Manila")
    pages = {
        cast.sam: "/marigold/lessons/{}/", cast.tara: "/marigold/sessions/{}/",
        cast.desi: "/marigold/desk/calendar/sessions/{}/",
    }  # fmt: skip

    for member, address in pages.items():
        sign_in(client, member.person)
        page = BeautifulSoup(client.get(address.format(ids[1])).content, "html.parser")
        alone = client.get(address.format(_only_single(cast)))
        summary = page.find("summary", string="Part of a weekly series, 2 of 3")
        assert summary is not None
        assert summary.parent is not None
        assert [one["href"] for one in summary.parent.select("a")] == [address.format(ids[0]), address.format(ids[2])]
        assert "weekly series" not in text_of(alone.content)


def test_the_lists_say_it_quietly(client: Client, cast: Cast) -> None:
    book_weekly(cast, leave_out=frozenset({1}))
    said = []
    for member, address in (
        (cast.sam, "/marigold/lessons/"),
        (cast.tara, "/marigold/dashboard/"),
        (cast.tara, f"/marigold/students/{cast.sam.pk}/lessons/"),
    ):
        sign_in(client, member.person)
        said.append(text_of(client.get(address).content))

    assert all("Lesson (weekly, 2 of 3)" in one for one in said)
    assert [one.count("(weekly, ") for one in said] == [3, 3, 3]


def _only_single(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Lesson.objects.get(series=None).pk


def test_a_week_that_was_called_off_stays_a_lesson_of_its_series(client: Client, cast: Cast) -> None:
    ids = book_weekly(cast, leave_out=frozenset({1})).lesson_ids
    sign_in(client, cast.sam.person)
    sent = {"request_id": str(uuid.uuid4()), "shown_as": "free", "note": ""}
    client.post(f"/marigold/lessons/{ids[0]}/cancel/", sent)

    said = text_of(client.get(f"/marigold/lessons/{ids[2]}/").content)

    assert lesson_of(cast, ids[0]).status == LessonStatus.CANCELLED
    assert "Part of a weekly series, 3 of 3 Mon 30 Nov, 20:00 Cancelled Mon 7 Dec, 20:00" in said


def test_weekly_times_that_begin_with_one_that_comes_twice_are_asked_about(desk: Client, cast: Cast) -> None:
    # The clocks of the desk and of Sam go back in that night.
    Person.objects.filter(pk__in=(cast.desi.person_id, cast.sam.person_id)).update(zone="Europe/Berlin")
    night = {**TYPED, "teacher": str(cast.tara.pk), "day_on": "2027-10-31", "at": "02:30"}

    asked = desk.get(booking(cast), night)
    first, second = (desk.get(booking(cast), night | {"which": f"2027-10-31T0{hour}:30:00+0000"}) for hour in (0, 1))

    assert (asked.status_code, "Which of the two times" in text_of(asked.content)) == (422, True)
    assert "Week 1: Sun 31 Oct, 02:30 (GMT+2)" in text_of(first.content)
    # It is carried to the press of the button.
    carried = BeautifulSoup(first.content, "html.parser").select("form[method=post] input[name=which]")
    assert [one["value"] for one in carried] == ["2027-10-31T00:30:00+0000"]
    assert "Week 1: Sun 31 Oct, 02:30 (GMT+1)" in text_of(second.content)
    assert "Week 2: Sun 7 Nov, 02:30" in text_of(second.content)
