"""What the lesson page saw wins over what people say; where it saw nobody, the earlier of two who say it stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.report_emergency import HadBegun, HadNotBegun
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.cast import Cast, book, make_cast, report
from tests.stories.test_teaching_a_lesson import AFTERWARDS, cases, claim, incidents, somebody_else_is_seen
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def join(cast: Cast, lesson: Lesson, who: Membership, minutes: int) -> None:
    join_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def start(cast: Cast, lesson: Lesson, minutes: int) -> None:
    start_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def count(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Incident.objects.count()


def test_a_teacher_who_was_never_there_with_the_student_had_not_begun(cast: Cast, lesson: Lesson) -> None:
    join(cast, lesson, cast.sam, 0)

    with pytest.raises(HadNotBegun):
        report(cast, lesson, now=at(10), lesson_begun=True)

    assert count(cast) == 0
    assert report(cast, lesson, now=at(10), lesson_begun=False).penalty == Money(300, "USD")


def test_starting_alone_is_no_beginning(cast: Cast, lesson: Lesson) -> None:
    join(cast, lesson, cast.tara, 0)
    start(cast, lesson, 0)

    with pytest.raises(HadNotBegun):
        report(cast, lesson, now=at(10), lesson_begun=True)


def test_a_lesson_that_was_seen_to_begin_is_not_reported_as_never_begun(cast: Cast, lesson: Lesson) -> None:
    join(cast, lesson, cast.sam, 0)
    join(cast, lesson, cast.tara, 1)
    start(cast, lesson, 1)

    with pytest.raises(HadBegun):
        report(cast, lesson, now=at(10), lesson_begun=False)

    assert report(cast, lesson, now=at(10), lesson_begun=True).penalty == Money(0, "USD")
    with in_school(cast.school.pk):
        assert Incident.objects.get(lesson=lesson).taught_minutes == 9


@pytest.mark.parametrize("lesson_begun", [True, False])
@pytest.mark.parametrize("joined", [(), ("sam", "tara")])
def test_where_the_facts_do_not_say_the_teachers_word_is_recorded(
    cast: Cast, lesson: Lesson, joined: tuple[str, ...], lesson_begun: bool
) -> None:
    for name in joined:
        join(cast, lesson, getattr(cast, name), 0)

    reported = report(cast, lesson, now=at(10), lesson_begun=lesson_begun)

    with in_school(cast.school.pk):
        assert Incident.objects.get(pk=reported.incident_id).kind == ("cut_short" if lesson_begun else "cancelled")


def test_the_page_marks_what_was_seen_and_says_why_the_other_answer_is_not_taken(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(cast, lesson, cast.sam, 0)
    monkeypatch.setattr(clock, "now", lambda: at(10))
    tara = Client()
    sign_in(tara, cast.tara.person)
    url = f"/marigold/sessions/{lesson.pk}/emergency/"

    page = tara.get(url).content.decode()
    form = dict(re.findall(r'name="(request_id|quote)" value="([^"]*)"', page))
    refused = tara.post(url, {**form, "situation": "1", "claim": "1_begun", "reason": "", "note": ""})

    assert re.search(r'value="no" id="begun-no" checked', page)
    assert refused.status_code == 422
    assert "The lesson page did not see this session begin" in text_of(refused.content)


def test_a_session_that_ended_early_is_told_with_its_minutes_and_not_as_never_taught(
    cast: Cast, lesson: Lesson
) -> None:
    join(cast, lesson, cast.sam, 0)
    join(cast, lesson, cast.tara, 0)
    start(cast, lesson, 0)
    finish_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(12))

    watch_lessons(now=lesson.ends_at + timedelta(hours=3))

    with in_school(cast.school.pk):
        told = Message.objects.filter(channel="in_app", kind__startswith="lesson_cut_short").select_related(
            "recipient__person", "school"
        )
        texts = {message.recipient.code: render(message).body for message in told}
    assert set(texts) == {"tara", "sam"}
    assert "ended before its time. Minutes taught: 12." in texts["tara"]
    assert "The penalty is US$3.00." in texts["tara"]
    assert "not taught" not in texts["tara"]
    assert "the lesson is yours to book again" in texts["sam"]


@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        ("tara", "sam", ("no_show", "student", 0, False)),
        ("sam", "tara", ("no_show", "teacher", 0, False)),
        # One word alone does not outweigh that the teacher was not seen.
        ("tara", None, ("no_show", "teacher", 0, False)),
    ],
)
def test_where_nobody_was_seen_the_earlier_of_two_claims_stands(
    cast: Cast, lesson: Lesson, first: str, then: str | None, stands: tuple[object, ...]
) -> None:
    somebody_else_is_seen()
    claim(cast, lesson, getattr(cast, first), 16)
    if then is not None:
        claim(cast, lesson, getattr(cast, then), 17)

    watch_lessons(now=AFTERWARDS)

    assert incidents(cast, lesson) == [stands]
    assert ("both_claim" in {kind for kind, outcome in cases(cast, lesson) if outcome is None}) == (then is not None)
