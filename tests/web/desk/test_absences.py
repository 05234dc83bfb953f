"""The desk's list of absences says until when only while that is to come."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import claim_absence
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import Lesson, LessonClaim
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
BEFORE = "Yours to decide before it is recorded: until Wed 21 Oct, 22:50 ."
UNCLEAR = "Nothing is recorded yet, so it waits for you."
RECORDED = "It is recorded already; what you decide corrects it."


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def at_minute(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def claim(cast: Cast, member: Membership, lesson: Lesson) -> None:
    claim_absence(
        school=cast.school,
        actor=member,
        lesson_id=lesson.pk,
        kind=LessonClaim.Kind.OTHER_ABSENT,
        note="",
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=at_minute(20),
    )


def what_the_desk_reads(cast: Cast, monkeypatch: pytest.MonkeyPatch, *, minute: float) -> list[str]:
    """What the list and the case say of the time to decide, so many minutes after the start."""
    monkeypatch.setattr(clock, "now", lambda: at_minute(minute))
    desk = Client()
    sign_in(desk, cast.desi.person)
    listed = desk.get("/marigold/desk/absences/")
    link = BeautifulSoup(listed.content, "html.parser").select_one("main a[href*='/absences/']")
    assert link is not None
    case = text_of(desk.get(str(link["href"])).content)
    return [
        *(words for words in (BEFORE, UNCLEAR, RECORDED) if words in text_of(listed.content)),
        *(words for words in ("recorded by itself after", UNCLEAR, RECORDED) if words in case),
        *(["a time in the past"] if minute > 170 and "22:50" in text_of(listed.content) + case else []),
    ]


def test_a_case_in_which_both_claim_and_nothing_is_clear_waits_without_a_time_in_the_past(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    for member in (cast.tara, cast.sam):
        claim(cast, member, lesson)

    before = what_the_desk_reads(cast, monkeypatch, minute=60)
    after = what_the_desk_reads(cast, monkeypatch, minute=50 + 121)

    assert before == [BEFORE, "recorded by itself after"]
    assert after == [UNCLEAR, UNCLEAR]


def test_a_case_in_which_both_claim_says_that_what_was_clear_is_recorded(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who had gone again by the time the other said it."""
    for minute in range(18):
        join_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=at_minute(minute))
    leave_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=at_minute(18))
    for member in (cast.tara, cast.sam):
        claim(cast, member, lesson)
    for minute in (60, 50 + 121):
        watch_lessons(now=at_minute(minute))

    after = what_the_desk_reads(cast, monkeypatch, minute=50 + 122)

    assert after == [RECORDED, RECORDED]
