"""Who teaches and learns is in one place at a time, whichever verb takes the time; and is never their own teacher."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.ask_to_move import ask_to_move
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.book_lesson import book_lesson
from makegood.actions.book_series import book_series, preview_series
from makegood.actions.booking_order import OwnTeacher
from makegood.actions.hold_slot import hold_slot
from makegood.actions.keep_new_time import keep_new_time
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import propose_series
from makegood.actions.quote_move import quote_move
from makegood.actions.series_steps import SeriesHasProblems, SeriesWish
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability.expansion import WallRange
from makegood.domain.lessons.models import Lesson, LessonStatus, Side
from makegood.domain.lessons.statuses import LIVE
from makegood.domain.lessons.time_checks import Leave, SlotTaken, StudentDoubleBooked
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.reports.free_times import list_free_times
from makegood.reports.moving_page import list_starts_to_move_to
from makegood.rules.facts import RequestedBy
from tests.cast import LONG_AGO, Cast, make_cast
from tests.moves import FRIDAY, NOW, THURSDAY, WEDNESDAY, lesson_of, open_mornings, set_rules

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Verb = Callable[[Cast, datetime], Any]


@pytest.fixture
def cast() -> Cast:
    """Tara teaches in her mornings. Tom teaches at any time, and learns, too."""
    made = make_cast()
    also(made, made.tom, Role.STUDENT)
    open_mornings(made)
    set_default_availability(
        teacher_id=made.tom.pk, weekly={day: [WallRange(0, 1440)] for day in range(7)}, from_on=date(2026, 10, 19),
        reason="", **form(made, made.tom),
    )  # fmt: skip
    return made


def also(cast: Cast, member: Membership, role: Role) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=member, role=role, granted_at=LONG_AGO)


def form(cast: Cast, actor: Membership, *, now: datetime = NOW) -> dict[str, Any]:
    return {"school": cast.school, "actor": actor, "request_id": uuid.uuid4(), "door": Door.WEB, "now": now}


def one(teacher: Membership, at: datetime) -> dict[str, Any]:
    return {"teacher_id": teacher.pk, "starts_at": at, "minutes": 50, "lesson_type": "regular"}


def weekly(at: datetime) -> SeriesWish:
    """On Tom's clock."""
    return SeriesWish.beginning(at, zone="Europe/Madrid", minutes=50, lesson_type="regular", count=2)


def teach(cast: Cast, at: datetime, *, now: datetime = NOW) -> int:
    """Sam books Tom."""
    return book_lesson(**one(cast.tom, at), **form(cast, cast.sam, now=now)).lesson_id


def learn(cast: Cast, at: datetime) -> int:
    """Tom books Tara."""
    return book_lesson(**one(cast.tara, at), **form(cast, cast.tom)).lesson_id


def hold(cast: Cast, at: datetime) -> Any:
    return hold_slot(**one(cast.tara, at), **form(cast, cast.tom))


def by_desk(cast: Cast, at: datetime) -> Any:
    leave = Leave(any_time=True, any_notice=True)
    asked: dict[str, Any] = form(cast, cast.desi) | {"student_id": cast.tom.pk, "reason": "By phone", "leave": leave}
    return book_for_somebody(**one(cast.tara, at), **asked)


def propose(cast: Cast, at: datetime) -> Any:
    learn(cast, WEDNESDAY + 7 * 24 * HOUR)
    about: dict[str, Any] = {"starts_at": at, "minutes": 50, "lesson_type": "regular", "note": ""}
    return propose_lesson(student_id=cast.tom.pk, **about, **form(cast, cast.tara))


def keep_for_move(cast: Cast, at: datetime) -> Any:
    return keep_new_time(lesson_id=learn(cast, THURSDAY), starts_at=at, **form(cast, cast.tom))


def ask(cast: Cast, at: datetime) -> Any:
    lesson_id = learn(cast, THURSDAY)
    quote = quote_move(school=cast.school, actor=cast.tara, lesson_id=lesson_id, now=NOW)
    asked = {key: value for key, value in form(cast, cast.tara).items() if key != "request_id"}
    says: dict[str, Any] = {"says_side": Side.TEACHER, "reason": "A wedding", "quote_token": quote.token}
    return ask_to_move(lesson_id=lesson_id, starts_at=at, **says, **asked)


def move_for_school(cast: Cast, at: datetime) -> Any:
    about: dict[str, Any] = {"requested_by": RequestedBy.COMPANY, "asked": "phone", "reason": "Flood", "shown": Shown()}
    return move_by_desk(lesson_id=learn(cast, THURSDAY), starts_at=at, **about, **form(cast, cast.desi))


TAKING: list[Verb] = [learn, hold, by_desk, propose, keep_for_move, ask, move_for_school]


@pytest.mark.parametrize("take", TAKING)
def test_whoever_teaches_does_not_learn_at_the_same_time(cast: Cast, take: Verb) -> None:
    teach(cast, WEDNESDAY)

    with pytest.raises(StudentDoubleBooked) as refused:
        take(cast, WEDNESDAY)

    assert WEDNESDAY not in refused.value.alternatives
    assert live_at(cast, WEDNESDAY) == [(cast.tom.pk, cast.sam.pk)]


@pytest.mark.parametrize("take", TAKING)
def test_once_a_lesson_that_they_give_is_over_they_learn(cast: Cast, take: Verb) -> None:
    """The control: nothing else keeps these times from them."""
    teach(cast, WEDNESDAY - HOUR)

    take(cast, WEDNESDAY)

    assert live_at(cast, WEDNESDAY) == [(cast.tara.pk, cast.tom.pk)]


def test_weekly_lessons_name_the_week_in_which_their_student_teaches(cast: Cast) -> None:
    # In Madrid the clocks go back in between.
    teach(cast, WEDNESDAY + 7 * 24 * HOUR + HOUR)
    with pytest.raises(SeriesHasProblems) as booked:
        book_series(teacher_id=cast.tara.pk, wish=weekly(WEDNESDAY), **form(cast, cast.tom))
    # Who proposes knows whom.
    learn(cast, FRIDAY)
    with pytest.raises(SeriesHasProblems) as proposed:
        propose_series(student_id=cast.tom.pk, wish=weekly(WEDNESDAY), note="", **form(cast, cast.tara))

    for refused in (booked, proposed):
        assert [type(week.refusal) for week in refused.value.dates] == [type(None), StudentDoubleBooked]


def test_whoever_learns_does_not_teach_at_the_same_time(cast: Cast) -> None:
    learn(cast, WEDNESDAY)
    with pytest.raises(SlotTaken) as refused:
        teach(cast, WEDNESDAY)
    with pytest.raises(SlotTaken):
        teach(cast, WEDNESDAY + HOUR / 2)

    assert WEDNESDAY not in refused.value.alternatives
    assert WEDNESDAY + HOUR / 2 not in refused.value.alternatives
    assert WEDNESDAY + HOUR in refused.value.alternatives


def test_the_break_after_a_lesson_is_whose_who_teaches(cast: Cast) -> None:
    set_rules(cast, buffer_minutes=30)
    teach(cast, WEDNESDAY - HOUR)
    with pytest.raises(StudentDoubleBooked):
        learn(cast, WEDNESDAY)
    learn(cast, THURSDAY)
    with pytest.raises(SlotTaken):
        teach(cast, THURSDAY - HOUR)

    # After what they learn they have no break.
    teach(cast, THURSDAY + HOUR)


def test_a_time_that_they_held_and_let_lapse_keeps_nobody_away(cast: Cast) -> None:
    held = hold(cast, WEDNESDAY)
    with pytest.raises(SlotTaken):
        teach(cast, WEDNESDAY)

    teach(cast, WEDNESDAY, now=held.held_until)

    assert lesson_of(cast, held.lesson_id).status == LessonStatus.RELEASED
    assert live_at(cast, WEDNESDAY) == [(cast.tom.pk, cast.sam.pk)]


def test_such_times_are_not_offered(cast: Cast) -> None:
    assert offered(cast, cast.sam, teacher=cast.tom) == {WEDNESDAY, WEDNESDAY + HOUR}
    assert offered(cast, cast.tom) == {WEDNESDAY, WEDNESDAY + HOUR}

    learn(cast, WEDNESDAY)
    assert offered(cast, cast.sam, teacher=cast.tom) == {WEDNESDAY + HOUR}
    teach(cast, WEDNESDAY + HOUR)
    assert offered(cast, cast.tom) == set()


def test_a_teacher_who_asks_for_another_time_does_not_find_such_times(cast: Cast) -> None:
    lesson_id = learn(cast, THURSDAY)
    teach(cast, WEDNESDAY)

    with in_school(cast.school.pk):
        found = list_starts_to_move_to(school=cast.school, lesson=lesson_of(cast, lesson_id), now=NOW)

    assert {WEDNESDAY, WEDNESDAY + HOUR} & set(found) == {WEDNESDAY + HOUR}


def test_nobody_is_their_own_student(cast: Cast) -> None:
    both = cast.tom
    verbs: list[Callable[[], Any]] = [
        lambda: book_lesson(**one(both, WEDNESDAY), **form(cast, both)),
        lambda: hold_slot(**one(both, WEDNESDAY), **form(cast, both)),
        lambda: book_series(teacher_id=both.pk, wish=weekly(WEDNESDAY), **form(cast, both)),
        lambda: preview_series(
            teacher_id=both.pk, wish=weekly(WEDNESDAY), school=cast.school, actor=both, door=Door.WEB, now=NOW
        ),
        lambda: book_for_somebody(
            **one(both, WEDNESDAY), **form(cast, cast.desi), student_id=both.pk, reason="By phone", leave=Leave()
        ),
    ]
    for verb in verbs:
        with pytest.raises(OwnTeacher):
            verb()

    assert live_at(cast, WEDNESDAY) == []
    with in_school(cast.school.pk):
        found = list_free_times(school=cast.school, student=both, teacher_id=None, minutes=50, day=None, now=NOW)
    assert [teacher.pk for teacher in found.teachers] == [cast.tara.pk]
    assert {teacher.pk for time in found.times for teacher in time.teachers} == {cast.tara.pk}


def offered(cast: Cast, student: Membership, *, teacher: Membership | None = None) -> set[datetime]:
    """Which of two times on Wednesday the student is offered."""
    with in_school(cast.school.pk):
        found = list_free_times(
            school=cast.school,
            student=student,
            teacher_id=teacher.pk if teacher is not None else None,
            minutes=50,
            day=WEDNESDAY.date() if student == cast.tom else WEDNESDAY.date() - timedelta(days=1),
            now=NOW,
        )
    return {time.interval.start for time in found.times} & {WEDNESDAY, WEDNESDAY + HOUR}


def live_at(cast: Cast, at: datetime) -> list[tuple[int, int | None]]:
    """Who teaches whom then, or keeps that time."""
    with in_school(cast.school.pk):
        return list(Lesson.objects.filter(starts_at=at, status__in=LIVE).values_list("teacher_id", "student_id"))
