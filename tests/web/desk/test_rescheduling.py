"""Rescheduling holds what somebody still owes its student another time for, in words for whoever reads it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.record_incident import record_incident
from makegood.actions.undo_booking import undo_booking
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.lessons.other_times import OtherTimeStands
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.presets import list_presets, load_preset
from makegood.rules.facts import Kind, RequestedBy
from tests.cast import Cast, add_member, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 21, 6, 0, tzinfo=UTC)


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def references_in(client: Client, path: str = "/marigold/desk/") -> list[str]:
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return [" ".join(row.get_text().split()) for row in page.select("[data-row] .ref")]


def record(cast: Cast, *, hours: int, kind: Kind, requested_by: RequestedBy) -> str:
    """What the desk learned by phone of a lesson that many hours from now; its reference."""
    learned = LearnedFacts(
        kind=kind, requested_by=requested_by, reported_at=NOW, taught_minutes=0, reason="", note="", reported_by_id=None
    )
    lesson = book(cast, starts_at=NOW + timedelta(hours=hours))
    recorded = record_incident(
        school=cast.school, actor=cast.desi, lesson_id=lesson.pk, learned=learned, request_id=uuid.uuid4(),
        door=Door.PHONE, now=NOW,
    )  # fmt: skip
    return recorded.incident.reference


def test_what_a_student_cancelled_or_missed_needs_no_other_time(desk: Client, cast: Cast) -> None:
    for hours, is_free in ((2, False), (30, True)):
        lesson = book(cast, starts_at=NOW + timedelta(hours=hours))
        cancel_by_student(
            school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=is_free, note="",
            request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
        )  # fmt: skip
    record(cast, hours=-3, kind=Kind.NO_SHOW, requested_by=RequestedBy.STUDENT)
    record(cast, hours=-5, kind=Kind.CUT_SHORT, requested_by=RequestedBy.STUDENT)

    assert references_in(desk) == []
    assert "no session to come needs another time" in text_of(desk.get("/marigold/desk/").content)


def test_what_the_teacher_the_school_or_the_website_kept_from_the_student_stands_there(
    desk: Client, cast: Cast
) -> None:
    off = report(cast, book(cast, starts_at=NOW + timedelta(hours=6)), now=NOW).reference
    by_school = record(cast, hours=8, kind=Kind.CANCELLED, requested_by=RequestedBy.COMPANY)
    by_website = record(cast, hours=-3, kind=Kind.NO_SHOW, requested_by=RequestedBy.PLATFORM)
    cut_short = record(cast, hours=-5, kind=Kind.CUT_SHORT, requested_by=RequestedBy.TEACHER)

    assert references_in(desk) == [off, by_school, by_website, cut_short]
    assert "Should have started" not in text_of(desk.get("/marigold/desk/").content)


def test_the_teacher_reads_an_own_reason_and_everybody_else_one_about_the_teacher(desk: Client, cast: Cast) -> None:
    lesson = book(cast, starts_at=NOW + timedelta(hours=6))
    reference = report(cast, lesson, now=NOW, reason="internet_outage").reference
    with in_school(cast.school.pk):
        olga = add_member(cast.school, code="olga", name="Olga Support", role=Role.SUPPORT, zone="Asia/Manila")
    own, others = "Your internet is down", "Internet outage at the teacher's place"
    pages = {
        cast.tara: f"/marigold/cases/{reference}/",
        cast.desi: f"/marigold/desk/cases/{reference}/",
        cast.rhea: f"/marigold/disputes/{reference}/",
        cast.owen: f"/marigold/owner/cases/{reference}/",
    }
    said = {}
    for member, path in pages.items():
        client = Client()
        sign_in(client, member.person)
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = text_of(answer.content)
        said[member.code] = (own in page, others in page)
    support = Client()
    sign_in(support, olga.person)

    assert said == {"tara": (True, False), "desi": (False, True), "rhea": (False, True), "owen": (False, True)}
    for page in (desk.get("/marigold/desk/"), support.get("/marigold/support/")):
        assert (own in text_of(page.content), others in text_of(page.content)) == (False, True)


def book_in_place(client: Client, link: str, **changes: str) -> Any:
    """Send the form as the link fills it in, for tomorrow at nine in Manila."""
    form = BeautifulSoup(client.get(link).content, "html.parser").select_one("form[method=post]:has([name=kind])")
    assert form is not None
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}
    sent |= {str(one["name"]): str(one.select_one("option[selected]")["value"]) for one in form.select("select")}
    more = {"day_on": "2026-10-22", "at": "09:00", "reason": "By phone", "any_time": "on", "any_notice": "on"}
    return client.post(link, sent | more | changes)


def link_in(client: Client, path: str) -> str | None:
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return next((str(a["href"]) for a in page.select("main a") if "Book another time" in a.get_text()), None)


def test_another_time_is_booked_from_the_list_with_everything_filled_in(desk: Client, cast: Cast) -> None:
    off = book(cast, starts_at=NOW + timedelta(hours=6), minutes=25)
    reference = report(cast, off, now=NOW).reference
    page = f"/marigold/desk/calendar/sessions/{off.pk}/"
    link = link_in(desk, "/marigold/desk/")
    assert link is not None
    assert link == link_in(desk, page)
    shown = text_of(desk.get(link).content)

    booked = book_in_place(desk, link)

    with in_school(cast.school.pk):
        other = Lesson.objects.exclude(pk=off.pk).get()
    assert "In place of this session Wed 21 Oct, 20:00 with Tara Teaches" in shown
    assert (booked.status_code, booked["Location"]) == (302, f"/marigold/desk/calendar/sessions/{other.pk}/")
    assert (other.teacher_id, other.student_id, other.minutes) == (cast.tara.pk, cast.sam.pk, 25)
    assert references_in(desk) == []
    assert link_in(desk, page) is None
    for of_lesson in (page, f"/marigold/desk/cases/{reference}/"):
        assert "Another time was booked for it: Thu 22 Oct, 09:00" in text_of(desk.get(of_lesson).content)
    assert "Another time is booked: Thu 22 Oct, 09:00" in text_of(desk.get(page).content)


def test_a_session_in_whose_place_another_was_booked_does_not_come_back(desk: Client, cast: Cast) -> None:
    """Its teacher takes the report back within the undo minutes, but the desk was quicker."""
    off = book(cast, starts_at=NOW + timedelta(hours=6))
    reference = report(cast, off, now=NOW).reference
    link = link_in(desk, "/marigold/desk/")
    assert link is not None
    book_in_place(desk, link)
    with in_school(cast.school.pk):
        other = Lesson.objects.exclude(pk=off.pk).get()

    with pytest.raises(OtherTimeStands):
        withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=NOW)
    undo_booking(
        school=cast.school, actor=cast.desi, lesson_id=other.pk, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
    )
    withdraw_incident(school=cast.school, actor=cast.tara, reference=reference, door=Door.WEB, now=NOW)

    with in_school(cast.school.pk):
        off.refresh_from_db()
    assert off.status == LessonStatus.BOOKED


def test_a_second_time_for_the_same_session_is_refused_until_the_first_is_undone(desk: Client, cast: Cast) -> None:
    report(cast, book(cast, starts_at=NOW + timedelta(hours=6)), now=NOW)
    link = link_in(desk, "/marigold/desk/")
    assert link is not None
    book_in_place(desk, link)

    again = book_in_place(desk, link, at="11:00")
    with in_school(cast.school.pk):
        other = Lesson.objects.get(status=LessonStatus.BOOKED)
    undo_booking(
        school=cast.school, actor=cast.desi, lesson_id=other.pk, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
    )

    assert again.status_code == 422
    assert "This session needs no other time any more" in text_of(again.content)
    assert link_in(desk, "/marigold/desk/") == link


def test_no_other_time_is_offered_where_none_is_needed(desk: Client, cast: Cast) -> None:
    stands = book(cast, starts_at=NOW + timedelta(hours=6))
    used = book(cast, starts_at=NOW + timedelta(hours=2))
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=used.pk, shown_as_free=False, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
    off = report(cast, book(cast, starts_at=NOW + timedelta(hours=9)), now=NOW).lesson_id
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(membership=cast.sam).update(ended_at=NOW)

    for lesson_id in (stands.pk, used.pk, off):
        assert link_in(desk, f"/marigold/desk/calendar/sessions/{lesson_id}/") is None
    assert link_in(desk, "/marigold/desk/") is None


@pytest.mark.parametrize("name", list_presets())
def test_no_reason_speaks_to_the_teacher_where_others_read_it(name: str) -> None:
    for reason in load_preset(name, zone="Asia/Manila").reasons:
        words = reason.title_for(is_own=False).lower().split()
        assert not {"you", "your"} & set(words), reason.code
        assert reason.title_for(is_own=True) == reason.title
