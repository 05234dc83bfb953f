"""Teaching: coming, starting, finishing, and what the job makes of lessons that nobody told us about."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.claim_absence import claim_absence
from makegood.actions.decide_absence import LessonNotOver, NoGrounds, Verdict, decide_absence
from makegood.actions.finish_lesson import LessonFinished, finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.leave_lesson import leave_lesson
from makegood.actions.report_problem import report_problem
from makegood.actions.start_lesson import start_lesson
from makegood.actions.stay_in_lesson import stay_in_lesson
from makegood.actions.watch_lessons import Watched, watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger.models import Transfer
from makegood.domain.lessons.attending import NotStarted, NotUnderWay, TooEarlyToJoin
from makegood.domain.lessons.claiming import ClaimNoteTooLong, ClaimTooEarly
from makegood.domain.lessons.desk_cases import DeskCaseNotFound
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import DeskCase, Lesson, LessonClaim, PresenceFact
from makegood.domain.lessons.operations import LessonNotFound
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.penalties.models import Assessment, Consequence, ConsequenceEnd
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.stories.test_student_wants_a_lesson_cancelled import credits_left, with_credits

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
END = NOON + timedelta(minutes=50)
AFTERWARDS = END + timedelta(hours=2, minutes=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def join(cast: Cast, lesson: Lesson, who: Membership, minutes: float) -> None:
    join_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def leave(cast: Cast, lesson: Lesson, who: Membership, minutes: float) -> None:
    leave_lesson(school=cast.school, actor=who, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def start(cast: Cast, lesson: Lesson, minutes: float) -> None:
    start_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def finish(cast: Cast, lesson: Lesson, minutes: float) -> LessonFinished:
    return finish_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(minutes))


def claim(cast: Cast, lesson: Lesson, who: Membership, minutes: float) -> None:
    claim_absence(
        school=cast.school, actor=who, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=at(minutes),
    )  # fmt: skip


def problem(cast: Cast, lesson: Lesson, who: Membership, now: datetime, note: str = "No sound.") -> None:
    report_problem(
        school=cast.school, actor=who, lesson_id=lesson.pk, note=note, request_id=uuid.uuid4(), door=Door.WEB, now=now
    )


def somebody_else_is_seen() -> None:
    """The page works: a teacher of another school is heard every other minute meanwhile."""
    other = make_cast(slug="harbor", preset="talaera", zone="Europe/Madrid")
    lesson = book(other, starts_at=NOON)
    with in_school(other.school.pk):
        PresenceFact.objects.bulk_create(
            PresenceFact(
                school=other.school, lesson=lesson, member=other.tara, side="teacher", kind="seen", at=at(minutes),
                door="web",
            )
            for minutes in range(0, 60, 2)
        )  # fmt: skip


def state(cast: Cast, lesson: Lesson) -> tuple[str, int | None]:
    with in_school(cast.school.pk):
        found = Lesson.objects.get(pk=lesson.pk)
        return found.status, found.taught_minutes


def incidents(cast: Cast, lesson: Lesson) -> list[tuple[str, str, int, bool]]:
    """Kind, who, minutes, whether it was reported."""
    with in_school(cast.school.pk):
        rows = Incident.objects.filter(lesson=lesson).order_by("pk")
        return [(row.kind, row.requested_by, row.taught_minutes, row.reported_at is not None) for row in rows]


def penalty(cast: Cast, lesson: Lesson) -> int:
    with in_school(cast.school.pk):
        rows = Assessment.objects.filter(incident__lesson=lesson).order_by("-incident_id", "-number")
        return rows[0].penalty_minor


def pay(cast: Cast, lesson: Lesson) -> list[str]:
    with in_school(cast.school.pk):
        paid = Transfer.objects.filter(source=lesson.pk, kind__startswith="lesson_pay").order_by("pk")
        return [transfer.kind for transfer in paid]


def cases(cast: Cast, lesson: Lesson) -> list[tuple[str, str | None]]:
    with in_school(cast.school.pk):
        return list(DeskCase.objects.filter(lesson=lesson).order_by("pk").values_list("kind", "outcome"))


def open_case(cast: Cast, lesson: Lesson) -> int:
    with in_school(cast.school.pk):
        return DeskCase.objects.filter(lesson=lesson, ended_at=None).latest("pk").pk


def teach(cast: Cast, lesson: Lesson, first: float, last: float) -> LessonFinished:
    join(cast, lesson, cast.sam, -1)
    join(cast, lesson, cast.tara, first)
    start(cast, lesson, first)
    return finish(cast, lesson, last)


def test_a_lesson_taught_to_its_end_is_recorded_and_paid_at_once(cast: Cast, lesson: Lesson) -> None:
    finished = teach(cast, lesson, 0, 50)

    assert (finished.finding, finished.is_recorded) == (Finding.TAUGHT, True)
    assert (state(cast, lesson), incidents(cast, lesson), pay(cast, lesson)) == (("taught", 50), [], ["lesson_pay"])
    assert finish(cast, lesson, 51).is_recorded


@pytest.mark.parametrize(("preset", "penalty_minor"), [("25hoon", 300), ("talaera", 0)])
def test_twelve_minutes_without_a_report_are_cut_short_without_notice(preset: str, penalty_minor: int) -> None:
    cast = make_cast(preset=preset, zone="Asia/Manila")
    lesson = book(cast, starts_at=NOON)

    finished = teach(cast, lesson, 0, 12)
    watch_lessons(now=END + timedelta(minutes=5))
    waiting = (state(cast, lesson)[0], cases(cast, lesson))
    watch_lessons(now=AFTERWARDS)

    assert (finished.finding, finished.is_recorded) == (Finding.CUT_SHORT, False)
    assert waiting == ("in_progress", [("teacher_absent", None)])
    assert incidents(cast, lesson) == [("cut_short", "teacher", 12, False)]
    assert (state(cast, lesson)[0], penalty(cast, lesson), pay(cast, lesson)) == ("cut_short", penalty_minor, [])
    assert cases(cast, lesson) == [("teacher_absent", "cut_short")]


@pytest.mark.parametrize("reporter", ["tara", "sam"])
def test_twelve_minutes_and_a_problem_reported_in_time_cost_nothing(cast: Cast, lesson: Lesson, reporter: str) -> None:
    join(cast, lesson, cast.sam, -1)
    join(cast, lesson, cast.tara, 0)
    start(cast, lesson, 0)
    problem(cast, lesson, getattr(cast, reporter), at(11))
    finish(cast, lesson, 12)
    watch_lessons(now=AFTERWARDS)

    assert incidents(cast, lesson) == [("cut_short", "teacher", 12, True)]
    assert penalty(cast, lesson) == 0
    with in_school(cast.school.pk):
        assert Message.objects.filter(recipient=cast.desi, kind="problem_reported", channel="in_app").count() == 1


def test_six_minutes_late_and_made_up_is_late_and_paid(cast: Cast, lesson: Lesson) -> None:
    finished = teach(cast, lesson, 6, 56)

    assert finished.finding is Finding.LATE
    assert incidents(cast, lesson) == [("late", "teacher", 50, True)]
    assert (state(cast, lesson), penalty(cast, lesson), pay(cast, lesson)) == (("taught", 50), 100, ["lesson_pay"])
    with in_school(cast.school.pk):
        messages = Message.objects.filter(channel="in_app").order_by("pk")
        teachers, students = [render(one) for one in messages.select_related("recipient__person", "school")]
        reference = Incident.objects.get().reference
    assert teachers.subject.startswith("Recorded: you came late to the session with Sam Studies")
    assert [words in teachers.body for words in (reference, "The penalty is US$1.00.", "You are paid")] == [True] * 3
    assert students.subject.startswith("Recorded: Tara Teaches came late to your lesson")
    assert [words in students.body for words in (reference, "US$", "penalty")] == [False] * 3


def test_six_minutes_late_and_not_made_up_is_a_no_show_after_people_had_their_say(cast: Cast, lesson: Lesson) -> None:
    somebody_else_is_seen()
    teach(cast, lesson, 6, 50)

    watch_lessons(now=AFTERWARDS)

    assert incidents(cast, lesson) == [("no_show", "teacher", 44, True)]
    assert (penalty(cast, lesson), pay(cast, lesson)) == (300, [])


def test_a_lesson_left_open_is_finished_from_the_facts(cast: Cast, lesson: Lesson) -> None:
    join(cast, lesson, cast.sam, 0)
    join(cast, lesson, cast.tara, 0)
    start(cast, lesson, 0)

    early = watch_lessons(now=END)
    watch_lessons(now=END + timedelta(minutes=3))

    assert early == Watched(concluded=0, waiting=0)
    assert (state(cast, lesson), pay(cast, lesson)) == (("taught", 50), ["lesson_pay"])


def test_a_student_who_does_not_come_uses_the_lesson_and_the_teacher_is_paid(cast: Cast, lesson: Lesson) -> None:
    join(cast, lesson, cast.tara, 0)
    for minute in range(1, 17):
        stay_in_lesson(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, door=Door.WEB, now=at(minute))
    leave(cast, lesson, cast.tara, 17)
    watch_lessons(now=END + timedelta(minutes=5))
    watch_lessons(now=AFTERWARDS)

    assert incidents(cast, lesson) == [("no_show", "student", 0, False)]
    assert (state(cast, lesson)[0], pay(cast, lesson)) == ("missed", ["lesson_pay"])
    with in_school(cast.school.pk):
        assert set(Message.objects.filter(channel="in_app").values_list("kind", flat=True)) == {
            "lesson_without_student", "lesson_missed_by_student", "lesson_missed_by_student_teacher",
        }  # fmt: skip


def test_neither_came_is_never_reported_and_holds_the_schedule_until_the_teacher_answers(
    cast: Cast, lesson: Lesson
) -> None:
    somebody_else_is_seen()

    before = watch_lessons(now=END + timedelta(hours=1))
    watch_lessons(now=AFTERWARDS)
    watch_lessons(now=AFTERWARDS + timedelta(minutes=1))

    assert before.waiting >= 1
    assert incidents(cast, lesson) == [("no_show", "teacher", 0, False)]
    assert penalty(cast, lesson) == 300
    problem(cast, lesson, cast.tara, AFTERWARDS + timedelta(hours=5), note="I was in hospital.")
    with in_school(cast.school.pk):
        held = list(Consequence.objects.filter(kind="hold_schedule").order_by("pk").values_list("ends_at", flat=True))
        assert held == [None, AFTERWARDS + timedelta(hours=5)]
        assert ConsequenceEnd.objects.filter(consequence__kind="hold_schedule").count() == 1


def test_when_our_own_page_saw_nobody_anywhere_people_decide(cast: Cast, lesson: Lesson) -> None:
    watch_lessons(now=AFTERWARDS + timedelta(hours=9))

    assert (state(cast, lesson)[0], incidents(cast, lesson)) == ("booked", [])
    assert cases(cast, lesson) == [("teacher_absent", None)]


def test_hours_of_downtime_of_the_job_change_nothing_about_the_outcome(cast: Cast, lesson: Lesson) -> None:
    somebody_else_is_seen()
    teach(cast, lesson, 0, 12)

    watch_lessons(now=END + timedelta(hours=30))

    assert incidents(cast, lesson) == [("cut_short", "teacher", 12, False)]


def test_when_both_claim_the_earlier_stands_until_the_desk_decides(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam, 16)
    claim(cast, lesson, cast.tara, 17)
    watch_lessons(now=AFTERWARDS)
    stood = incidents(cast, lesson)

    decided = decide_absence(
        school=cast.school, actor=cast.desi, case_id=open_case(cast, lesson), verdict=Verdict.STUDENT_ABSENT,
        note="The video service has the teacher's recording.", door=Door.WEB, now=AFTERWARDS,
    )  # fmt: skip

    assert stood == [("no_show", "teacher", 0, False)]
    assert decided is not None
    assert incidents(cast, lesson)[1:] == [("no_show", "student", 0, True)]
    assert pay(cast, lesson) == ["lesson_pay"]
    assert {kind for kind, outcome in cases(cast, lesson) if outcome is None} == set()


def test_a_late_cancellation_of_the_student_is_undone_when_the_teacher_was_absent(cast: Cast, lesson: Lesson) -> None:
    with_credits(cast, lesson, bought=1)
    join(cast, lesson, cast.sam, 0)
    cancel_by_student(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, shown_as_free=False, note="", door=Door.WEB,
        request_id=uuid.uuid4(), now=at(20),
    )  # fmt: skip
    paid_before, left_before = pay(cast, lesson), credits_left(cast)
    claim(cast, lesson, cast.sam, 40)

    decide_absence(
        school=cast.school, actor=cast.desi, case_id=open_case(cast, lesson), verdict=Verdict.TEACHER_ABSENT,
        note="The student waited for 20 minutes.", door=Door.WEB, now=END,
    )  # fmt: skip

    assert (paid_before, left_before) == (["lesson_pay"], 0)
    assert (pay(cast, lesson), credits_left(cast)) == (["lesson_pay", "lesson_pay_reversal"], 1)
    assert incidents(cast, lesson)[1:] == [("no_show", "teacher", 0, False)]


def test_the_desk_may_say_that_a_missed_lesson_was_taught(cast: Cast, lesson: Lesson) -> None:
    somebody_else_is_seen()
    claim(cast, lesson, cast.sam, 20)
    watch_lessons(now=AFTERWARDS)
    claim_again = AFTERWARDS - timedelta(minutes=2)
    claim_absence(
        school=cast.school, actor=cast.tara, lesson_id=lesson.pk, kind=LessonClaim.Kind.OTHER_ABSENT, note="",
        request_id=uuid.uuid4(), door=Door.WEB, now=claim_again,
    )  # fmt: skip

    decide_absence(
        school=cast.school, actor=cast.desi, case_id=open_case(cast, lesson), verdict=Verdict.TAUGHT,
        note="Both were in another room.", door=Door.WEB, now=AFTERWARDS,
    )  # fmt: skip

    assert (state(cast, lesson)[0], pay(cast, lesson)) == ("taught", ["lesson_pay"])


def test_decisions_need_a_reason_a_desk_and_an_ended_lesson(cast: Cast, lesson: Lesson) -> None:
    claim(cast, lesson, cast.sam, 16)
    case_id = open_case(cast, lesson)

    def decide(actor: Membership, note: str, now: datetime) -> None:
        decide_absence(
            school=cast.school, actor=actor, case_id=case_id, verdict=Verdict.OUTAGE, note=note, door=Door.WEB, now=now
        )

    with pytest.raises(LessonNotOver):
        decide(cast.desi, "Said so.", at(30))
    with pytest.raises(NoGrounds):
        decide(cast.desi, "  ", END)
    with pytest.raises(DeskCaseNotFound):
        decide(cast.rhea, "Said so.", END)
    decide(cast.desi, "Our page was down.", END)
    with pytest.raises(DeskCaseNotFound):
        decide(cast.desi, "Again.", END)
    assert incidents(cast, lesson) == [("cancelled", "platform", 0, True)]


def test_doors_open_ten_minutes_before_and_close_with_the_lesson(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(TooEarlyToJoin):
        join(cast, lesson, cast.sam, -10.1)
    join(cast, lesson, cast.sam, -10)
    with pytest.raises(NotStarted):
        finish(cast, lesson, 5)
    with pytest.raises(LessonNotFound):
        join(cast, lesson, cast.tom, 0)
    with pytest.raises(LessonNotFound):
        start_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=NOON)
    with pytest.raises(NotUnderWay):
        join(cast, lesson, cast.tara, 50)


def test_claims_wait_and_notes_are_checked(cast: Cast, lesson: Lesson) -> None:
    with pytest.raises(ClaimTooEarly):
        claim(cast, lesson, cast.sam, 14)
    with pytest.raises(ClaimNoteTooLong):
        problem(cast, lesson, cast.sam, at(1), note="x" * 501)
    with pytest.raises(NotUnderWay):
        claim(cast, lesson, cast.sam, 50 + 121)
    with pytest.raises(LessonNotFound):
        claim(cast, lesson, cast.tom, 20)


def test_signs_of_life_of_somebody_who_never_came_are_not_kept(cast: Cast, lesson: Lesson) -> None:
    stays = [
        stay_in_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=at(1)),
    ]
    join(cast, lesson, cast.sam, 2)
    stays += [
        stay_in_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=at(minute))
        for minute in (2.05, 2.1, 3)
    ]

    assert stays == [False, True, True, True]
    with in_school(cast.school.pk):
        assert PresenceFact.objects.filter(kind="seen").count() == 2
