"""Weekly lessons, a teacher's page and one's credits, through the pages, as a student."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.actions.add_holiday import add_holiday
from makegood.actions.book_series import preview_series
from makegood.actions.booking_order import OwnTeacher
from makegood.actions.booking_steps import StudentNotFound
from makegood.actions.grant_credits import grant_credits
from makegood.actions.series_steps import SeriesWish
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import FreshnessWarning, MatchingPause
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.people.models import Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    book,
    book_weekly,
    give_credits,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast
from tests.schools import make_member, make_person, make_school
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in
from tests.web.test_screens import FRAME_STATEMENTS, MOST, count_statements

pytestmark = pytest.mark.django_db

FIRST = TUESDAY_NINE.strftime("%Y-%m-%dT%H:%M:%S%z")


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def test_pages_of_weeks_with_everything_wrong_take_few_statements(client: Client, cast: Cast) -> None:
    """A taken week, a holiday, a pause of matching, too few credits, and a meeting that must come first."""
    casting.book(cast, starts_at=NOW - timedelta(days=2))
    book(cast, actor=add_sue(cast), starts_at=TUESDAY_NINE + timedelta(weeks=1))
    give_credits(cast, 1)
    pause_matching(cast)
    add_holiday(
        school=cast.school, actor=cast.owen, day_on=date(2026, 12, 8), name="Founders' day",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip
    set_rules(cast, requires_credits=True, first_meeting_required=True)
    typed = "kind=regular:50&day_on=2026-11-24&at=09:00"
    pages = {
        f"book/teachers/{cast.tara.pk}/weekly/?kind=regular:50&first=2026-11-24T01:00:00Z": cast.sam,
        f"students/{cast.sam.pk}/propose/weekly/?{typed}": cast.tara,
        f"desk/students/{cast.sam.pk}/book/weekly/?teacher={cast.tara.pk}&{typed}": cast.desi,
    }

    for path, member in pages.items():
        sign_in(client, member.person)
        client.get("/marigold/")
        taken = count_statements(client, f"/marigold/{path}") - FRAME_STATEMENTS

        assert taken <= MOST, (path, taken)
        assert "Taken by somebody else" in text_of(client.get(f"/marigold/{path}").content) or member != cast.sam


def pause_matching(cast: Cast) -> None:
    """Matching pauses for Tara; Sam knows her."""
    with in_school(cast.school.pk):
        warning = FreshnessWarning.objects.create(
            school=cast.school, teacher=cast.tara, number=1, warned_at=NOW - timedelta(days=2),
            broken_since_at=NOW - timedelta(days=3), days_ahead=0, needed_days=14, pause_days=60, grace_hours=24,
            rules_number=1, pauses_at=NOW - timedelta(days=1),
        )  # fmt: skip
        MatchingPause.objects.create(
            school=cast.school, teacher=cast.tara, warning=warning, starts_at=NOW - timedelta(days=1),
            ends_at=NOW + timedelta(days=59), days_ahead=0, rules_number=1,
        )  # fmt: skip


def add_sue(cast: Cast) -> Any:
    with in_school(cast.school.pk):
        return add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")


def address(cast: Cast, page: str = "weekly/") -> str:
    return f"/marigold/book/teachers/{cast.tara.pk}/{page}"


def weeks(client: Client, cast: Cast, **asked: str) -> Any:
    return client.get(address(cast), {"kind": "regular:50", "first": FIRST, **asked})


def press(client: Client, cast: Cast, *ticked: int, count: int = 4, first: datetime = TUESDAY_NINE) -> Any:
    sent = {
        "kind": "regular:50",
        "first": first.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "weeks": str(count),
        "week": [str(week) for week in ticked],
        "request_id": str(uuid.uuid4()),
    }
    return client.post(address(cast), sent)


def list_booked(cast: Cast) -> list[datetime]:
    with in_school(cast.school.pk):
        lessons = Lesson.objects.filter(student=cast.sam, status=LessonStatus.BOOKED)
        return list(lessons.order_by("starts_at").values_list("starts_at", flat=True))


def test_a_student_books_the_weeks_that_are_free_and_undoes_them(sam: Client, cast: Cast) -> None:
    book(cast, actor=add_sue(cast), starts_at=TUESDAY_NINE + timedelta(weeks=1))
    shown = weeks(sam, cast)
    said = text_of(shown.content)
    ticks = [box["value"] for box in BeautifulSoup(shown.content, "html.parser").select("input[name=week]")]

    done = press(sam, cast, 1, 3, 4)

    assert "3 of 4 weeks can be booked" in said
    assert "Week 2: Mon 30 Nov, 20:00 Taken by somebody else" in said
    assert ticks == ["1", "3", "4"]
    assert list_booked(cast) == [TUESDAY_NINE + timedelta(weeks=week) for week in (0, 2, 3)]
    booked = text_of(sam.get(done.headers["Location"]).content)
    assert "Your weekly lessons are booked" in booked
    assert "3 weekly lessons" in booked
    sam.post(done.headers["Location"].replace("booked", "undo"), {"request_id": str(uuid.uuid4())})
    assert list_booked(cast) == []


def test_a_week_lost_meanwhile_is_named_and_nothing_is_booked(sam: Client, cast: Cast) -> None:
    book(cast, actor=add_sue(cast), starts_at=TUESDAY_NINE + timedelta(weeks=1))

    answer = press(sam, cast, 1, 2, 4)

    said = text_of(answer.content)
    ticks = BeautifulSoup(answer.content, "html.parser").select("input[name=week][checked]")
    assert answer.status_code == 409
    assert "Week 2 cannot be booked any more. Nothing was booked." in said
    assert [box["value"] for box in ticks] == ["1", "4"]
    assert list_booked(cast) == []


def test_weekly_lessons_begin_at_the_second_of_two_equal_times_where_it_was_chosen(sam: Client, cast: Cast) -> None:
    open_mornings(cast, ranges=(WallRange(0, 1440),), weekdays=7)
    set_rules(cast, horizon_days=366)

    # New York goes back on 7 November 2027, and shows half past one twice.
    said = text_of(weeks(sam, cast, first="2027-11-07T06:30:00+0000", weeks="2").content)

    assert "Week 1: Sun 7 Nov, 01:30 (GMT\u22125)" in said
    assert "Week 2: Sun 14 Nov, 01:30" in said


def test_each_week_says_what_is_wrong_with_it(sam: Client, cast: Cast) -> None:
    book(cast, starts_at=TUESDAY_NINE + timedelta(weeks=1))

    said = text_of(weeks(sam, cast, until="2027-02-01").content)

    assert "Week 2: Mon 30 Nov, 20:00 You have another lesson then" in said
    assert "Free nearby: Mon 30 Nov, 20:30" not in said
    assert "Farther ahead than can be booked today" in said
    assert "Week 11:" in said
    assert "Week 12:" not in said


def test_a_holiday_and_a_change_of_clocks_are_told(sam: Client, cast: Cast) -> None:
    add_holiday(
        school=cast.school,
        actor=cast.owen,
        day_on=date(2026, 12, 8),
        name="Founders' day",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )
    set_rules(cast, horizon_days=200)
    said = text_of(weeks(sam, cast, weeks="17").content)

    assert "Week 3: Mon 7 Dec, 20:00 Holiday: Founders' day" in said
    # New York goes forward on 14 March 2027; 20:00 there is 8:00 in Manila then, when Tara does not teach.
    assert "Week 17: Mon 15 Mar, 20:00 The teacher does not teach then" in said
    assert "Your clocks have changed since the week before." in said


@pytest.mark.parametrize(
    "asked",
    [{"weeks": "1"}, {"weeks": "53"}, {"weeks": "x"}, {"until": "yesterday"}, {"until": "2026-11-24"}],
)
def test_a_length_that_is_none_is_refused_beside_its_field(sam: Client, cast: Cast, asked: dict[str, str]) -> None:
    answer = weeks(sam, cast, **asked)

    assert answer.status_code == 422
    assert len(BeautifulSoup(answer.content, "html.parser").select(".field.wrong .error")) == 1


@pytest.mark.parametrize("sent", [{}, {"kind": "regular:50"}, {"kind": "regular:x", "first": FIRST}, {"first": "now"}])
def test_without_a_lesson_to_repeat_the_teachers_page_is_next(sam: Client, cast: Cast, sent: dict[str, str]) -> None:
    """Somebody who sends such a form pressed a button; an address like that leads nowhere."""
    assert sam.get(address(cast), sent).status_code == 404
    assert sam.post(address(cast), sent).headers["Location"] == address(cast, "")


def test_no_week_with_a_tick_is_refused(sam: Client, cast: Cast) -> None:
    answer = press(sam, cast)

    assert answer.status_code == 422
    assert "Tick at least one week." in text_of(answer.content)


def test_too_few_credits_are_said_before_and_after(sam: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3)

    before = text_of(weeks(sam, cast).content)
    answer = press(sam, cast, 1, 2, 3, 4)

    assert "Lesson credits for the weeks with a tick: 4. You have: 3." in before
    assert answer.status_code == 409
    assert "This needs 4 lesson credits and there are 3. Nothing was booked." in text_of(answer.content)
    assert list_booked(cast) == []
    assert press(sam, cast, 1, 2, 3).status_code == 302


def test_the_weeks_take_as_many_statements_whatever_is_wrong_with_them(sam: Client, cast: Cast) -> None:
    weeks(sam, cast)
    counts = []
    for start in (TUESDAY_NINE, TUESDAY_NINE + timedelta(hours=5)):
        with CaptureQueriesContext(connection) as asked:
            weeks(sam, cast, first=start.strftime("%Y-%m-%dT%H:%M:%S%z"), weeks="20")
        counts.append(len(asked))

    # The second is outside her mornings each week; the first only from the horizon on.
    assert counts[1] - counts[0] == 1


def test_a_teachers_page_offers_a_first_meeting_until_there_was_one(sam: Client, cast: Cast) -> None:
    before = text_of(sam.get(address(cast, "")).content)
    first = text_of(sam.get(address(cast, ""), {"kind": "meet_your_teacher:25"}).content)
    book(cast)
    after = text_of(sam.get(address(cast, "")).content)

    assert "You have had no lesson with Tara Teaches yet. Start with a first meeting of 25 min." in before
    assert "Every week" in before
    assert "Every week" not in first
    assert "Meet your teacher" not in after


def test_somebody_who_does_not_teach_has_no_page(sam: Client, cast: Cast) -> None:
    for page in ("", "weekly/"):
        assert sam.get(f"/marigold/book/teachers/{cast.desi.pk}/{page}").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "?week=garbage", "?kind=regular:50", "?kind=regular:50&first=garbage", "?kind=x&first={first}"]
)
def test_an_address_that_cannot_be_read_is_answered_as_one_that_does_not_exist(
    sam: Client, cast: Cast, query: str
) -> None:
    asked = sam.get(address(cast) + query.format(first=FIRST))

    assert asked.status_code == 404
    assert asked.content == sam.get("/marigold/book/nowhere/").content


def test_own_credits_are_explained_number_by_number(sam: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3, expires_on=date(2026, 12, 31))
    give_credits(cast, 5)
    book_weekly(cast)

    said = text_of(sam.get("/marigold/book/credits/").content)

    assert "4 lesson credits left" in said
    assert "4 left of 5" in said
    assert "left of 3" not in said
    assert said.count("Used for a lesson: Tara Teaches") == 4
    assert "Given by the school Mon 23 Nov, 01:00 +5 then 8" in said


def test_the_end_of_credits_is_an_instant_of_the_students_clock_on_the_page_and_in_the_message(
    sam: Client, cast: Cast
) -> None:
    set_rules(cast, requires_credits=True)
    grant_credits(
        school=cast.school, actor=cast.desi, student_id=cast.sam.pk, count=3, expires_on=date(2026, 12, 31),
        reason="Invoice 12", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip

    page = text_of(sam.get("/marigold/book/credits/").content)
    messages = text_of(sam.get("/marigold/lessons/messages/").content)

    # The school's day begins in Manila, when it is eleven o'clock the day before in New York.
    words = "Book with them before then; the lesson itself may be later."
    assert f"They expire on 30 December 2026 , 11:00 . {words}" in page
    assert "All times are your time: New York" in page
    assert f"They expire on Wed 30 Dec, 11:00. {words}" in messages


def test_short_credits_are_said_on_the_page_that_confirms(sam: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    kept = sam.post(
        "/marigold/book/",
        {"slot": f"{cast.tara.pk}|{FIRST}", "kind": "regular:50", "request_id": str(uuid.uuid4())},
    )
    book(cast, starts_at=TUESDAY_NINE + timedelta(days=1))

    page = sam.get(kept.headers["Location"])

    assert "You have too few lesson credits to book this. Needed: 1. You have: 0." in text_of(page.content)
    assert "Book this lesson" not in text_of(page.content)


def test_only_a_student_of_the_school_is_answered(cast: Cast) -> None:
    uma = make_member(make_school("larkspur"), make_person("Uma"), [Role.STUDENT])
    wish = SeriesWish(first_on=date(2026, 11, 23), starts_minute=1200, minutes=50, lesson_type="regular", count=4)

    for actor, refusal in ((cast.tara, OwnTeacher), (cast.desi, StudentNotFound), (uma, StudentNotFound)):
        with pytest.raises(refusal):
            preview_series(school=cast.school, actor=actor, teacher_id=cast.tara.pk, wish=wish, door=Door.WEB, now=NOW)
        with pytest.raises(refusal):
            book_weekly(cast, actor=actor)
