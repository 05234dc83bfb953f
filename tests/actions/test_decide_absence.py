"""What the desk decides of a lesson in doubt is told to both sides, whatever it is, and once."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import Verdict, decide_absence
from makegood.actions.join_lesson import join_lesson
from makegood.actions.report_problem import report_problem
from makegood.domain.lessons.desk_cases import ABSENCES
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast, report

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
END = NOON + timedelta(minutes=50)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def claim(cast: Cast, lesson: Lesson, who: Membership, at: datetime = NOON + timedelta(minutes=20)) -> None:
    claim_absence(
        school=cast.school, actor=who, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=at,
    )  # fmt: skip


def decide(cast: Cast, lesson: Lesson, verdict: Verdict, now: datetime = END) -> list[tuple[str, str, Text]]:
    """Who was told what by it."""
    with in_school(cast.school.pk):
        case = DeskCase.objects.filter(lesson=lesson, ended_at=None, kind__in=ABSENCES).latest("pk")
        told_before = set(Message.objects.values_list("pk", flat=True))
    decide_absence(
        school=cast.school, actor=cast.desi, case_id=case.pk, verdict=verdict, note="Both told me so.", door=Door.WEB,
        now=now,
    )  # fmt: skip
    with in_school(cast.school.pk):
        told = Message.objects.exclude(pk__in=told_before).filter(channel="in_app").order_by("pk")
        return [
            (one.recipient.code, one.kind, render(one)) for one in told.select_related("recipient__person", "school")
        ]


def kinds(told: list[tuple[str, str, Text]]) -> list[tuple[str, str]]:
    return [(who, kind) for who, kind, _text in told]


def test_both_hear_that_it_was_taught_and_paid_and_used(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam)

    told = decide(cast, lesson, Verdict.TAUGHT)

    assert kinds(told) == [("tara", "lesson_found_taught_teacher"), ("sam", "lesson_found_taught")]
    assert "You are paid for it: US$" in told[0][2].body
    assert "The lesson is used." in told[1][2].body


def test_a_teacher_hears_that_what_stood_against_them_no_longer_counts(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam)
    (_who, _kind, recorded), *_others = decide(cast, lesson, Verdict.TEACHER_ABSENT)
    reference = recorded.body.split("with the reference ")[1].split(".")[0]
    claim(cast, lesson, cast.tara, END + timedelta(minutes=1))

    told = decide(cast, lesson, Verdict.TAUGHT, END + timedelta(minutes=2))

    no_longer = f"What was recorded before, {reference}, no longer counts: it costs nothing."
    assert [no_longer in text.body for _who, _kind, text in told] == [True, False]


def test_both_hear_of_an_outage_whether_it_is_paid_and_whose_the_lesson_is(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam)

    told = decide(cast, lesson, Verdict.OUTAGE)

    (teacher, teachers), (student, students) = kinds(told)
    assert (teacher, student, students) == ("tara", "sam", "lesson_off_by_outage")
    is_paid = "You are paid for it: US$" in told[0][2].body
    assert teachers == ("lesson_off_by_outage_paid" if is_paid else "lesson_off_by_outage_unpaid")
    assert is_paid != ("The session is not paid." in told[0][2].body)
    assert "yours to book again" in told[1][2].body


def test_both_hear_that_it_stays_as_it_was_recorded(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam)
    decide(cast, lesson, Verdict.TEACHER_ABSENT)
    claim(cast, lesson, cast.tara, END + timedelta(minutes=1))

    told = decide(cast, lesson, Verdict.TEACHER_ABSENT, END + timedelta(minutes=2))

    assert kinds(told) == [("tara", "desk_case_ended"), ("sam", "desk_case_ended")]
    assert all("it stays as it was recorded" in text.body for _who, _kind, text in told)


HELD = "Your schedule is closed for new bookings until you say what happened."


def test_a_teacher_who_never_answered_hears_that_the_schedule_is_closed_and_where_it_is_opened(
    cast: Cast, lesson: Lesson
) -> None:
    claim(cast, lesson, cast.sam)

    (who, kind, text), *_students = decide(cast, lesson, Verdict.TEACHER_ABSENT)

    assert (who, kind) == ("tara", "lesson_never_reported")
    (held,) = [one for one in text.paragraphs if one.startswith(HELD)]
    assert held.endswith(f"/marigold/sessions/{lesson.pk}/")
    assert "What else follows" not in text.body


def test_a_teacher_who_was_absent_hears_until_when_proof_is_taken_while_it_is(cast: Cast, lesson: Lesson) -> None:
    """Seven days after the scheduled end, in Manila, where school and teacher are (D18)."""
    claim(cast, lesson, cast.sam)
    again = book(cast, starts_at=NOON + timedelta(days=1))
    claim(cast, again, cast.sam, again.starts_at + timedelta(minutes=20))

    said = [
        [one for one in text.paragraphs if one.startswith("Send proof")]
        for text in (
            decide(cast, lesson, Verdict.TEACHER_ABSENT)[0][2],
            decide(cast, again, Verdict.TEACHER_ABSENT, again.ends_at + timedelta(days=9))[0][2],
        )
    ]

    assert said == [
        ["Send proof by Wed 28 Oct, 23:59 to support@marigold.example, and name the reference."],
        [],
    ]


def test_a_teacher_who_came_too_late_hears_when_that_was(cast: Cast, lesson: Lesson) -> None:
    """And that is when they told us, so the schedule stays open."""
    claim(cast, lesson, cast.sam)
    join_lesson(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=NOON + timedelta(minutes=25)
    )

    (_who, kind, text), *_students = decide(cast, lesson, Verdict.TEACHER_ABSENT)

    assert kind == "lesson_never_reported"
    assert "You first came at Wed 21 Oct, 20:25, and that counts as when you told us." in text.paragraphs
    assert HELD not in text.body


def test_a_student_who_missed_it_hears_where_to_say_otherwise(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.tara)

    told = decide(cast, lesson, Verdict.STUDENT_ABSENT)

    (text,) = [text for who, _kind, text in told if who == "sam"]
    assert text.paragraphs[-1].endswith(f"/marigold/lessons/{lesson.pk}/")


def test_a_teacher_who_answered_before_hears_of_no_closed_schedule(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam)
    report_problem(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, note="I was ill.", request_id=uuid.uuid4(),
        door=Door.WEB, now=END,
    )  # fmt: skip

    (_who, kind, text), *_students = decide(cast, lesson, Verdict.TEACHER_ABSENT, END + timedelta(minutes=2))

    assert (kind, HELD in text.body) == ("lesson_never_reported", False)


def test_the_fourth_of_a_month_pauses_the_account_and_changes_other_penalties_and_says_both(
    cast: Cast, lesson: Lesson
) -> None:
    for day in (1, 2, 3):
        later = book(cast, starts_at=NOON + timedelta(days=day))
        report(cast, later, now=NOON - timedelta(hours=1))
    claim(cast, lesson, cast.sam)

    (_who, _kind, text), *_students = decide(cast, lesson, Verdict.TEACHER_ABSENT)

    assert "Your account is paused until" in text.body
    assert "Because they are counted together, your other penalties go up by US$" in text.body
