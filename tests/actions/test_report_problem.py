"""Reporting a problem in a lesson: once per side and time, and again where the lesson moved."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.record_incident import record_incident
from makegood.actions.report_problem import report_problem
from makegood.domain.incidents.queries import list_of_teacher
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.claiming import list_claims
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, LessonMove
from makegood.domain.lessons.moving import Move, move
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.requests import DifferentRequest
from makegood.reports.lesson_page import make_lesson_page
from makegood.rules.facts import Kind, RequestedBy
from makegood.web.desk.absences import list_said
from tests.cast import Cast, make_cast
from tests.cast import book as put_lesson
from tests.moves import DAY, WEDNESDAY, events_of, told
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
BEFORE = WEDNESDAY - 9 * MINUTE
AFTER = WEDNESDAY + DAY - 9 * MINUTE


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return put_lesson(cast, starts_at=WEDNESDAY)


def say(
    cast: Cast, lesson: Lesson, note: str, now: datetime, *, by: Membership | None = None, form: uuid.UUID | None = None
) -> LessonClaim:
    return report_problem(
        school=cast.school, actor=by or cast.sam, lesson_id=lesson.pk, note=note, request_id=form or uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip


def move_a_day(cast: Cast, lesson: Lesson, *, days: int = 1, now: datetime = BEFORE + MINUTE) -> LessonMove:
    with in_school(cast.school.pk):
        stands = Lesson.objects.get(pk=lesson.pk)
        to = Move(
            to_starts_at=stands.starts_at + days * DAY, to_ends_at=stands.ends_at + days * DAY,
            requested_by=RequestedBy.STUDENT, moved_by_id=cast.sam.person_id, on_behalf_of_id=None, door=Door.WEB,
            reason="", request_id=uuid.uuid4(),
        )  # fmt: skip
        return move(lesson=stands, to=to, buffer_minutes=0, now=now)


def said_of(cast: Cast, lesson: Lesson) -> list[tuple[str, datetime | None]]:
    with in_school(cast.school.pk):
        return [(one.note, one.about_starts_at) for one in list_claims(school_id=cast.school.pk, lesson_id=lesson.pk)]


def notes_told(cast: Cast) -> list[str]:
    with in_school(cast.school.pk):
        found = Message.objects.filter(recipient=cast.desi, channel="in_app").order_by("pk")
        return [str(message.values["note"]) for message in found]


def test_a_problem_at_the_time_a_lesson_moved_to_is_stored_beside_the_one_before(cast: Cast, lesson: Lesson) -> None:
    say(cast, lesson, "No sound", BEFORE)
    move_a_day(cast, lesson)
    say(cast, lesson, "No picture", AFTER)

    assert said_of(cast, lesson) == [("No sound", WEDNESDAY), ("No picture", WEDNESDAY + DAY)]
    assert told(cast) == [("desi", "problem_reported")] * 2
    assert notes_told(cast) == ["No sound", "No picture"]
    with in_school(cast.school.pk):
        assert DeskCase.objects.filter(lesson=lesson, ended_at=None).count() == 1


def test_the_same_form_is_kept_and_told_once_and_another_text_under_its_id_is_refused(
    cast: Cast, lesson: Lesson
) -> None:
    form = uuid.uuid4()
    first = say(cast, lesson, "No picture", BEFORE, form=form)

    assert say(cast, lesson, "No picture", BEFORE + MINUTE, form=form).pk == first.pk
    with pytest.raises(DifferentRequest):
        say(cast, lesson, "Still no picture", BEFORE + MINUTE, form=form)
    assert (said_of(cast, lesson), notes_told(cast)) == ([("No picture", WEDNESDAY)], ["No picture"])
    assert events_of(cast, lesson) == ["problem_reported"]


def words_on_the_page(cast: Cast, lesson: Lesson) -> list[str]:
    with in_school(cast.school.pk):
        return [said.note for said, _words in list_said(Lesson.objects.get(pk=lesson.pk))]


def test_what_is_added_while_the_case_is_open_is_kept_told_again_and_shown_and_once_for_a_form(
    cast: Cast, lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = say(cast, lesson, "No sound", BEFORE)
    form = uuid.uuid4()
    for _twice in range(2):
        assert say(cast, lesson, "Now no picture either", BEFORE + MINUTE, form=form).pk == first.pk
    say(cast, lesson, "", BEFORE + 2 * MINUTE)

    assert notes_told(cast) == words_on_the_page(cast, lesson) == ["No sound", "Now no picture either"]
    assert told(cast) == [("desi", "problem_reported")] * 2
    assert events_of(cast, lesson) == ["problem_reported"] * 2
    with in_school(cast.school.pk):
        (case,) = DeskCase.objects.filter(lesson=lesson)
    monkeypatch.setattr(clock, "now", lambda: BEFORE + 3 * MINUTE)
    desk = Client()
    sign_in(desk, cast.desi.person)
    page = text_of(desk.get(f"/marigold/desk/requests/{case.pk}/").content)
    assert page.index("No sound") < page.index("Now no picture either")


def test_what_the_other_side_says_while_the_case_is_open_is_told_too(cast: Cast, lesson: Lesson) -> None:
    say(cast, lesson, "No sound", BEFORE)
    say(cast, lesson, "I hear nothing either", BEFORE + MINUTE, by=cast.tara)

    assert notes_told(cast) == words_on_the_page(cast, lesson) == ["No sound", "I hear nothing either"]


def test_a_lesson_that_came_back_to_its_time_has_the_word_that_was_said_there(cast: Cast, lesson: Lesson) -> None:
    first = say(cast, lesson, "No sound", BEFORE)
    move_a_day(cast, lesson)
    move_a_day(cast, lesson, days=-1, now=BEFORE + 2 * MINUTE)

    assert say(cast, lesson, "No picture", BEFORE + 3 * MINUTE).pk == first.pk


def test_the_page_of_a_moved_lesson_takes_a_problem_again(cast: Cast, lesson: Lesson) -> None:
    say(cast, lesson, "No sound", BEFORE)
    move_a_day(cast, lesson)

    def own_words() -> frozenset[LessonClaim.Kind]:
        with in_school(cast.school.pk):
            page = make_lesson_page(school=cast.school, member=cast.sam, lesson_id=lesson.pk, now=AFTER)
        assert page is not None
        return frozenset(page.own_claims)

    assert own_words() == frozenset()
    say(cast, lesson, "No picture", AFTER)
    assert own_words() == {LessonClaim.Kind.PROBLEM}


@pytest.mark.parametrize(("said_at", "answered_at"), [(BEFORE, None), (AFTER, AFTER)])
def test_a_no_show_is_answered_by_what_was_said_of_its_own_time(
    cast: Cast, lesson: Lesson, said_at: datetime, answered_at: datetime | None
) -> None:
    if said_at == BEFORE:
        say(cast, lesson, "No sound", BEFORE, by=cast.tara)
    move_a_day(cast, lesson)
    if said_at == AFTER:
        say(cast, lesson, "No sound", AFTER, by=cast.tara)
    learned = LearnedFacts(
        kind=Kind.NO_SHOW, requested_by=RequestedBy.TEACHER, reported_at=None, taught_minutes=0, reason="", note="",
        reported_by_id=cast.desi.person_id,
    )  # fmt: skip
    record_incident(
        school=cast.school, actor=cast.desi, lesson_id=lesson.pk, learned=learned, request_id=uuid.uuid4(),
        door=Door.WEB, now=WEDNESDAY + 2 * DAY,
    )  # fmt: skip

    with in_school(cast.school.pk):
        (incident,) = list_of_teacher(school_id=cast.school.pk, teacher_id=cast.tara.pk)
    assert incident.__dict__["answered_at"] == answered_at
