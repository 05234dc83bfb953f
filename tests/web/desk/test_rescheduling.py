"""Rescheduling holds what somebody still owes its student another time for, in words for whoever reads it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.record_incident import record_incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.people.models import Role
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


@pytest.mark.parametrize("name", list_presets())
def test_no_reason_speaks_to_the_teacher_where_others_read_it(name: str) -> None:
    for reason in load_preset(name, zone="Asia/Manila").reasons:
        words = reason.title_for(is_own=False).lower().split()
        assert not {"you", "your"} & set(words), reason.code
        assert reason.title_for(is_own=True) == reason.title
