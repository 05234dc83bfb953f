"""Staff read whose time a time is: their own, with its zone, and that of teacher and student where they live."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import claim_absence
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, LessonStatus, WaitsFor
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, add_member, book, make_cast, report
from tests.objections import with_problem
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# 11:00 in Berlin, where the staff are; 17:00 in Manila, 05:00 in New York.
NOW = datetime(2026, 10, 21, 9, 0, tzinfo=UTC)
OWN = "Berlin (GMT+2)"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast(zone="Europe/Berlin")


def read(member: Membership, path: str) -> str:
    client = Client()
    sign_in(client, member.person)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return text_of(answer.content)


def assert_says_whose(said: str, *, teacher: str, student: str) -> None:
    assert OWN in said
    assert f"Teacher's time: {teacher} , Manila" in said
    assert f"Student's time: {student} , New York" in said


def wait_for_the_school(cast: Cast) -> Lesson:
    starts_at = NOW + timedelta(hours=3)
    with in_school(cast.school.pk):
        return Lesson.objects.create(
            school=cast.school, teacher=cast.tara, student=cast.sam, starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=50), blocked=(starts_at, starts_at + timedelta(minutes=50)),
            status=LessonStatus.REQUESTED, waits_for=WaitsFor.SCHOOL, held_until=NOW + timedelta(hours=2),
        )  # fmt: skip


def test_lists_and_cases_of_what_cannot_be_taught(cast: Cast) -> None:
    reference = report(cast, book(cast, starts_at=NOW + timedelta(hours=3)), now=NOW).reference
    with in_school(cast.school.pk):
        olga = add_member(cast.school, code="olga", name="Olga Support", role=Role.SUPPORT, zone="Europe/Berlin")

    for member, path in ((cast.desi, "desk/"), (olga, "support/")):
        assert_says_whose(read(member, f"/marigold/{path}"), teacher="20:00", student="08:00")
    for member, path in ((cast.desi, "desk/cases"), (cast.rhea, "disputes"), (cast.owen, "owner/cases")):
        said = read(member, f"/marigold/{path}/{reference}/")
        assert_says_whose(said, teacher="20:00 to 20:50", student="08:00 to 08:50")
    own = read(cast.tara, f"/marigold/cases/{reference}/")
    assert "Student's time: 08:00 to 08:50 , New York" in own
    assert "Teacher's time" not in own


def test_requests_of_the_desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with_problem(cast)
    with in_school(cast.school.pk):
        case = DeskCase.objects.select_related("lesson").get()
    starts_at = case.lesson.starts_at
    monkeypatch.setattr(clock, "now", lambda: starts_at)

    for path in ("desk/requests/", f"desk/requests/{case.pk}/"):
        said = read(cast.desi, f"/marigold/{path}")
        assert OWN in said
        assert "Manila" in said.partition("Teacher's time:")[2][:30]
        assert "New York" in said.partition("Student's time:")[2][:30]


def test_absences_of_the_desk(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = book(cast, starts_at=NOW)
    later = NOW + timedelta(minutes=20)
    claim_absence(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=later,
    )  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: later)
    with in_school(cast.school.pk):
        case = DeskCase.objects.get()

    assert_says_whose(read(cast.desi, "/marigold/desk/absences/"), teacher="17:00", student="05:00")
    one = read(cast.desi, f"/marigold/desk/absences/{case.pk}/")
    assert_says_whose(one, teacher="17:00 to 17:50", student="05:00 to 05:50")


def test_approvals_a_student_and_a_session(cast: Cast) -> None:
    booked = book(cast, starts_at=NOW + timedelta(hours=15))
    wait_for_the_school(cast)

    said = read(cast.desi, "/marigold/desk/approvals/")
    assert_says_whose(said, teacher="20:00 to 20:50", student="08:00 to 08:50")
    for path in (f"students/{cast.sam.pk}", f"calendar/sessions/{booked.pk}"):
        said = read(cast.desi, f"/marigold/desk/{path}/")
        assert_says_whose(said, teacher="08:00 to 08:50", student="Wed 20:00 to 20:50")


@pytest.mark.parametrize(
    ("code", "path"),
    [("desi", "desk/deliveries/"), ("rhea", "disputes/"), ("owen", "owner/"), ("desi", "desk/calendar/")],
)
def test_lists_without_other_times_name_the_zone_of_theirs(cast: Cast, code: str, path: str) -> None:
    member: Membership = getattr(cast, code)

    assert f"All times are your time: {OWN}" in read(member, f"/marigold/{path}")
