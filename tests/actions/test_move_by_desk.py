"""The desk moves a lesson: for its student at the student's price, for its teacher at the teacher's, for the school."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.approve_move import approve_move
from makegood.actions.cancelling import ChangedSince
from makegood.actions.desk_lessons import OwnLesson
from makegood.actions.move_by_desk import MovedByDesk, Shown, move_by_desk
from makegood.actions.moving_steps import MovePriceChanged, MovingNoLongerFree
from makegood.actions.quote_move import quote_move_at_desk
from makegood.actions.reasons import ReasonMissing
from makegood.actions.undo_reschedule import find_end_at_desk, undo_reschedule
from makegood.domain.incidents.asking import HowNotSaid
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.models import Lesson, LessonMove
from makegood.domain.lessons.move_requests import MoveIsAsked
from makegood.domain.lessons.operations import LessonNotFound, TooLateToUndo
from makegood.domain.lessons.time_checks import TimeRefused
from makegood.domain.penalties.operations import find_live
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.facts import RequestedBy
from tests.cast import LONG_AGO, Cast, book, make_cast
from tests.moves import (
    FRIDAY,
    LATE,
    NOW,
    SECOND,
    THURSDAY,
    WEDNESDAY,
    ask,
    behalf_of_move_back,
    confirm,
    count_credits,
    decide_last,
    events_of,
    give_credits,
    keep,
    leave,
    lesson_of,
    moves_of,
    open_mornings,
    set_rules,
    told,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    open_mornings(made)
    return made


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=WEDNESDAY)


def move(cast: Cast, lesson: Lesson, requested_by: RequestedBy, **changes: Any) -> MovedByDesk:
    """Desi moves the lesson to Thursday at nine, as the page shows it now."""
    now = changes.get("now", NOW)
    token = ""
    if requested_by is RequestedBy.TEACHER:
        token = quote_move_at_desk(
            school=cast.school, actor=cast.desi, lesson_id=lesson.pk, teacher_id=cast.tara.pk, now=now
        ).token
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "lesson_id": lesson.pk, "requested_by": requested_by,
        "starts_at": THURSDAY, "asked": "phone", "reason": "Called at noon", "shown": Shown(quote_token=token),
        "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return move_by_desk(**(values | changes))


def undo(cast: Cast, lesson: Lesson, *, now: Any = NOW) -> bool:
    done = undo_reschedule(school=cast.school, actor=cast.desi, lesson_id=lesson.pk, door=Door.WEB, now=now)
    return done.is_replay


def event_of(cast: Cast, kind: EventKind) -> Event:
    with in_school(cast.school.pk):
        return Event.objects.get(kind=kind)


def penalties_of(cast: Cast) -> list[tuple[str, int]]:
    """What stands of Tara's incidents now."""
    with in_school(cast.school.pk):
        ids = list(Incident.objects.values_list("pk", flat=True))
        live = find_live(school_id=cast.school.pk, incident_ids=ids)
        return [(str(one.kind), live[one.pk].penalty_minor) for one in Incident.objects.order_by("pk")]


def test_for_the_student_it_is_free_until_the_mark_and_both_are_told(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 1, used_by=lesson)

    done = move(cast, lesson, RequestedBy.STUDENT)

    assert (done.lesson_id, done.is_used) == (lesson.pk, False)
    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "student")]
    event = event_of(cast, EventKind.MOVED_FOR_STUDENT)
    assert (event.actor_id, event.on_behalf_of_id, event.reason) == (
        cast.desi.person_id, cast.sam.pk, "Called at noon",
    )  # fmt: skip
    assert event.values["asked_by"] == "by phone"
    assert told(cast) == [("sam", "lesson_moved_for_student"), ("tara", "lesson_moved")]
    assert count_credits(cast) == 0


def test_after_the_mark_the_student_uses_the_lesson_and_gets_another(cast: Cast, lesson: Lesson) -> None:
    give_credits(cast, 2, used_by=lesson)
    with pytest.raises(MovingNoLongerFree):
        move(cast, lesson, RequestedBy.STUDENT, now=LATE)

    done = move(cast, lesson, RequestedBy.STUDENT, now=LATE, shown=Shown(as_free=False))

    assert done.is_used
    assert lesson_of(cast, lesson.pk).status == "cancelled"
    assert lesson_of(cast, done.lesson_id).starts_at == THURSDAY
    assert count_credits(cast) == 0
    with in_school(cast.school.pk):
        incident = Incident.objects.get()
    assert (incident.requested_by, incident.reported_by_id) == ("student", cast.desi.person_id)
    event = event_of(cast, EventKind.CANCELLED_LATE_BY_STUDENT)
    assert (event.actor_id, event.on_behalf_of_id) == (cast.desi.person_id, cast.sam.pk)
    assert ("sam", "lesson_cancelled_by_desk_used") in told(cast)


def test_for_the_teacher_it_counts_at_the_price_that_was_shown(cast: Cast, lesson: Lesson) -> None:
    move(cast, lesson, RequestedBy.TEACHER, now=LATE)

    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "teacher")]
    assert penalties_of(cast) == [("rescheduled", 30)]
    with in_school(cast.school.pk):
        incident, made = Incident.objects.get(), LessonMove.objects.get()
    assert (incident.reported_at, incident.requested_by, incident.reported_by_id) == (
        LATE, "teacher", cast.desi.person_id,
    )  # fmt: skip
    assert (made.incident_id, made.on_behalf_of_id) == (incident.pk, cast.tara.pk)
    assert event_of(cast, EventKind.MOVED_FOR_TEACHER).incident_id == incident.pk
    assert told(cast) == [("sam", "lesson_moved_for_teacher"), ("tara", "lesson_moved_for_teacher_receipt")]


def test_for_the_teacher_nothing_moves_at_another_price_than_was_shown(cast: Cast, lesson: Lesson) -> None:
    token = quote_move_at_desk(
        school=cast.school, actor=cast.desi, lesson_id=lesson.pk, teacher_id=cast.tara.pk, now=NOW
    ).token

    # Within the hour before the lesson it costs more.
    with pytest.raises(MovePriceChanged):
        move(cast, lesson, RequestedBy.TEACHER, now=WEDNESDAY - 30 * MINUTE, shown=Shown(quote_token=token))

    assert moves_of(cast, lesson) == []
    assert penalties_of(cast) == []


def test_for_the_school_it_costs_nobody_anything_also_after_the_mark(cast: Cast, lesson: Lesson) -> None:
    move(cast, lesson, RequestedBy.COMPANY, now=LATE)

    assert moves_of(cast, lesson) == [(WEDNESDAY, THURSDAY, "company")]
    assert penalties_of(cast) == []
    assert event_of(cast, EventKind.MOVED_FOR_SCHOOL).on_behalf_of_id is None
    assert told(cast) == [("sam", "lesson_moved_for_school"), ("tara", "lesson_moved")]


@pytest.mark.parametrize("requested_by", [RequestedBy.STUDENT, RequestedBy.TEACHER, RequestedBy.COMPANY])
def test_it_is_undone_within_the_minutes_by_who_did_it(cast: Cast, lesson: Lesson, requested_by: RequestedBy) -> None:
    move(cast, lesson, requested_by)
    with pytest.raises(TooLateToUndo):
        undo_reschedule(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=NOW)
    with pytest.raises(TooLateToUndo):
        undo(cast, lesson, now=NOW + 5 * MINUTE + SECOND)

    assert undo(cast, lesson, now=NOW + 5 * MINUTE) is False
    assert undo(cast, lesson, now=NOW + 5 * MINUTE) is True

    assert lesson_of(cast, lesson.pk).starts_at == WEDNESDAY
    # For the school, and on behalf of whom it was made for.
    wanted_by = {RequestedBy.STUDENT: cast.sam.pk, RequestedBy.TEACHER: cast.tara.pk}.get(requested_by)
    assert moves_of(cast, lesson)[1:] == [(THURSDAY, WEDNESDAY, "company")]
    assert behalf_of_move_back(cast) == (wanted_by, wanted_by)
    assert [cost for _kind, cost in penalties_of(cast)] in ([], [0])
    assert told(cast)[-2:] == [("sam", "move_undone_by_desk"), ("tara", "move_undone_by_desk")]
    # What was withdrawn stands in nobody's way: it can be reported as if nothing had been.
    move(cast, lesson, requested_by, now=NOW + 6 * MINUTE)


@pytest.mark.parametrize("what", ["nothing", "asked", "decided", "the teacher left", "the student left"])
def test_no_undo_is_offered_that_would_be_refused(cast: Cast, lesson: Lesson, what: str) -> None:
    move(cast, lesson, RequestedBy.TEACHER)
    if what == "asked":
        ask(cast, lesson_of(cast, lesson.pk), starts_at=FRIDAY)
    if what == "decided":
        decide_last(cast)
    if what.endswith("left"):
        leave(cast, cast.tara if "teacher" in what else cast.sam)

    with in_school(cast.school.pk):
        until = find_end_at_desk(
            school=cast.school, lesson=lesson_of(cast, lesson.pk), actor=cast.desi, now=NOW + MINUTE
        )

    assert (until is not None) is (what == "nothing")
    if what == "nothing":
        undo(cast, lesson, now=NOW + MINUTE)
    else:
        with pytest.raises(Refusal):
            undo(cast, lesson, now=NOW + MINUTE)


def test_what_the_desk_only_approved_is_not_the_desks_to_undo(cast: Cast, lesson: Lesson) -> None:
    set_rules(cast, needs_approval=True)
    asked = confirm(cast, lesson, keep(cast, lesson).hold_id).move_request_id
    assert asked is not None
    approve_move(
        school=cast.school, actor=cast.desi, move_request_id=asked, request_id=uuid.uuid4(), door=Door.WEB, now=NOW
    )

    with pytest.raises(TooLateToUndo):
        undo(cast, lesson)


def test_what_the_student_was_choosing_is_let_go_and_what_is_asked_is_answered_first(
    cast: Cast, lesson: Lesson
) -> None:
    keep(cast, lesson)
    move(cast, lesson, RequestedBy.STUDENT)
    assert lesson_of(cast, lesson.pk).starts_at == THURSDAY

    ask(cast, lesson, starts_at=FRIDAY)
    with pytest.raises(MoveIsAsked):
        move(cast, lesson, RequestedBy.COMPANY, starts_at=WEDNESDAY)


def test_a_lesson_that_moved_while_the_page_was_open_is_not_moved_from_where_it_is_now(
    cast: Cast, lesson: Lesson
) -> None:
    shown = Shown(version=lesson.version)
    confirm(cast, lesson, keep(cast, lesson, starts_at=FRIDAY).hold_id)

    with pytest.raises(ChangedSince):
        move(cast, lesson, RequestedBy.COMPANY, shown=shown)

    assert lesson_of(cast, lesson.pk).starts_at == FRIDAY
    move(cast, lesson, RequestedBy.COMPANY, shown=Shown(version=lesson_of(cast, lesson.pk).version))


def test_a_form_that_arrives_twice_gets_the_first_answer(cast: Cast, lesson: Lesson) -> None:
    request_id = uuid.uuid4()

    first = move(cast, lesson, RequestedBy.COMPANY, request_id=request_id)
    again = move(cast, lesson, RequestedBy.COMPANY, request_id=request_id)

    assert (first.is_replay, again.is_replay) == (False, True)
    assert events_of(cast, lesson).count("moved_for_school") == 1


def test_nothing_moves_without_the_students_word_a_reason_or_a_free_time(cast: Cast, lesson: Lesson) -> None:
    book(cast, starts_at=FRIDAY)
    for changes, refusal in (
        ({"asked": ""}, HowNotSaid),
        ({"reason": " "}, ReasonMissing),
        ({"starts_at": FRIDAY}, TimeRefused),
    ):
        with pytest.raises(refusal):
            move(cast, lesson, RequestedBy.COMPANY, **changes)
    assert moves_of(cast, lesson) == []


def test_nobody_moves_a_lesson_of_their_own_here_and_nobody_without_the_desk(cast: Cast, lesson: Lesson) -> None:
    with in_school(cast.school.pk):
        for member in (cast.tara, cast.sam):
            RoleGrant.objects.create(school=cast.school, membership=member, role=Role.DESK, granted_at=LONG_AGO)
    for member in (cast.tara, cast.sam):
        with pytest.raises(OwnLesson):
            move(cast, lesson, RequestedBy.COMPANY, actor=member)
    for member in (cast.tom, cast.rhea, cast.owen):
        with pytest.raises(LessonNotFound):
            move(cast, lesson, RequestedBy.COMPANY, actor=member)


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_a_time_that_no_calendar_has_is_refused_as_others_are(cast: Cast, lesson: Lesson, at: datetime) -> None:
    with pytest.raises(TimeRefused):
        move(cast, lesson, RequestedBy.COMPANY, starts_at=at)
