"""A lesson goes off while another time is kept for it: the time is free at once, and whoever waits for it hears.

Method: each way in which a lesson goes off, while a student chooses a time, has asked the school for one, or is asked
by the teacher; the record says that the lesson is off, and not that anybody took anything back.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.import_history import import_history
from makegood.actions.record_incident import record_incident
from makegood.actions.undo_booking import undo_booking
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.models import Lesson, LessonRelease, MoveAnswer
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import Kind, RequestedBy
from tests import bookings
from tests.cast import Cast, book, make_cast, report
from tests.moves import (
    NOW,
    THURSDAY,
    WEDNESDAY,
    ask,
    events_of,
    keep,
    lesson_of,
    open_mornings,
    reschedule,
    set_rules,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def form(cast: Cast, lesson: Lesson, **more: Any) -> dict[str, Any]:
    return {
        "school": cast.school, "lesson_id": lesson.pk, "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW, **more,
    }  # fmt: skip


def student_cancels(cast: Cast, lesson: Lesson) -> None:
    cancel_by_student(**form(cast, lesson, actor=cast.sam, shown_as_free=True, note=""))


def teacher_cancels_for_student(cast: Cast, lesson: Lesson) -> None:
    cancel_for_student(**form(cast, lesson, actor=cast.tara, asked="chat", note=""))


def teacher_reports_an_emergency(cast: Cast, lesson: Lesson) -> None:
    report(cast, lesson, now=NOW)


def desk_records_a_call(cast: Cast, lesson: Lesson) -> None:
    learned = LearnedFacts(
        kind=Kind.CANCELLED, requested_by=RequestedBy.STUDENT, reported_at=NOW, taught_minutes=0, reason="",
        note="By phone", reported_by_id=cast.desi.person_id,
    )  # fmt: skip
    record_incident(**form(cast, lesson, actor=cast.desi, learned=learned))


def file_tells_of_it(cast: Cast, lesson: Lesson) -> None:
    text = (
        "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
        f"i1,tara,{lesson.starts_at.isoformat()},50,cancelled,teacher,{(NOW - timedelta(hours=1)).isoformat()}\n"
    )
    import_history(
        school=cast.school, stream=io.BytesIO(text.encode()), create_teachers=False, imported_by_id=None,
        door=Door.COMMAND, now=NOW, show=lambda _plan: None, progress=lambda *_done: None,
    )  # fmt: skip


WAYS = [
    student_cancels,
    teacher_cancels_for_student,
    teacher_reports_an_emergency,
    desk_records_a_call,
    file_tells_of_it,
]

Goes = Callable[[Cast, Lesson], None]


def kept_of(cast: Cast, lesson: Lesson) -> tuple[str, str, str]:
    """What became of the time that was kept, why, and how whoever asked for it was answered."""
    with in_school(cast.school.pk):
        kept = Lesson.objects.get(keeps_time_for=lesson)
        released = LessonRelease.objects.filter(lesson=kept).first()
        answered = MoveAnswer.objects.first()
    return kept.status, released.why if released else "", answered.outcome if answered else ""


@pytest.mark.parametrize("goes_off", WAYS)
def test_a_time_that_the_student_was_choosing_is_free_at_once(cast: Cast, lesson: Lesson, goes_off: Goes) -> None:
    keep(cast, lesson)

    goes_off(cast, lesson)

    assert kept_of(cast, lesson) == ("released", "lesson_off", "")
    assert "other_time_freed" in events_of(cast, lesson)


@pytest.mark.parametrize("goes_off", WAYS)
def test_a_wish_that_waits_for_the_school_ends_and_the_desk_hears(cast: Cast, lesson: Lesson, goes_off: Goes) -> None:
    set_rules(cast, needs_approval=True)
    reschedule(cast, lesson)

    goes_off(cast, lesson)

    assert kept_of(cast, lesson) == ("released", "lesson_off", "lesson_off")
    assert told(cast).count(("desi", "move_off_desk")) == 1
    with in_school(cast.school.pk):
        said = render(Message.objects.select_related("recipient__person").get(kind="move_off_desk", channel="in_app"))
    assert said.subject == "Nothing to approve: the session of Sam Studies on Wed 21 Oct, 09:00 (Manila) is off"
    assert "from Wed 21 Oct, 09:00 to Thu 22 Oct, 09:00 (Manila). It does not take place" in said.body


@pytest.mark.parametrize("goes_off", WAYS)
def test_what_a_teacher_asks_ends_with_the_lesson_and_nobody_took_it_back(
    cast: Cast, lesson: Lesson, goes_off: Goes
) -> None:
    ask(cast, lesson)

    goes_off(cast, lesson)

    assert kept_of(cast, lesson) == ("released", "lesson_off", "lesson_off")
    assert ("desi", "move_off_desk") not in told(cast)


def test_undoing_a_booking_frees_the_time_that_was_being_chosen_for_it(cast: Cast) -> None:
    booked = bookings.book(cast, starts_at=WEDNESDAY, now=NOW)
    lesson = lesson_of(cast, booked.lesson_id)
    keep(cast, lesson)

    undo_booking(**form(cast, lesson, actor=cast.sam))

    assert kept_of(cast, lesson) == ("released", "lesson_off", "")
    assert events_of(cast, lesson)[-2:] == ["booking_undone", "other_time_freed"]
    assert bookings.busy_steps(cast, THURSDAY) == 0


def test_choosing_another_time_still_lets_the_first_one_go(cast: Cast, lesson: Lesson) -> None:
    first = keep(cast, lesson)
    keep(cast, lesson, starts_at=THURSDAY + timedelta(hours=1))

    with in_school(cast.school.pk):
        assert LessonRelease.objects.get(lesson_id=first.hold_id).why == "let_go"
    assert "other_time_freed" not in events_of(cast, lesson)
