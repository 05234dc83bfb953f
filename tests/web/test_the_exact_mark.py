"""Exactly 24 hours before the start cancelling is still free for both sides; a second later a sent form is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.domain.lessons.models import Lesson, LessonStatus
from makegood.domain.schools.context import in_school
from tests.cast import book, make_cast
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON: Final = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
MARK: Final = NOON - timedelta(hours=24)
SECOND: Final = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "status", "stands"),
    [
        (MARK - SECOND, 302, LessonStatus.CANCELLED),
        (MARK, 302, LessonStatus.CANCELLED),
        (MARK + SECOND, 409, LessonStatus.BOOKED),
    ],
)
@pytest.mark.parametrize(
    ("who", "page", "typed"),
    [
        ("tara", "sessions", {"asked": "email", "note": ""}),
        ("sam", "lessons", {"shown_as": "free", "note": ""}),
    ],
    ids=["teacher_for_student", "student"],
)
def test_a_form_is_taken_up_to_the_mark_and_not_a_second_later(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    *,
    who: str,
    page: str,
    typed: dict[str, str],
    at: datetime,
    status: int,
    stands: LessonStatus,
) -> None:
    cast = make_cast()
    lesson = book(cast, starts_at=NOON)
    address = f"/marigold/{page}/{lesson.pk}/cancel/"
    # The page is opened well before; the form is sent as late as it gets.
    monkeypatch.setattr(clock, "now", lambda: MARK - timedelta(hours=1))
    sign_in(client, getattr(cast, who).person)
    shown = BeautifulSoup(client.get(address).content, "html.parser")
    hidden = {str(one["name"]): str(one.get("value", "")) for one in shown.select("main form input[type=hidden]")}

    monkeypatch.setattr(clock, "now", lambda: at)
    answer = client.post(address, hidden | typed)

    assert answer.status_code == status
    with in_school(cast.school.pk):
        assert Lesson.objects.get(pk=lesson.pk).status == stands
