"""A teacher proposes weekly lessons: one proposal, answered whole; and the desk books them with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.book_series_for_somebody import book_series_for_somebody
from makegood.actions.booking_steps import StudentNotFound
from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.let_go import let_go
from makegood.actions.propose_series import SeriesProposed, preview_proposed_series, propose_series
from makegood.actions.reasons import ReasonMissing
from makegood.actions.series_steps import SeriesBooked, SeriesHasProblems, SeriesWish
from makegood.actions.undo_booking import undo_booking
from makegood.actions.waiting_lessons import NothingToAnswer
from makegood.domain.ledger.credits import NotEnoughCredits
from makegood.domain.lessons.models import Lesson, LessonSeries, LessonStatus
from makegood.domain.lessons.time_checks import Holiday, Leave, SlotTaken
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import Text, render
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.reports.proposals import list_offered
from tests import cast as casting
from tests.bookings import (
    NOW,
    TUESDAY_NINE,
    add_founders_day,
    book,
    busy_steps,
    count_credits,
    give_credits,
    lesson_of,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db

# Tuesdays at 19:00 of the day before in New York: 8:00 in Manila, before Tara's mornings.
EIGHT = TUESDAY_NINE - timedelta(hours=1)
WISH = SeriesWish(first_on=date(2026, 11, 23), starts_minute=1140, minutes=50, lesson_type="regular", count=4)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    casting.book(made, starts_at=NOW + timedelta(days=20))
    return made


def propose(cast: Cast, wish: SeriesWish = WISH, **changes: Any) -> SeriesProposed:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.tara, "student_id": cast.sam.pk, "wish": wish, "note": "",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return propose_series(**(values | changes))


def answer(cast: Cast, lesson_id: int, *, accept: bool, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.sam, "lesson_id": lesson_id, "accept": accept, "reason": "",
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return answer_proposal(**(values | changes))


def book_at_desk(cast: Cast, wish: SeriesWish = WISH, **changes: Any) -> SeriesBooked:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "teacher_id": cast.tara.pk, "student_id": cast.sam.pk,
        "wish": wish, "reason": "By phone", "leave": Leave(any_time=True), "request_id": uuid.uuid4(),
        "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return book_series_for_somebody(**(values | changes))


def statuses(cast: Cast, proposed: SeriesProposed | SeriesBooked) -> set[str]:
    return {lesson_of(cast, lesson_id).status for lesson_id in proposed.lesson_ids}


def told(cast: Cast, member: Membership) -> list[Text]:
    """What the member was told, oldest first."""
    with in_school(cast.school.pk):
        messages = Message.objects.filter(recipient=member, channel="in_app").select_related("recipient__person")
        return [render(one) for one in messages.order_by("pk")]


def test_a_series_is_proposed_once_and_accepted_whole(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 4)
    request_id = uuid.uuid4()
    proposed, again = (propose(cast, request_id=request_id) for _ in range(2))
    lessons = [lesson_of(cast, lesson_id) for lesson_id in proposed.lesson_ids]

    assert (again.lesson_ids, again.is_replay) == (proposed.lesson_ids, True)
    assert [lesson.starts_at for lesson in lessons] == [EIGHT + timedelta(weeks=week) for week in range(4)]
    assert {lesson.held_until for lesson in lessons} == {proposed.answer_by} == {EIGHT}
    assert (count_credits(cast), busy_steps(cast, EIGHT + timedelta(weeks=3))) == (4, 4)

    accepted = answer(cast, proposed.lesson_ids[2], accept=True)

    assert (accepted.status, accepted.lesson_ids) == (LessonStatus.BOOKED, proposed.lesson_ids)
    assert (statuses(cast, proposed), count_credits(cast)) == ({LessonStatus.BOOKED}, 0)
    with in_school(cast.school.pk):
        made = Event.objects.filter(kind=EventKind.LESSON_BOOKED, lesson_id__in=proposed.lesson_ids)
        assert made.count() == 4


def test_who_accepted_a_series_undoes_it_whole_as_a_booking(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 4)
    proposed = propose(cast)
    answer(cast, proposed.lesson_ids[0], accept=True)

    undone = undo_booking(
        school=cast.school, actor=cast.sam, lesson_id=proposed.lesson_ids[2], request_id=uuid.uuid4(), door=Door.WEB,
        now=NOW,
    )  # fmt: skip

    assert undone.lesson_ids == proposed.lesson_ids
    assert statuses(cast, proposed) == {LessonStatus.RELEASED}
    assert (count_credits(cast), busy_steps(cast, EIGHT)) == (4, 0)


@pytest.mark.parametrize("take", [propose, book_at_desk])
def test_no_week_is_on_a_holiday_wherever_the_teacher_is_open(cast: Cast, take: Callable[..., Any]) -> None:
    add_founders_day(cast, date(2026, 12, 8))

    with pytest.raises(SeriesHasProblems) as refused:
        take(cast)

    assert [type(one.refusal) for one in refused.value.dates] == [type(None), type(None), Holiday, type(None)]
    assert len(take(cast, replace(WISH, leave_out=frozenset({3}))).lesson_ids) == 3


def test_everybody_is_told_once_of_all_of_them(cast: Cast) -> None:
    proposed = propose(cast)
    (asked,) = told(cast, cast.sam)

    assert asked.subject == "Tara Teaches proposes weekly lessons, the first on Mon 23 Nov, 19:00 (New York)"
    assert asked.paragraphs[0].split("\n") == [
        "Tara Teaches proposes weekly lessons. All times are your time: New York.",
        "Mon 23 Nov, 19:00 (Tue 24 Nov, 08:00)",
        "Mon 30 Nov, 19:00 (Tue 1 Dec, 08:00)",
        "Mon 7 Dec, 19:00 (Tue 8 Dec, 08:00)",
        "Mon 14 Dec, 19:00 (Tue 15 Dec, 08:00)",
    ]
    answer(cast, proposed.lesson_ids[0], accept=True)

    with in_school(cast.school.pk):
        kinds = list(Message.objects.filter(channel="in_app").order_by("pk").values_list("kind", "recipient_id"))
        mail = Message.objects.get(kind=MessageKind.SERIES_BOOKED, recipient=cast.sam, channel="email")
    assert kinds == [
        (MessageKind.SERIES_PROPOSED, cast.sam.pk),
        (MessageKind.SERIES_BOOKED, cast.tara.pk),
        (MessageKind.SERIES_BOOKED, cast.sam.pk),
    ]
    assert [one["lesson"] for one in mail.values["lessons"]] == list(proposed.lesson_ids)


def test_declining_frees_every_time_and_tells_the_teacher_once(cast: Cast) -> None:
    proposed = propose(cast)

    answer(cast, proposed.lesson_ids[0], accept=False, reason="Too early")

    (said,) = told(cast, cast.tara)
    assert statuses(cast, proposed) == {LessonStatus.RELEASED}
    assert busy_steps(cast, EIGHT) == 0
    assert "It was one proposal for weekly sessions." in said.body
    assert "Tue 15 Dec, 08:00 (Mon 14 Dec, 19:00)" in said.body
    assert "The reason given: Too early" in said.body


def test_it_lapses_or_is_taken_back_whole(cast: Cast) -> None:
    lapsed = propose(cast)
    sweep_lapsed(school=cast.school, now=EIGHT)
    later = EIGHT + timedelta(hours=1)
    taken_back = propose(cast, replace(WISH, first_on=date(2026, 11, 30)), now=later)
    let_go(
        school=cast.school, actor=cast.tara, lesson_id=taken_back.lesson_ids[1], request_id=uuid.uuid4(),
        door=Door.WEB, now=later,
    )  # fmt: skip

    assert statuses(cast, lapsed) == statuses(cast, taken_back) == {LessonStatus.RELEASED}
    assert taken_back.answer_by == later + timedelta(hours=48)
    assert [text.subject for text in told(cast, cast.tara)] == [
        "The session on Tue 24 Nov, 08:00 (Manila) was not confirmed in time"
    ]
    said = [text for text in told(cast, cast.sam) if "took back" in text.subject]
    assert len(said) == 1
    assert "It was one proposal of weekly lessons." in said[0].body
    with pytest.raises(NothingToAnswer):
        answer(cast, lapsed.lesson_ids[0], accept=True, now=later)


def test_weeks_that_cannot_be_had_are_named_and_nothing_is_kept(cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    book(cast, actor=sue, starts_at=TUESDAY_NINE + timedelta(weeks=1))
    wish = replace(WISH, starts_minute=1170, count=12)

    preview = preview_proposed_series(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, wish=wish, door=Door.WEB, now=NOW
    )
    with pytest.raises(SeriesHasProblems) as refused:
        propose(cast, wish)

    codes = [one.refusal.code if one.refusal else "" for one in preview.dates]
    assert codes == ["", "slot_taken", *[""] * 7, *["booking_too_far"] * 3]
    assert refused.value.values == {"count": 4, "all": 12}
    with in_school(cast.school.pk):
        assert (LessonSeries.objects.count(), Lesson.objects.filter(status=LessonStatus.REQUESTED).count()) == (0, 0)
    kept = propose(cast, replace(wish, leave_out=frozenset({2, 10, 11, 12})))
    assert (len(kept.lesson_ids), kept.left_out) == (8, 4)


def test_what_is_proposed_is_nobody_elses_until_it_is_answered(cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")
    proposed = propose(cast, replace(WISH, starts_minute=1200))
    third = {"actor": sue, "starts_at": TUESDAY_NINE + timedelta(weeks=2)}

    with pytest.raises(SlotTaken):
        book(cast, **third)
    answer(cast, proposed.lesson_ids[0], accept=False)
    assert book(cast, **third).status == LessonStatus.BOOKED


def test_without_credits_for_all_nothing_is_booked_and_it_stays_open(cast: Cast) -> None:
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3)
    proposed = propose(cast)

    with pytest.raises(NotEnoughCredits):
        answer(cast, proposed.lesson_ids[0], accept=True)
    assert (statuses(cast, proposed), count_credits(cast)) == ({LessonStatus.REQUESTED}, 3)


def test_dates_at_which_the_teacher_pauses_by_now_are_named_and_nothing_is_booked(cast: Cast) -> None:
    proposed = propose(cast, now=NOW - timedelta(hours=6))
    for day in range(1, 5):
        lesson = casting.book(cast, starts_at=NOW - timedelta(days=day, hours=-1))
        casting.report(cast, lesson, now=lesson.starts_at - timedelta(hours=2))

    with pytest.raises(SeriesHasProblems) as refused:
        answer(cast, proposed.lesson_ids[1], accept=True)

    codes = [one.refusal.code if one.refusal else "" for one in refused.value.dates]
    assert codes == ["teacher_paused", "", "", ""]
    assert statuses(cast, proposed) == {LessonStatus.REQUESTED}
    with in_school(cast.school.pk):
        (offered,) = list_offered(school=cast.school, student=cast.sam, now=NOW)
    assert (len(offered.lessons), offered.paused_ids) == (4, frozenset(proposed.lesson_ids[:1]))


def test_where_the_school_approves_an_accepted_series_waits_for_it(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    proposed = propose(cast)

    assert answer(cast, proposed.lesson_ids[0], accept=True).status == LessonStatus.REQUESTED
    (asked,) = told(cast, cast.desi)
    assert "It is one request for weekly sessions." in asked.body


def test_only_a_student_they_know_is_asked(cast: Cast) -> None:
    with in_school(cast.school.pk):
        sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Europe/Berlin")

    with pytest.raises(StudentNotFound):
        propose(cast, student_id=sue.pk)
    with pytest.raises(StudentNotFound):
        preview_proposed_series(
            school=cast.school, actor=cast.tara, student_id=sue.pk, wish=WISH, door=Door.WEB, now=NOW
        )


def test_the_desk_books_a_series_for_both_with_a_reason(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    booked = book_at_desk(cast)

    assert booked.starts == tuple(EIGHT + timedelta(weeks=week) for week in range(4))
    assert statuses(cast, booked) == {LessonStatus.BOOKED}
    assert [len(told(cast, member)) for member in (cast.sam, cast.tara)] == [1, 1]
    with in_school(cast.school.pk):
        events = Event.objects.filter(kind=EventKind.LESSON_BOOKED, lesson_id__in=booked.lesson_ids)
        assert {(event.reason, event.actor_id, event.on_behalf_of_id) for event in events} == {
            ("By phone", cast.desi.person_id, cast.sam.pk)
        }
    with pytest.raises(ReasonMissing):
        book_at_desk(cast, reason=" ")


def test_the_desk_leaves_rules_aside_only_when_it_says_so(cast: Cast) -> None:
    far = replace(WISH, count=12)

    with pytest.raises(SeriesHasProblems) as refused:
        book_at_desk(cast, far, leave=Leave())
    codes = [one.refusal.code if one.refusal else "" for one in refused.value.dates]
    assert codes == [*["outside_availability"] * 9, *["booking_too_far"] * 3]
    assert len(book_at_desk(cast, far, leave=Leave(any_time=True, any_notice=True)).lesson_ids) == 12
