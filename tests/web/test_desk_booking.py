"""The desk books for somebody, explains lesson credits, gives some, and brings a file in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Person, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.web.parts.case_lists import PAGE_SIZE
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    add_founders_day,
    book,
    count_credits,
    give_credits,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

WITH_MESSAGES = ("recipient__person", "school")
HEAD = "student,credits,expires_on,external_id\n"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.desi.person)
    return client


def book_at_desk(client: Client, cast: Cast, **changes: str) -> Any:
    sent = {
        "teacher": str(cast.tara.pk), "kind": "regular:50", "day_on": "2026-11-24", "at": "09:00",
        "reason": "Asked by phone", "request_id": str(uuid.uuid4()),
    }  # fmt: skip
    return client.post(f"/marigold/desk/students/{cast.sam.pk}/book/", sent | changes)


def upload(client: Client, text: str | bytes) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return client.post("/marigold/desk/students/credits/", {"file": SimpleUploadedFile("credits.csv", content)})


def test_the_desk_books_with_a_reason_and_without_approval(desk: Client, cast: Cast) -> None:
    set_rules(cast, needs_approval=True)

    booked = book_at_desk(desk, cast)

    with in_school(cast.school.pk):
        lesson = Lesson.objects.get()
        told = [render(one).body for one in Message.objects.filter(channel="in_app").select_related(*WITH_MESSAGES)]
    assert (lesson.status, lesson.starts_at) == (LessonStatus.BOOKED, TUESDAY_NINE)
    assert ["The reason given: Asked by phone" in body for body in told] == [True, True]
    page = text_of(desk.get(booked.headers["Location"]).content)
    assert "Tara Teaches with Sam Studies" in page
    assert "The session is booked, and both sides are told." in page


@pytest.mark.parametrize("page", ["", "weekly/"])
def test_nobody_is_offered_to_leave_the_rules_aside_for_themselves(desk: Client, cast: Cast, page: str) -> None:
    own = at_the_desk(cast.sam)
    address = f"/marigold/desk/students/{cast.sam.pk}/book/{page}"

    content = own.get(address).content
    said, of_others = text_of(content), text_of(desk.get(address).content)

    assert BeautifulSoup(content, "html.parser").select("main input[type=checkbox]") == []
    assert "You book this for yourself" in said
    assert "You book this for yourself" not in of_others
    # A form that was sent all the same is answered as if nothing was ticked.
    assert book_at_desk(own, cast, at="05:00", any_time="on", any_notice="on").status_code == 422
    assert book_at_desk(desk, cast, at="05:00", any_time="on", any_notice="on").status_code == 302


@pytest.mark.parametrize("page", ["", "weekly/"])
def test_a_teacher_at_the_desk_is_not_offered_to_book_their_own_student(cast: Cast, page: str) -> None:
    own = at_the_desk(cast.tara)

    form = BeautifulSoup(own.get(f"/marigold/desk/students/{cast.sam.pk}/book/{page}").content, "html.parser")
    sent = book_at_desk(own, cast)

    assert [option.text for option in form.select("select[name=teacher] option")][1:] == ["Tom Teaches"]
    assert sent.status_code == 422
    assert "Choose a teacher from the list." in text_of(sent.content)


def at_the_desk(member: Membership) -> Client:
    """Somebody who also is at the desk, signed in."""
    with in_school(member.school_id):
        RoleGrant.objects.create(
            school_id=member.school_id, membership=member, role=Role.DESK, granted_at=member.joined_at
        )
    client = Client()
    sign_in(client, member.person)
    return client


def test_who_books_for_themselves_is_told_that_it_waits(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    own = at_the_desk(cast.sam)

    form = text_of(own.get(f"/marigold/desk/students/{cast.sam.pk}/book/").content)
    asked = book_at_desk(own, cast, day_on="2026-11-23", at="20:00")

    assert "It is booked at once" not in form
    assert "so it has to be approved like any booking of a student" in form
    assert "The session is asked for. Somebody at the desk approves it under “Approvals”." in text_of(
        own.get(asked.headers["Location"]).content
    )


def test_the_desk_undoes_its_own_booking_from_the_page_it_lands_on(
    desk: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 2)
    kept = book_at_desk(desk, cast).headers["Location"]
    page = book_at_desk(desk, cast, at="10:00").headers["Location"]
    said = text_of(desk.get(page).content)
    desk.post(f"{page}undo/", {"request_id": str(uuid.uuid4())})
    undone = text_of(desk.get(page).content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=6))

    assert "Until 14:05 you can undo the booking. The lesson credits come back, and both sides are told." in said
    assert "The booking is undone, and both sides are told." in undone
    assert "Undo this booking" not in undone
    assert count_credits(cast) == 1
    assert "Undo this booking" not in text_of(desk.get(kept).content)
    assert desk.post(f"{kept}undo/", {"request_id": str(uuid.uuid4())}).status_code == 409


def test_a_booking_of_somebody_else_has_no_undo_at_the_desk(desk: Client, cast: Cast) -> None:
    lesson_id = book(cast).lesson_id
    address = f"/marigold/desk/calendar/sessions/{lesson_id}/"

    assert "Undo this booking" not in text_of(desk.get(address).content)
    assert desk.post(f"{address}undo/", {"request_id": str(uuid.uuid4())}).status_code == 409
    with in_school(cast.school.pk):
        assert Lesson.objects.get().status == LessonStatus.BOOKED


def test_rules_are_left_aside_only_when_that_is_ticked(desk: Client, cast: Cast) -> None:
    refused = book_at_desk(desk, cast, at="21:00")
    booked = book_at_desk(desk, cast, at="21:00", any_time="on")

    assert refused.status_code == 422
    assert "The teacher does not teach at this time." in text_of(refused.content)
    assert "The nearest free times" in text_of(refused.content)
    assert booked.status_code == 302


def test_the_tick_names_the_holidays_that_it_is_for(desk: Client, cast: Cast) -> None:
    add_founders_day(cast, TUESDAY_NINE.date())

    refused = book_at_desk(desk, cast)

    assert refused.status_code == 422
    assert "Also outside the teacher's open times or on a holiday of the school" in text_of(refused.content)
    assert book_at_desk(desk, cast, any_time="on").status_code == 302


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "Say why the desk books this."),
        ({"teacher": ""}, "Choose a teacher from the list."),
        ({"at": "09:30"}, "There is another lesson of the student at this time."),
        ({"at": "10:00"}, "This needs 1 lesson credits and there are 0."),
    ],
)
def test_what_cannot_be_booked_is_said(desk: Client, cast: Cast, changes: dict[str, str], said: str) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 1)
    book(cast)

    answer = book_at_desk(desk, cast, **changes)

    assert answer.status_code == 422
    assert said in text_of(answer.content)


def test_the_teacher_is_carried_from_the_calendar_to_the_form(desk: Client, cast: Cast) -> None:
    listed = desk.get("/marigold/desk/students/", {"teacher": cast.tara.pk})
    link = next(str(one["href"]) for one in BeautifulSoup(listed.content, "html.parser").select("td a.btn"))
    form = BeautifulSoup(desk.get(link).content, "html.parser")

    chosen = form.select_one("select[name=teacher] option[selected]")
    assert chosen is not None
    assert chosen.get_text() == "Tara Teaches"


def test_students_are_found_by_name_with_their_credits(desk: Client, cast: Cast) -> None:
    give_credits(cast, 7)

    found = text_of(desk.get("/marigold/desk/students/", {"search": "sam"}).content)
    nobody = text_of(desk.get("/marigold/desk/students/", {"search": "nobody at all"}).content)

    assert "Sam Studies sam 7 lesson credits of Sam Studies" in found
    assert "Nobody was found." in nobody


def test_students_come_in_pages_with_their_number(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        for number in range(PAGE_SIZE + 4):
            add_member(cast.school, code=f"p{number}", name=f"Page {number:02}", role=Role.STUDENT, zone="Asia/Manila")

    def names(**asked: object) -> tuple[list[str], str]:
        page = BeautifulSoup(desk.get("/marigold/desk/students/", asked).content, "html.parser")
        pages = page.select_one("nav.pages p")
        said = " ".join(pages.get_text().split()) if pages is not None else ""
        return [name.get_text() for name in page.select("tbody th")], said

    first, second, beyond = names(), names(page=2), names(page=9)

    assert (len(first[0]), first[1]) == (25, "1 to 25 of 30")
    assert second == ([*(f"Page {number}" for number in range(25, 29)), "Sam Studies"], "26 to 30 of 30")
    assert beyond == second
    assert names(search="page 07") == (["Page 07"], "")


def test_credits_are_given_and_every_number_is_explained(desk: Client, cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    address = f"/marigold/desk/students/{cast.sam.pk}/credits/"
    before = text_of(desk.get(address).content)
    sent = {"count": "10", "expires_on": "2027-06-30", "reason": "Invoice 12", "request_id": str(uuid.uuid4())}
    desk.post(address, sent)
    desk.post(address, sent)
    book(cast, now=NOW + timedelta(minutes=1))

    said = text_of(desk.get(address).content)

    assert "There have been no lesson credits yet." in before
    assert "9 lesson credits left 9 left of 10" in said
    assert "They expire on 30 June 2027 , 00:00 . Book with them before then" in said
    assert "Given by the school: Invoice 12 Mon 23 Nov, 14:00 Desi Desk Take back of these 10 +10 then 10" in said
    assert "Used for a lesson: Tara Teaches , Tue 24 Nov, 09:00 Mon 23 Nov, 14:01 −1 then 9" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"count": "0"}, "Type a whole number from 1 to 1000."),
        ({"count": "1.5"}, "Type a whole number from 1 to 1000."),
        ({"expires_on": "2026-11-23"}, "Give 1 to 1000 credits that expire after today, or never."),
        ({"reason": ""}, "Say why they are given."),
    ],
)
def test_credits_that_make_no_sense_are_refused(desk: Client, cast: Cast, changes: dict[str, str], said: str) -> None:
    sent = {"count": "10", "reason": "Invoice 12", "request_id": str(uuid.uuid4())}

    answer = desk.post(f"/marigold/desk/students/{cast.sam.pk}/credits/", sent | changes)

    assert answer.status_code == 422
    assert said in text_of(answer.content)
    assert count_credits(cast) == 0


def test_a_file_is_checked_first_and_imported_once(desk: Client, cast: Cast) -> None:
    text = f"{HEAD}sam,10,2027-06-30,order-1\nsam,5,,order-2\n"
    plan = upload(desk, text)
    before = count_credits(cast)
    kept = BeautifulSoup(plan.content, "html.parser").select_one("input[name=text]")
    assert kept is not None

    for _again in range(2):
        desk.post("/marigold/desk/students/credits/", {"text": str(kept["value"])})

    assert "What this file would do" in text_of(plan.content)
    assert (before, count_credits(cast)) == (0, 15)
    assert "Everything in this file is known already" in text_of(upload(desk, text).content)


def test_every_problem_of_a_file_is_named_with_line_and_column(desk: Client, cast: Cast) -> None:
    text = f"{HEAD}sam,10,,order-1\nnobody,1,,order-2\nsam,x,,order-3\nsam,1,soon,order-4\n"
    page = text_of(upload(desk, text).content)
    forced = desk.post("/marigold/desk/students/credits/", {"text": text})

    for words in ("3 problems", "Line 3 student", "Line 4 credits", "Line 5 expires_on"):
        assert words in page
    assert "Import the file" not in page
    assert forced.status_code == 409
    assert count_credits(cast) == 0


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"x" * 1_700_000])
def test_a_file_that_is_none_is_refused_beside_its_field(desk: Client, cast: Cast, content: bytes) -> None:
    answer = upload(desk, content)

    assert answer.status_code == 422
    assert len(BeautifulSoup(answer.content, "html.parser").select(".field.wrong .error")) == 1


def test_text_that_cannot_be_kept_starts_over(desk: Client, cast: Cast) -> None:
    assert desk.post("/marigold/desk/students/credits/", {"text": "\0"}).status_code == 302


@pytest.mark.parametrize(
    ("at", "said"), [("02:15", "This time does not exist on that day"), ("02:30:45", "Type a time")]
)
def test_a_time_that_no_clock_shows_is_not_booked(desk: Client, cast: Cast, at: str, said: str) -> None:
    # The desk's clock goes forward in that night.
    Person.objects.filter(pk=cast.desi.person_id).update(zone="Europe/Berlin")

    answer = book_at_desk(desk, cast, day_on="2027-03-28", at=at, any_time="on", any_notice="on")

    assert answer.status_code == 422
    assert said in text_of(answer.content)
    with in_school(cast.school.pk):
        assert not Lesson.objects.exists()


def test_of_a_time_that_comes_twice_the_desk_chooses_one(desk: Client, cast: Cast) -> None:
    # The desk's clock goes back in that night, from 03:00 to 02:00.
    Person.objects.filter(pk=cast.desi.person_id).update(zone="Europe/Berlin")
    Person.objects.filter(pk=cast.tara.person_id).update(zone="Europe/Madrid")
    night = {"day_on": "2027-10-31", "at": "02:30", "any_time": "on", "any_notice": "on"}
    first, second = (datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1))

    refused = book_at_desk(desk, cast, **night)
    stale = book_at_desk(desk, cast, **night, which="2027-10-31T00:45:00+0000")
    offered = BeautifulSoup(refused.content, "html.parser").select("input[type=radio][name=which]")
    choices = [str(one["value"]) for one in offered]
    not_twice = book_at_desk(desk, cast, **night | {"at": "04:30"}, which=choices[0])
    for choice in choices:
        book_at_desk(desk, cast, **night, which=choice)

    assert [refused.status_code, stale.status_code, not_twice.status_code] == [422, 422, 302]
    assert "this time comes twice. Nothing was booked." in text_of(refused.content)
    assert "Which of the two times" in text_of(refused.content)
    assert [text_of(str(one.find_parent("label")).encode()) for one in offered] == [
        "Sun 31 Oct, 02:30 (GMT+2)",
        "Sun 31 Oct, 02:30 (GMT+1)",
    ]
    with in_school(cast.school.pk):
        starts = list(Lesson.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [first, second, second + timedelta(hours=2)]
    shown = text_of(desk.get(f"/marigold/desk/students/{cast.sam.pk}/").content)
    assert "Teacher's time: 02:30 (GMT+2) to 02:20 (GMT+1) , Madrid" in shown
    assert "Sun 31 Oct, 02:30 (GMT+1) Tara Teaches Lesson Teacher's time: 02:30 (GMT+1) to 03:20 , Madrid" in shown
    assert "Sun 31 Oct, 04:30 Tara Teaches Lesson Teacher's time: 04:30 to 05:20 , Madrid" in shown


def test_a_choice_stays_when_something_else_is_refused(desk: Client, cast: Cast) -> None:
    Person.objects.filter(pk=cast.desi.person_id).update(zone="Europe/Berlin")

    answer = book_at_desk(
        desk, cast, day_on="2027-10-31", at="02:30", any_notice="on", which="2027-10-31T01:30:00+0000"
    )

    assert "The teacher does not teach at this time." in text_of(answer.content)
    (chosen,) = BeautifulSoup(answer.content, "html.parser").select("input[name=which][checked]")
    assert chosen["value"] == "2027-10-31T01:30:00+0000"


def test_a_teacher_who_learns_is_not_booked_with_themselves(desk: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.tara, role=Role.STUDENT, granted_at=NOW)
    path = f"/marigold/desk/students/{cast.tara.pk}/book/"
    sent = {
        "teacher": str(cast.tara.pk), "kind": "regular:50", "day_on": "2026-11-24", "at": "09:00", "reason": "Phone",
        "request_id": str(uuid.uuid4()),
    }  # fmt: skip

    offered = [str(one["value"]) for one in BeautifulSoup(desk.get(path).content, "html.parser").select("option")]
    refused = desk.post(path, sent)

    assert str(cast.tom.pk) in offered
    assert str(cast.tara.pk) not in offered
    assert (refused.status_code, "Choose a teacher from the list." in text_of(refused.content)) == (422, True)
