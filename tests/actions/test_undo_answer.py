"""An answer to a proposal or a request is undone: it waits again as it did, as new rows beside those that ended.

What is refused is refused for a reason that the person reads: too late, somebody else's, or something came of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from makegood.actions.answer_proposal import answer_proposal
from makegood.actions.approve_booking import approve_booking, decline_booking
from makegood.actions.cancel_by_student import cancel_by_student
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.propose_series import propose_series
from makegood.actions.series_steps import SeriesWish
from makegood.actions.undo_answer import find_answer_undo_end, undo_answer
from makegood.actions.undo_booking import find_undo_end
from makegood.actions.undoing import AnswerNotYours, AnswerUndoTooLate, CreditsSpentSince
from makegood.domain.lessons.coming_back import TeacherLeftSince
from makegood.domain.lessons.models import Lesson, LessonStatus, WaitsFor
from makegood.domain.lessons.operations import LessonNotFound, TimeTakenSince
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership, Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.reports.proposals import ProposalState, list_offered, list_proposals
from tests import cast as casting
from tests.bookings import (
    MONDAY,
    NOW,
    TUESDAY_NINE,
    book,
    book_weekly,
    busy_steps,
    count_credits,
    give_credits,
    lesson_of,
    open_mornings,
    set_rules,
)
from tests.cast import Cast, add_member, make_cast

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    # The two know each other, so that one proposes.
    casting.book(made, starts_at=NOW + timedelta(days=20))
    return made


def form(cast: Cast, actor: Membership, lesson_id: int, **changes: Any) -> dict[str, Any]:
    values = {
        "school": cast.school, "actor": actor, "lesson_id": lesson_id, "request_id": uuid.uuid4(), "door": Door.WEB,
        "now": NOW,
    }  # fmt: skip
    return values | changes


def propose(cast: Cast) -> int:
    return propose_lesson(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, starts_at=TUESDAY_NINE, minutes=50,
        lesson_type="regular", note="Grammar", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    ).lesson_id  # fmt: skip


def decline(cast: Cast) -> int:
    """Sam declines what Tara proposes."""
    lesson_id = propose(cast)
    answer_proposal(**form(cast, cast.sam, lesson_id, accept=False, reason="No time"))
    return lesson_id


def refuse(cast: Cast) -> int:
    """The school refuses what Sam wants to book."""
    lesson_id = book(cast).lesson_id
    decline_booking(**form(cast, cast.desi, lesson_id, reason="Full"))
    return lesson_id


def approve(cast: Cast) -> int:
    lesson_id = book(cast).lesson_id
    approve_booking(**form(cast, cast.desi, lesson_id))
    return lesson_id


def undo(cast: Cast, actor: Membership, lesson_id: int, **changes: Any) -> Any:
    return undo_answer(**form(cast, actor, lesson_id, **{"now": LATER} | changes))


def end_of_undo(cast: Cast, actor: Membership, lesson_id: int, now: datetime = LATER) -> datetime | None:
    with in_school(cast.school.pk):
        return find_answer_undo_end(lesson=lesson_of(cast, lesson_id), actor=actor, now=now)


def lessons_of(cast: Cast, ids: Sequence[int]) -> list[Lesson]:
    with in_school(cast.school.pk):
        return list(Lesson.objects.filter(pk__in=ids).order_by("starts_at"))


def told(cast: Cast, kind: str) -> list[tuple[str, str]]:
    """Who was told, by e-mail, with which subject."""
    with in_school(cast.school.pk):
        messages = Message.objects.filter(kind=kind, channel="email").select_related("recipient__person", "school")
        return [(one.recipient.code, render(one).subject) for one in messages.order_by("pk")]


def events_of(cast: Cast, lesson_id: int) -> list[str]:
    with in_school(cast.school.pk):
        return list(Event.objects.filter(lesson_id=lesson_id).order_by("pk").values_list("kind", flat=True))


def test_a_declined_proposal_is_proposed_again_with_its_note_and_its_end(cast: Cast) -> None:
    former = lesson_of(cast, decline(cast))
    request_id = uuid.uuid4()

    undone = undo(cast, cast.sam, former.pk, request_id=request_id)
    (again,) = lessons_of(cast, undone.lesson_ids)

    assert undo(cast, cast.sam, former.pk, request_id=request_id).lesson_ids == (again.pk,)
    assert lesson_of(cast, former.pk).status == LessonStatus.RELEASED
    assert (again.status, again.waits_for, again.held_until, again.starts_at) == (
        LessonStatus.REQUESTED, WaitsFor.STUDENT, former.held_until, TUESDAY_NINE,
    )  # fmt: skip
    with in_school(cast.school.pk):
        (offered,) = list_offered(school=cast.school, student=cast.sam, now=LATER)
        (shown,) = list_proposals(school=cast.school, teacher=cast.tara, student=cast.sam, now=LATER)
        asked = Event.objects.get(kind="proposed_again")
    assert (offered.lesson.pk, offered.note) == (again.pk, "Grammar")
    # The teacher sees what stands now, and what they wrote is not said to be the student's.
    assert (shown.lesson.pk, shown.state, shown.note) == (again.pk, ProposalState.WAITING, "Grammar")
    assert (asked.actor_id, asked.reason, asked.values["note"]) == (cast.sam.person_id, "", "Grammar")
    assert busy_steps(cast, TUESDAY_NINE) > 0
    assert events_of(cast, former.pk)[-2:] == ["proposal_declined", "answer_undone"]
    assert [*told(cast, "proposal_open_again"), *told(cast, "proposal_open_again_teacher")] == [
        ("sam", "The lesson on Mon 23 Nov, 20:00 (New York) waits for your answer again"),
        ("tara", "Sam Studies may still accept the session on Tue 24 Nov, 09:00 (Manila)"),
    ]
    answer_proposal(**form(cast, cast.sam, again.pk, accept=False, reason="After all", now=LATER))
    with in_school(cast.school.pk):
        (shown,) = list_proposals(school=cast.school, teacher=cast.tara, student=cast.sam, now=LATER)
    assert (shown.lesson.pk, shown.state, shown.answer) == (again.pk, ProposalState.DECLINED, "After all")
    (third,) = undo(cast, cast.sam, again.pk, now=LATER).lesson_ids
    with in_school(cast.school.pk):
        (offered,) = list_offered(school=cast.school, student=cast.sam, now=LATER)
    assert (offered.lesson.pk, offered.note) == (third, "Grammar")
    answer_proposal(**form(cast, cast.sam, third, accept=True, reason="", now=LATER))
    assert lesson_of(cast, third).status == LessonStatus.BOOKED


def test_weekly_lessons_are_open_again_together(cast: Cast) -> None:
    wish = SeriesWish(first_on=MONDAY, starts_minute=1200, minutes=50, lesson_type="regular", count=3)
    proposed = propose_series(
        school=cast.school, actor=cast.tara, student_id=cast.sam.pk, wish=wish, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=NOW,
    )  # fmt: skip
    second = proposed.lesson_ids[1]
    answer_proposal(**form(cast, cast.sam, second, accept=False, reason=""))

    again = lessons_of(cast, undo(cast, cast.sam, second).lesson_ids)

    assert [lesson.status for lesson in again] == [LessonStatus.REQUESTED] * 3
    assert [lesson.series_position for lesson in again] == [1, 2, 3]
    assert len({lesson.series_id for lesson in again}) == 1
    with in_school(cast.school.pk):
        (shown,) = list_proposals(school=cast.school, teacher=cast.tara, student=cast.sam, now=LATER)
    assert ([lesson.pk for lesson in shown.lessons], shown.state) == (
        [lesson.pk for lesson in again], ProposalState.WAITING,
    )  # fmt: skip
    assert len(told(cast, "proposal_open_again_teacher")) == 1


@pytest.mark.parametrize("approves", [True, False])
def test_the_schools_word_about_an_accepted_proposal_is_undone(cast: Cast, approves: bool) -> None:
    set_rules(cast, needs_approval=True)
    lesson_id = propose(cast)
    answer_proposal(**form(cast, cast.sam, lesson_id, accept=True, reason=""))
    until = lesson_of(cast, lesson_id).held_until
    if approves:
        approve_booking(**form(cast, cast.desi, lesson_id))
    else:
        decline_booking(**form(cast, cast.desi, lesson_id, reason="Full"))
    assert end_of_undo(cast, cast.desi, lesson_id) == LATER

    (again,) = undo(cast, cast.desi, lesson_id).lesson_ids

    assert lesson_of(cast, again).held_until == until
    # In the teacher's list it stands once.
    with in_school(cast.school.pk):
        (shown,) = list_proposals(school=cast.school, teacher=cast.tara, student=cast.sam, now=LATER)
    assert (shown.lesson.pk, shown.state, shown.note) == (again, ProposalState.WAITS_FOR_SCHOOL, "Grammar")


def test_a_refused_booking_waits_for_the_school_again_and_uses_its_credits(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 2)
    refused = refuse(cast)
    assert count_credits(cast) == 2

    (again,) = lessons_of(cast, undo(cast, cast.desi, refused).lesson_ids)

    assert (again.status, again.waits_for, count_credits(cast)) == (LessonStatus.REQUESTED, WaitsFor.SCHOOL, 1)
    assert told(cast, "request_open_again") == [
        ("sam", "Your school looks at the lesson on Mon 23 Nov, 20:00 (New York) again")
    ]
    approve_booking(**form(cast, cast.desi, again.pk, now=LATER))
    assert (lesson_of(cast, again.pk).status, count_credits(cast)) == (LessonStatus.BOOKED, 1)


def test_an_approval_is_undone_and_both_calendars_lose_the_lesson(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 1)
    requested = book(cast).lesson_id
    until = lesson_of(cast, requested).held_until
    approve_booking(**form(cast, cast.desi, requested))
    assert end_of_undo(cast, cast.desi, requested) == LATER
    with in_school(cast.school.pk):
        # Undoing the booking would end what the student asked for.
        assert find_undo_end(lesson=lesson_of(cast, requested), actor=cast.desi, now=LATER) is None

    (again,) = lessons_of(cast, undo(cast, cast.desi, requested).lesson_ids)

    former = lesson_of(cast, requested)
    assert (former.status, again.status, again.held_until) == (
        LessonStatus.RELEASED, LessonStatus.REQUESTED, until,
    )  # fmt: skip
    assert count_credits(cast) == 0
    with in_school(cast.school.pk):
        messages = Message.objects.filter(kind="approval_undone", channel="in_app").order_by("pk")
        assert [(one.recipient_id, one.values["lesson"], one.values["version"]) for one in messages] == [
            (cast.sam.pk, former.pk, former.version), (cast.tara.pk, former.pk, former.version),
        ]  # fmt: skip
    # The same answer once more, and its undo, of the lesson that waits now.
    approve_booking(**form(cast, cast.desi, again.pk, now=LATER))
    undo(cast, cast.desi, again.pk, now=LATER + timedelta(minutes=5))
    assert count_credits(cast) == 0


def test_an_approved_series_is_undone_whole(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    booked = book_weekly(cast)
    approve_booking(**form(cast, cast.desi, booked.lesson_ids[0]))

    again = lessons_of(cast, undo(cast, cast.desi, booked.lesson_ids[2]).lesson_ids)

    assert [(lesson.status, lesson.waits_for) for lesson in again] == [(LessonStatus.REQUESTED, WaitsFor.SCHOOL)] * 4


@pytest.mark.parametrize(("answered", "by"), [(decline, "sam"), (refuse, "desi"), (approve, "desi")])
@pytest.mark.parametrize("what", ["late", "undone", "taken", "somebody else"])
def test_an_answer_that_was_followed_by_something_stays(cast: Cast, answered: Any, by: str, what: str) -> None:
    if answered is not decline:
        set_rules(cast, needs_approval=True)
    lesson_id, actor = answered(cast), getattr(cast, by)
    refusal: type[Exception] = AnswerUndoTooLate
    now = LATER
    if what == "late":
        now += timedelta(seconds=1)
    if what == "undone":
        undo(cast, actor, lesson_id)
    if what == "taken":
        if answered is approve:
            cancel_by_student(**form(cast, cast.sam, lesson_id, shown_as_free=False, note=""))
        else:
            with in_school(cast.school.pk):
                sue = add_member(cast.school, code="sue", name="Sue", role=Role.STUDENT, zone="Asia/Manila")
            book(cast, actor=sue)
            refusal = TimeTakenSince
    if what == "somebody else":
        with in_school(cast.school.pk):
            RoleGrant.objects.create(school=cast.school, membership=cast.rhea, role=Role.DESK, granted_at=NOW)
        actor, refusal = cast.rhea, LessonNotFound if answered is decline else AnswerNotYours
    before = len(events_of(cast, lesson_id))

    if refusal is not TimeTakenSince:
        assert end_of_undo(cast, actor, lesson_id, now) is None
    with pytest.raises(refusal):
        undo(cast, actor, lesson_id, now=now)
    assert len(events_of(cast, lesson_id)) == before


def test_credits_that_were_spent_and_a_teacher_who_left_stand_in_the_way(cast: Cast) -> None:
    set_rules(cast, needs_approval=True, requires_credits=True)
    give_credits(cast, 1)
    refused = refuse(cast)
    other = book(cast, starts_at=TUESDAY_NINE + timedelta(hours=1))

    with pytest.raises(CreditsSpentSince):
        undo(cast, cast.desi, refused)
    decline_booking(**form(cast, cast.desi, other.lesson_id, reason="Full"))
    assert end_of_undo(cast, cast.desi, refused) == LATER
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(membership=cast.tara).update(ended_at=NOW)
    assert end_of_undo(cast, cast.desi, refused) is None
    with pytest.raises(TeacherLeftSince):
        undo(cast, cast.desi, refused)


def test_a_request_that_would_have_lapsed_is_not_opened_again(cast: Cast) -> None:
    lesson_id = propose(cast)
    until = lesson_of(cast, lesson_id).held_until
    assert until is not None
    answer_proposal(**form(cast, cast.sam, lesson_id, accept=False, reason="", now=until - timedelta(minutes=2)))

    assert end_of_undo(cast, cast.sam, lesson_id, until - timedelta(minutes=1)) == until
    with pytest.raises(AnswerUndoTooLate):
        undo(cast, cast.sam, lesson_id, now=until)


def test_a_first_meeting_is_not_opened_again_beside_another_one(cast: Cast) -> None:
    set_rules(cast, needs_approval=True)
    open_mornings(cast, cast.tom)
    first: dict[str, Any] = {"teacher_id": cast.tom.pk, "lesson_type": "meet_your_teacher", "minutes": 25}
    # 10:00 in Madrid, where Tom lives.
    ten = TUESDAY_NINE + timedelta(hours=8)
    refused = book(cast, starts_at=ten, **first).lesson_id
    decline_booking(**form(cast, cast.desi, refused, reason="Full"))
    other = book(cast, starts_at=ten + timedelta(days=1), **first).lesson_id

    with pytest.raises(AnswerUndoTooLate):
        undo(cast, cast.desi, refused)
    decline_booking(**form(cast, cast.desi, other, reason="Full"))
    undo(cast, cast.desi, refused)
