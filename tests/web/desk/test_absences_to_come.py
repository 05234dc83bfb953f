"""An absence that was reported while the session goes on waits for the desk only once the session is over."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import claim_absence
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# 20:00 in Manila, where the desk is; it ends at 20:50.
NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
DECIDE = {"verdict": "student_absent", "note": "Nobody answered our call."}


@pytest.fixture
def stand_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the server's clock show so many minutes after the start."""

    def stand(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=minutes))

    stand(20)
    return stand


@pytest.fixture
def cast(stand_at: Callable[[float], None]) -> Cast:
    assert stand_at is not None
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


@pytest.fixture
def case(cast: Cast, lesson: Lesson) -> str:
    """The address of what the desk is asked."""
    claim_absence(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=clock.now(),
    )  # fmt: skip
    with in_school(cast.school.pk):
        return f"/marigold/desk/absences/{DeskCase.objects.get().pk}/"


@pytest.fixture
def desk(cast: Cast) -> Client:
    client = Client()
    sign_in(client, cast.desi.person)
    return client


def counted(desk: Client) -> list[str]:
    """What the sidebar counts beside Absences."""
    page = BeautifulSoup(desk.get("/marigold/desk/absences/").content, "html.parser")
    return [" ".join(link.get_text(" ").split()) for link in page.select("nav a[href='/marigold/desk/absences/']")]


def test_before_the_end_the_desk_is_told_from_when_it_can_decide(
    desk: Client, lesson: Lesson, case: str, stand_at: Callable[[float], None]
) -> None:
    early, early_list, early_count = desk.get(case), desk.get("/marigold/desk/absences/"), counted(desk)
    early_week = desk.get("/marigold/desk/calendar/")
    refused = desk.post(case, DECIDE)
    stand_at(50)
    late, late_list, late_count = desk.get(case), desk.get("/marigold/desk/absences/"), counted(desk)
    late_week = desk.get("/marigold/desk/calendar/")

    until = "The session is not over yet. You can decide from 20:50 ."
    assert (until in text_of(early.content), b'name="verdict"' in early.content) == (True, False)
    assert "You can decide from 20:50 ." in text_of(early_list.content)
    assert (refused.status_code, "The session is not over yet." in text_of(refused.content)) == (409, True)
    assert (until in text_of(late.content), b'name="verdict"' in late.content) == (False, True)
    assert "You can decide from" not in text_of(late_list.content)
    assert "Yours to decide before it is recorded" in text_of(late_list.content)
    assert [any("1" in one for one in found) for found in (early_count, late_count)] == [False, True]
    assert [case in week.content.decode() for week in (early_week, late_week)] == [False, True]
    assert desk.post(case, DECIDE).status_code == 302


def test_what_is_wrong_with_a_question_has_one_mark(desk: Client, case: str, stand_at: Callable[[float], None]) -> None:
    stand_at(50)

    said = text_of(desk.post(case, {}).content)

    assert "What happened? Choose what happened." in said
    assert "?:" not in said
