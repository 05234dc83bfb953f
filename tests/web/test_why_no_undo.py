"""Where a cancellation or a report cannot be taken back although its minutes are not over, the page says why."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.add_holiday import add_holiday
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.cancel_for_school import cancel_for_school
from makegood.actions.undo_cancellation import undo_cancellation
from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from tests.cast import Cast, add_member, book, make_cast, report
from tests.moves import DAY, NOW, WEDNESDAY, set_rules
from tests.web.signed_in import sign_in
from tests.web.test_screens import FRAME_STATEMENTS, MOST, count_statements

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)


@dataclass(frozen=True)
class Done:
    """What was done to Wednesday's lesson: by whom, on which page it is taken back, and the verb that does it."""

    actor: Membership
    page: str
    undo: Callable[[], object]


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


def how(cast: Cast, actor: Membership, **values: Any) -> dict[str, Any]:
    return {"school": cast.school, "actor": actor, "door": Door.WEB, "now": NOW} | values


def form(cast: Cast, actor: Membership, lesson: Lesson, **values: Any) -> dict[str, Any]:
    return how(cast, actor, lesson_id=lesson.pk, request_id=uuid.uuid4(), **values)


def cancels_for_the_school(cast: Cast, lesson: Lesson) -> Done:
    cancel_for_school(**form(cast, cast.desi, lesson, shown_as_paid=False, reason="Flood"))
    page = f"desk/calendar/sessions/{lesson.pk}/cancel-for-school/"
    return Done(cast.desi, page, lambda: undo_cancellation(**how(cast, cast.desi, lesson_id=lesson.pk)))


def cancels_as_the_student(cast: Cast, lesson: Lesson) -> Done:
    cancel_by_student(**form(cast, cast.sam, lesson, shown_as_free=True, note=""))
    page = f"lessons/{lesson.pk}/cancel/"
    return Done(cast.sam, page, lambda: undo_cancellation(**how(cast, cast.sam, lesson_id=lesson.pk)))


def reports(cast: Cast, lesson: Lesson) -> Done:
    reference = report(cast, lesson, now=NOW).reference
    page = f"cases/{reference}/reported/"
    return Done(cast.tara, page, lambda: withdraw_incident(**how(cast, cast.tara, reference=reference)))


def reports_and_opens_the_case(cast: Cast, lesson: Lesson) -> Done:
    done = reports(cast, lesson)
    return Done(done.actor, done.page.removesuffix("reported/"), done.undo)


def leaves(member: Membership) -> None:
    RoleGrant.objects.filter(membership=member).update(ended_at=NOW)


def the_student_left(cast: Cast, _lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        leaves(cast.sam)


def the_teacher_left(cast: Cast, _lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        leaves(cast.tara)


def the_day_is_full(cast: Cast, _lesson: Lesson) -> None:
    set_rules(cast, max_lessons_per_day=1)
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="UTC")
    other = book(cast, starts_at=WEDNESDAY + 60 * MINUTES)
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=other.pk).update(student=sue, booked_at=NOW, version=2)


def it_is_a_holiday(cast: Cast, _lesson: Lesson) -> None:
    once: dict[str, Any] = {"request_id": uuid.uuid4()}
    add_holiday(day_on=date(2026, 10, 21), name="Harvest", **how(cast, cast.owen), **once)


def the_teacher_is_booked(cast: Cast, lesson: Lesson) -> None:
    """For another student, just before: only what is kept free around the lesson overlaps."""
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="UTC")
        buffer = (lesson.starts_at - 10 * MINUTES, lesson.ends_at + 10 * MINUTES)
        Lesson.objects.filter(pk=lesson.pk).update(blocked=buffer, version=3)
    other = book(cast, starts_at=lesson.starts_at - 30 * MINUTES, minutes=25)
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=other.pk).update(student=sue, version=2)


def the_student_is_booked(cast: Cast, lesson: Lesson) -> None:
    book(cast, starts_at=lesson.starts_at + 20 * MINUTES, teacher=cast.tom)


def another_time_is_booked(cast: Cast, lesson: Lesson) -> None:
    book_for_somebody(
        **how(cast, cast.desi), teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=lesson.starts_at + DAY,
        minutes=50, lesson_type="regular", reason="Flood", request_id=uuid.uuid4(), instead_of=lesson.pk,
        leave=Leave(any_time=True, any_notice=True),
    )  # fmt: skip


HINDRANCES = {
    the_student_left: ("student_left_since", "The student no longer learns at this school"),
    the_teacher_left: ("teacher_left_since", "The teacher no longer teaches at this school"),
    the_day_is_full: ("full_since", "The day or week was filled with other sessions since"),
    it_is_a_holiday: ("closed_since", "“Harvest” became a holiday of the school since"),
    another_time_is_booked: ("other_time_stands", "Another time was booked in its place"),
    the_teacher_is_booked: ("time_taken_since", "This time was booked for something else since"),
    the_student_is_booked: ("time_taken_since", "This time was booked for something else since"),
}
# Whoever did it can still open the page.
CASES = [
    # Where another time stands, the page of cancelling offers no undo at all (a late move is undone at its new lesson).
    *((cancels_for_the_school, hinders) for hinders in HINDRANCES if hinders is not another_time_is_booked),
    *((cancels_as_the_student, hinders) for hinders in (the_teacher_left, the_day_is_full)),
    *((reports, hinders) for hinders in (the_student_left, it_is_a_holiday, another_time_is_booked)),
    *((reports_and_opens_the_case, hinders) for hinders in (the_day_is_full, the_teacher_is_booked)),
]


def shown(client: Client, address: str) -> tuple[bool, str]:
    """Whether the page has the button to undo, and what the card about it says."""
    (card,) = BeautifulSoup(client.get(address).content, "html.parser").select("section[aria-labelledby=mistake]")
    return bool(card.select("button")), card.text


@pytest.mark.parametrize(("does", "hinders"), CASES)
def test_the_page_says_why_it_cannot_be_taken_back(
    cast: Cast, does: Callable[[Cast, Lesson], Done], hinders: Callable[[Cast, Lesson], None]
) -> None:
    code, why = HINDRANCES[hinders]
    lesson = book(cast, starts_at=WEDNESDAY)
    done = does(cast, lesson)
    client = Client()
    sign_in(client, done.actor.person)
    address = f"/marigold/{done.page}"
    before = shown(client, address)

    hinders(cast, lesson)

    has_button, said = shown(client, address)
    assert (before[0], has_button) == (True, False)
    assert f"{why}, so this cannot be undone." in said
    # And what can be done.
    assert re.search(r"cannot be undone\. .*(the scheduling desk can|Choose another time for it)", said, re.IGNORECASE)
    assert "so this cannot be undone" not in before[1]
    assert count_statements(client, address) - FRAME_STATEMENTS <= MOST
    # The verb says the same of itself.
    with pytest.raises(Refusal) as refused:
        done.undo()
    assert refused.value.code == code
