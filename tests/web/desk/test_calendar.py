"""The desk's week and its page of one lesson: what each says, where it leads, and how large a busy week may be."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.domain.lessons import desk_cases
from makegood.domain.lessons.models import DeskCase, Lesson, LessonStatus, WaitsFor
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import LONG_AGO, Cast, add_member, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# A Wednesday, two in the afternoon in Manila, where the desk is.
NOW = datetime(2026, 10, 21, 6, 0, tzinfo=UTC)
# What the desk's calendar may weigh, as it leaves the server.
MOST_BYTES = 140 * 1024


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def rows_of(client: Client, query: str = "") -> dict[int, Tag]:
    """The rows of the week by their lesson."""
    page = BeautifulSoup(client.get(f"/marigold/desk/calendar/{query}").content, "html.parser")
    rows = page.select(".agenda tbody tr")
    return {int(str(row.select("a")[0]["href"]).rstrip("/").rpartition("/")[2]): row for row in rows}


def said_in(row: Tag) -> list[str]:
    return [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]


def give_up(cast: Cast, lesson: Lesson, *, is_free: bool) -> None:
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=is_free, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


def ask_for(cast: Cast, *, starts_at: datetime, waits_for: WaitsFor) -> Lesson:
    with in_school(cast.school.pk):
        return Lesson.objects.create(
            school=cast.school, teacher=cast.tara, student=cast.sam, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=50), blocked=(starts_at, starts_at + timedelta(minutes=50)),
            status=LessonStatus.REQUESTED, waits_for=waits_for, held_until=NOW + timedelta(hours=5),
        )  # fmt: skip


def test_each_lesson_says_start_and_end_kind_teacher_student_and_state(desk: Client, cast: Cast) -> None:
    lesson = book(cast, starts_at=NOW + timedelta(hours=2))
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=lesson.pk).update(title="Business English", version=lesson.version + 1)

    row = rows_of(desk)[lesson.pk]

    assert said_in(row) == ["16:00 to 16:50", "Tara Teaches", "Sam Studies", "Business English", "Booked"]


def test_a_late_cancellation_does_not_look_like_a_free_one(desk: Client, cast: Cast) -> None:
    late = book(cast, starts_at=NOW + timedelta(hours=2))
    in_time = book(cast, starts_at=NOW + timedelta(hours=30))
    off = book(cast, starts_at=NOW + timedelta(hours=6))
    give_up(cast, late, is_free=False)
    give_up(cast, in_time, is_free=True)
    report(cast, off, now=NOW)

    rows = rows_of(desk)

    assert said_in(rows[late.pk])[-1] == "Cancelled late by the student: used"
    assert said_in(rows[in_time.pk])[-1] == "Cancelled in time: free"
    assert said_in(rows[off.pk])[-1] == "Could not be taught"
    tones = [rows[lesson.pk].select(".how .tag")[0]["class"] for lesson in (late, in_time, off)]
    assert tones == [["tag", "tag-amber"], ["tag"], ["tag", "tag-red"]]


def test_what_waits_leads_to_where_it_is_answered(desk: Client, cast: Cast) -> None:
    of_school = ask_for(cast, starts_at=NOW + timedelta(hours=10), waits_for=WaitsFor.SCHOOL)
    of_student = ask_for(cast, starts_at=NOW + timedelta(hours=12), waits_for=WaitsFor.STUDENT)
    broken = book(cast, starts_at=NOW - timedelta(hours=3))
    with in_school(cast.school.pk):
        case = desk_cases.open_case(lesson=broken, kind=DeskCase.Kind.PROBLEM, opened_by_id=None, now=NOW)

    rows = rows_of(desk)
    doors = {lesson.pk: [str(link["href"]) for link in rows[lesson.pk].select(".how a")] for lesson in (
        of_school, of_student, broken
    )}  # fmt: skip

    assert doors == {
        of_school.pk: [f"/marigold/desk/approvals/#lesson-{of_school.pk}"],
        of_student.pk: [],
        broken.pk: [f"/marigold/desk/requests/{case.pk}/"],
    }
    assert f'id="lesson-{of_school.pk}"' in desk.get("/marigold/desk/approvals/").content.decode()
    assert "Waits for the student" in said_in(rows[of_student.pk])[-1]
    assert "Nothing on record yet" in said_in(rows[broken.pk])[-1]
    assert "2 wait for you" not in text_of(desk.get("/marigold/desk/calendar/").content)


def test_a_lesson_leads_to_its_page_with_what_happened_and_whom_to_reach(desk: Client, cast: Cast) -> None:
    lesson = book(cast, starts_at=NOW + timedelta(hours=2))
    give_up(cast, lesson, is_free=False)

    link = rows_of(desk)[lesson.pk].select("a")[0]
    said = text_of(desk.get(str(link["href"])).content)

    for words in (
        "Tara Teaches with Sam Studies", "Today, Wednesday 21 October , 16:00 to 16:50", "Manila (GMT+8)",
        "Student's time: 04:00 to 04:50 , New York", "Cancelled late by the student: used", "sam@marigold.example",
        "Cancelled by the student after the free time. The lesson is used and the teacher is paid.",
        "Wed 21 Oct, 14:00 ( Sam Studies )",
    ):  # fmt: skip
        assert words in said


def test_the_week_is_filtered_by_state_and_by_kind(desk: Client, cast: Cast) -> None:
    first, kept, off = (book(cast, starts_at=NOW + timedelta(hours=hours)) for hours in (26, 30, 34))
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=first.pk).update(lesson_type="meet_your_teacher", version=first.version + 1)
    give_up(cast, off, is_free=True)

    assert set(rows_of(desk)) == {first.pk, kept.pk, off.pk}
    assert set(rows_of(desk, "?status=cancelled")) == {off.pk}
    assert set(rows_of(desk, "?status=booked")) == {first.pk, kept.pk}
    assert set(rows_of(desk, "?kind=meet_your_teacher")) == {first.pk}
    assert set(rows_of(desk, "?kind=regular&status=booked")) == {kept.pk}
    # What is no state is not filtered by.
    assert set(rows_of(desk, "?status=lost")) == {first.pk, kept.pk, off.pk}


def test_the_week_is_filtered_by_teacher_alone_and_with_the_other_filters(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        toni = add_member(cast.school, code="toni", name="Toni Teaches", role=Role.TEACHER, zone="Asia/Manila")
        ida = add_member(cast.school, code="ida", name="Ida Learns", role=Role.STUDENT, zone="Asia/Manila")
    hers, off = (book(cast, starts_at=NOW + timedelta(hours=hours)) for hours in (26, 30))
    his, idas = (book(cast, starts_at=NOW + timedelta(hours=hours)) for hours in (34, 38))
    give_up(cast, off, is_free=True)
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk__in=(his.pk, idas.pk)).update(teacher=toni, version=his.version + 1)
        Lesson.objects.filter(pk=idas.pk).update(student=ida, lesson_type="meet_your_teacher", version=idas.version + 2)

    assert set(rows_of(desk, f"?teacher={cast.tara.pk}")) == {hers.pk, off.pk}
    assert set(rows_of(desk, f"?teacher={toni.pk}")) == {his.pk, idas.pk}
    assert set(rows_of(desk, f"?teacher={cast.tara.pk}&status=cancelled")) == {off.pk}
    assert set(rows_of(desk, f"?teacher={toni.pk}&student=ida")) == {idas.pk}
    everything = "&student=ida&status=booked&kind=meet_your_teacher&day=2026-10-21"
    assert set(rows_of(desk, f"?teacher={toni.pk}{everything}")) == {idas.pk}
    # Each filter narrows what the others leave.
    assert rows_of(desk, f"?teacher={cast.tara.pk}{everything}") == {}
    page = BeautifulSoup(desk.get(f"/marigold/desk/calendar/?teacher={toni.pk}").content, "html.parser")
    assert [one.get_text() for one in page.select("#cal-teacher option[selected]")] == ["Toni Teaches"]
    assert not page.select(".note")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("teacher=Tara", "Teacher"),
        (f"teacher={2**70}&status=lost", "Teacher, State"),
        ("day=tomorrow&teacher=0", "Day, Teacher"),
        ("day=9000-01-01", "Day"),
        (f"student={'a' * 81}&kind={'b' * 41}", "Student, Kind of lesson"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_and_goes_no_further(
    desk: Client, cast: Cast, query: str, names: str
) -> None:
    lesson = book(cast, starts_at=NOW + timedelta(hours=26))

    page = BeautifulSoup(desk.get(f"/marigold/desk/calendar/?{query}").content, "html.parser")

    (note,) = page.select("main .note[role=status]")
    assert " ".join(note.get_text().split()) == f"This could not be read, so nothing was filtered by it: {names}."
    assert set(rows_of(desk, f"?{query}")) == {lesson.pk}
    weeks = [str(link["href"]) for link in page.select("nav.row a[href^='?']")]
    assert weeks == ["?day=2026-10-12&", "?", "?day=2026-10-26&"]


def fill_a_week(cast: Cast, *, teachers: int, lessons_each: int) -> None:
    """So many teachers, each with a student and so many lessons from Monday on."""
    monday = datetime(2026, 10, 18, 16, tzinfo=UTC)
    pairs: list[tuple[Membership, Membership]] = []
    for number in range(teachers):
        names = {Role.TEACHER: f"Teacher Number {number}", Role.STUDENT: f"Student Number {number}"}
        pair = [
            add_member(cast.school, code=f"{role}{number}", name=name, role=role, zone="Asia/Manila")
            for role, name in names.items()
        ]
        pairs.append((pair[0], pair[1]))
    starts = [monday + timedelta(days=number % 7, hours=8 + number // 7) for number in range(lessons_each)]
    Lesson.objects.bulk_create(
        Lesson(
            school=cast.school, teacher=teacher, student=student, starts_at=start,
            ends_at=start + timedelta(minutes=50), blocked=(start, start + timedelta(minutes=50)),
            title="Business English B2", booked_at=LONG_AGO,
        )
        for teacher, student in pairs
        for start in starts
    )  # fmt: skip


def test_a_week_of_forty_teachers_keeps_its_budget_and_its_statements(desk: Client, cast: Cast) -> None:
    def look() -> tuple[int, bytes]:
        with CaptureQueriesContext(connection) as found:
            answer = desk.get("/marigold/desk/calendar/")
        return len(found), answer.content

    book(cast, starts_at=NOW + timedelta(hours=2))
    look()
    of_one, _page = look()
    with in_school(cast.school.pk):
        fill_a_week(cast, teachers=40, lessons_each=25)

    of_all, page = look()

    assert of_all == of_one
    said = text_of(page)
    assert said.count("Business English B2") == 160
    assert "Monday 19 October 160 sessions" in said
    assert len(page) <= MOST_BYTES


def test_a_busy_week_has_one_open_day_and_leads_to_the_others(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        fill_a_week(cast, teachers=3, lessons_each=14)

    def days(query: str = "") -> tuple[list[str], list[str]]:
        page = BeautifulSoup(desk.get(f"/marigold/desk/calendar/{query}").content, "html.parser")
        return [str(day["id"]) for day in page.select("h2.day")], [str(day["href"]) for day in page.select("h2 a.day")]

    opened, others = days()
    assert (opened, len(others)) == (["2026-10-21"], 6)
    assert others[1] == "?&day=2026-10-20#2026-10-20"
    assert days("?day=2026-10-20")[0] == ["2026-10-20"]
    of_one_student = days("?student=Number+1")
    assert (len(of_one_student[0]), of_one_student[1]) == (7, [])


def test_a_busy_day_is_folded_and_opens_what_comes_next_and_then_what_lacks_a_record(
    desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with in_school(cast.school.pk):
        fill_a_week(cast, teachers=22, lessons_each=21)
        Lesson.objects.filter(starts_at__lt=NOW).exclude(teacher__code="teacher0").update(
            status=LessonStatus.TAUGHT, version=2
        )
        book(cast, starts_at=NOW + timedelta(hours=6))

    page = BeautifulSoup(desk.get("/marigold/desk/calendar/").content, "html.parser")

    parts = {
        part.select("h3")[0].get_text(): (part.has_attr("open"), [said_in(row) for row in part.select("tbody tr")])
        for part in page.select(".agenda details:has(table)")
    }
    # Each teacher taught three from eight to eleven in the morning; it is two in the afternoon. The next is at eight.
    assert [(name, is_open, len(rows)) for name, (is_open, rows) in parts.items()] == [
        ("Over", False, 21 * 3),
        ("Morning", False, 3),
        ("Evening", True, 1),
    ]
    assert [row[1:2] + row[4:] for row in parts["Morning"][1]] == [["Teacher Number 0", "Nothing on record yet"]] * 3
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=8))
    opened = [part for part in folded(desk) if part[1]]
    assert opened == [("Morning", True, "3 sessions")]


def test_two_sessions_at_a_time_that_comes_twice_are_two_rows_that_say_which(desk: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.desi.person_id).update(zone="Europe/Berlin")
    for hour in (1, 0):
        book(cast, starts_at=datetime(2026, 10, 25, hour, tzinfo=UTC), minutes=30)

    assert [said_in(row)[0] for row in rows_of(desk).values()] == [
        "02:00 (GMT+2) to 02:30 (GMT+2)",
        "02:00 (GMT+1) to 02:30 (GMT+1)",
    ]


def folded(desk: Client, query: str = "") -> list[tuple[str, bool, str]]:
    """What is folded in the week: its name, whether it is open, and how much is in it."""
    page = BeautifulSoup(desk.get(f"/marigold/desk/calendar/{query}").content, "html.parser")
    return [
        (
            part.select("summary :is(h2, h3)")[0].get_text(),
            part.has_attr("open"),
            " ".join(part.select("summary > .muted")[0].get_text().split()),
        )
        for part in page.select(".agenda details")
    ]


def test_a_busy_day_opens_what_holds_now_whatever_of_the_morning_waits_for_the_desk(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        fill_a_week(cast, teachers=22, lessons_each=21)
        Lesson.objects.filter(starts_at__lt=NOW).update(status=LessonStatus.TAUGHT, version=2)
        (old, *_others) = Lesson.objects.filter(starts_at__gte=NOW - timedelta(hours=7), starts_at__lt=NOW)
        desk_cases.open_case(lesson=old, kind=DeskCase.Kind.PROBLEM, opened_by_id=None, now=NOW)
    book(cast, starts_at=NOW - timedelta(minutes=20))
    book(cast, starts_at=NOW + timedelta(hours=6))

    assert [one for one in folded(desk) if one[0] != "Earlier this week"] == [
        ("Over", False, "65 sessions"),
        ("Morning", False, "1 waits for you 1 session"),
        ("Afternoon", True, "1 session"),
        ("Evening", False, "1 session"),
    ]


def test_the_past_days_of_a_busy_week_are_folded_above_what_comes(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        fill_a_week(cast, teachers=3, lessons_each=14)

    assert folded(desk) == [("Earlier this week", False, "12 sessions")]
    # Whoever asks for one of them sees it, and a week that is not this one is shown whole.
    assert folded(desk, "?day=2026-10-20") == []
    assert folded(desk, "?day=2026-10-12") == []
    assert folded(desk, "?student=Number+1") == []
