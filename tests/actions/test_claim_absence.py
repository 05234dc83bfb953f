"""Who was missing is asked of lessons that were to take place, and of those that a student gave up while waiting."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.claim_absence import NobodyHadToCome, claim_absence
from makegood.actions.record_incident import record_incident
from makegood.domain.incidents.recording import LearnedFacts
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.lesson_page import make_lesson_page
from makegood.rules.facts import Kind, RequestedBy
from tests.cast import Cast, book, make_cast, report
from tests.moves import told

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def claims(
    cast: Cast, lesson: Lesson, who: Membership, kind: LessonClaim.Kind = LessonClaim.Kind.OTHER_ABSENT, note: str = ""
) -> None:
    claim_absence(
        school=cast.school, actor=who, lesson_id=lesson.pk, kind=kind, note=note,
        request_id=uuid.uuid4(), door=Door.WEB, now=at(30),
    )  # fmt: skip


def is_offered(cast: Cast, lesson: Lesson, who: Membership) -> bool:
    with in_school(cast.school.pk):
        page = make_lesson_page(school=cast.school, member=who, lesson_id=lesson.pk, now=at(30))
    assert page is not None
    return page.can_claim


def case_kinds(cast: Cast) -> list[str]:
    with in_school(cast.school.pk):
        return list(DeskCase.objects.order_by("pk").values_list("kind", flat=True))


def is_recorded(cast: Cast, lesson: Lesson, *, by: RequestedBy, at_minute: float) -> None:
    learned = LearnedFacts(
        kind=Kind.CANCELLED, requested_by=by, reported_at=at(at_minute), taught_minutes=0, reason="", note="",
        reported_by_id=cast.desi.person_id,
    )  # fmt: skip
    record_incident(
        school=cast.school, actor=cast.desi, lesson_id=lesson.pk, learned=learned, request_id=uuid.uuid4(),
        door=Door.PHONE, now=at(at_minute),
    )  # fmt: skip


def student_cancels_late(cast: Cast, lesson: Lesson) -> None:
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=False, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=at(-60),
    )  # fmt: skip


def teacher_reports(cast: Cast, lesson: Lesson) -> None:
    report(cast, lesson, now=at(10))


def our_page_was_down(cast: Cast, lesson: Lesson) -> None:
    is_recorded(cast, lesson, by=RequestedBy.PLATFORM, at_minute=10)


@pytest.mark.parametrize("goes_off", [student_cancels_late, teacher_reports, our_page_was_down])
@pytest.mark.parametrize("code", ["sam", "tara"])
def test_nobody_is_missed_from_a_lesson_that_was_called_off(
    cast: Cast, lesson: Lesson, goes_off: Callable[[Cast, Lesson], None], code: str
) -> None:
    who = getattr(cast, code)
    goes_off(cast, lesson)

    with pytest.raises(NobodyHadToCome, match="This lesson was cancelled, so nobody had to come"):
        claims(cast, lesson, who)

    assert (is_offered(cast, lesson, who), case_kinds(cast)) == (False, [])


def test_a_student_who_gave_up_after_the_start_may_say_that_the_teacher_was_absent(cast: Cast, lesson: Lesson) -> None:
    is_recorded(cast, lesson, by=RequestedBy.STUDENT, at_minute=20)

    assert [is_offered(cast, lesson, who) for who in (cast.sam, cast.tara)] == [True, True]
    claims(cast, lesson, cast.sam)
    claims(cast, lesson, cast.tara)

    assert case_kinds(cast) == ["teacher_absent", "student_absent", "both_claim"]


def texts_to(cast: Cast, who: Membership) -> list[Text]:
    with in_school(cast.school.pk):
        found = Message.objects.filter(channel="in_app", recipient=who).order_by("pk")
        return [render(one) for one in found.select_related("recipient__person", "school")]


def test_the_other_side_and_the_desk_hear_once_that_nobody_came_and_that_both_say_so(
    cast: Cast, lesson: Lesson
) -> None:
    for _twice in range(2):
        claims(cast, lesson, cast.sam, note="I waited in the room.")
    assert told(cast) == [("tara", "absence_claimed"), ("desi", "absence_claimed_desk")]
    claims(cast, lesson, cast.tara)
    assert told(cast)[2:] == [("sam", "absence_claimed"), ("desi", "both_claim_desk")]

    (to_teacher,), (to_student,), (first, both) = (texts_to(cast, who) for who in (cast.tara, cast.sam, cast.desi))
    assert to_teacher.subject.startswith("Sam Studies says that you did not come to the session on Wed 21 Oct, 20:00")
    assert to_student.subject.startswith("Tara Teaches says that you did not come to your lesson")
    assert "can be recorded by itself after Wed 21 Oct, 22:50" in to_teacher.body
    assert ["I waited in the room." in text.body for text in (to_teacher, first, both)] == [False, True, False]
    assert both.subject.startswith("Both say that the other did not come")


def test_who_is_said_to_be_late_hears_it_and_nothing_waits_for_the_desk(cast: Cast, lesson: Lesson) -> None:
    for _twice in range(2):
        claims(cast, lesson, cast.tara, LessonClaim.Kind.OTHER_LATE)

    assert (told(cast), case_kinds(cast)) == ([("sam", "late_claimed")], [])
    assert "This alone changes nothing" in texts_to(cast, cast.sam)[0].body
