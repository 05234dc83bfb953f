"""A teacher confirms what a page showed; the student moved the session meanwhile. Nothing happens to the other time."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from makegood.actions.cancel_for_student import cancel_for_student
from makegood.actions.cancelling import ChangedSince
from makegood.actions.moving_steps import MovePriceChanged
from makegood.actions.quote_emergency import quote_emergency
from makegood.actions.report_emergency import PriceChanged, report_emergency
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, ask, lesson_of, open_mornings, price, reschedule, set_rules

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    set_rules(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def count_incidents(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Incident.objects.count()


def test_an_emergency_of_the_former_time_is_asked_again(cast: Cast, lesson: Lesson) -> None:
    quote = quote_emergency(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=NOW)
    reschedule(cast, lesson, to=FRIDAY)

    with pytest.raises(PriceChanged) as asked_again:
        report_emergency(
            school=cast.school, actor=cast.tara, lesson_id=lesson.pk, situation=int(quote.fitting), lesson_begun=False,
            reason="", note="", quote_token=quote.token, request_id=uuid.uuid4(), door=Door.WEB, now=LATER,
        )  # fmt: skip

    assert asked_again.value.quote.lesson.starts_at == FRIDAY
    assert (lesson_of(cast, lesson.pk).status, count_incidents(cast)) == ("booked", 0)


def test_a_move_of_the_former_time_is_not_asked_for(cast: Cast, lesson: Lesson) -> None:
    token = price(cast, lesson).token
    reschedule(cast, lesson, to=FRIDAY)

    with pytest.raises(MovePriceChanged):
        ask(cast, lesson, token=token, starts_at=THURSDAY, now=LATER)


def test_a_session_that_moved_is_not_cancelled_by_the_page_of_its_former_time(cast: Cast, lesson: Lesson) -> None:
    shown = lesson_of(cast, lesson.pk).version
    reschedule(cast, lesson, to=FRIDAY)
    form = {
        "school": cast.school, "actor": cast.tara, "lesson_id": lesson.pk, "asked": "chat", "note": "",
        "door": Door.WEB, "now": LATER,
    }  # fmt: skip

    with pytest.raises(ChangedSince):
        cancel_for_student(**form, request_id=uuid.uuid4(), shown_version=shown)
    assert (lesson_of(cast, lesson.pk).status, count_incidents(cast)) == ("booked", 0)

    cancel_for_student(**form, request_id=uuid.uuid4(), shown_version=lesson_of(cast, lesson.pk).version)
    assert lesson_of(cast, lesson.pk).status == "cancelled"
