"""What tests of moving lessons start from: a Monday in the past, Tara open on weekday mornings, a lesson with Sam."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from makegood.actions.answer_move import MoveAnswered, answer_move
from makegood.actions.ask_to_move import MoveAsked, ask_to_move
from makegood.actions.decide_incident import decide_incident
from makegood.actions.keep_new_time import NewTimeKept, keep_new_time
from makegood.actions.move_by_desk import Shown, move_by_desk
from makegood.actions.preview_decision import preview_decision
from makegood.actions.quote_move import MoveQuote, quote_move
from makegood.actions.reschedule_lesson import LessonRescheduled, reschedule_lesson
from makegood.actions.set_booking_rules import set_booking_rules
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.incidents.models import Incident
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.lessons.models import Lesson, LessonMove, MoveRequest, Side
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.rules.facts import Decision, RequestedBy
from tests.cast import Cast

# A Monday, 14:00 in Manila, where Tara lives; 02:00 in New York, where Sam does.
NOW = datetime(2026, 10, 19, 6, tzinfo=UTC)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
# Wednesday 09:00 in Manila, and two free times later in the same week.
WEDNESDAY = datetime(2026, 10, 21, 1, tzinfo=UTC)
THURSDAY = WEDNESDAY + DAY
FRIDAY = WEDNESDAY + 2 * DAY
# An hour too late to move or cancel Wednesday's free of charge.
LATE = WEDNESDAY - timedelta(hours=23)


def open_mornings(cast: Cast, *teachers: Membership) -> None:
    """Let the teachers (Tara without any) be open from 9 to 12 on every weekday from this week on."""
    for teacher in teachers or (cast.tara,):
        set_default_availability(
            school=cast.school,
            actor=teacher,
            teacher_id=teacher.pk,
            weekly={weekday: [WallRange(540, 720)] for weekday in range(5)},
            from_on=date(2026, 10, 19),
            reason="",
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=NOW,
        )


def set_rules(cast: Cast, **changes: Any) -> None:
    """Let the school's booking rules differ from the defaults."""
    set_booking_rules(
        school=cast.school,
        actor=cast.owen,
        rules=BookingRuleSet(**changes),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=NOW,
    )


def give_credits(cast: Cast, count: int, *, used_by: Lesson | None = None) -> None:
    """Lesson credits for Sam; `used_by` has used one of them."""
    month_on = date(2026, 10, 1)
    with in_school(cast.school.pk):
        new = lesson_credits.NewGrant(
            student_id=cast.sam.pk,
            credits=count,
            expires_on=None,
            reason="",
            granted_by_id=None,
            door=Door.WEB,
            request_id=uuid.uuid4(),
        )
        lesson_credits.grant(school_id=cast.school.pk, new=new, month_on=month_on, now=NOW)
        if used_by is not None:
            Lesson.objects.filter(school=cast.school, pk=used_by.pk).update(credits=1, version=used_by.version + 1)
            lesson_credits.use(
                school_id=cast.school.pk,
                student_id=cast.sam.pk,
                credits_of_lessons={used_by.pk: 1},
                month_on=month_on,
                now=NOW,
            )


def count_credits(cast: Cast) -> int:
    """What Sam has left."""
    with in_school(cast.school.pk):
        return lesson_credits.count_left(school_id=cast.school.pk, student_id=cast.sam.pk, now=NOW)


def keep(cast: Cast, lesson: Lesson, **changes: Any) -> NewTimeKept:
    """Sam chooses Thursday at nine for the lesson."""
    values: dict[str, Any] = {
        "school": cast.school,
        "actor": cast.sam,
        "lesson_id": lesson.pk,
        "starts_at": THURSDAY,
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": NOW,
    }
    return keep_new_time(**(values | changes))


def confirm(cast: Cast, lesson: Lesson, hold_id: int, **changes: Any) -> LessonRescheduled:
    """Sam confirms what was kept."""
    values: dict[str, Any] = {
        "school": cast.school,
        "actor": cast.sam,
        "lesson_id": lesson.pk,
        "hold_id": hold_id,
        "shown_as_free": True,
        "note": "",
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": NOW,
    }
    return reschedule_lesson(**(values | changes))


def reschedule(cast: Cast, lesson: Lesson, *, to: datetime = THURSDAY, **changes: Any) -> LessonRescheduled:
    """Sam chooses a time and confirms it at once."""
    now = changes.get("now", NOW)
    return confirm(cast, lesson, keep(cast, lesson, starts_at=to, now=now).hold_id, **changes)


def move_late(cast: Cast, lesson: Lesson, *, by: str) -> int:
    """Too late to be free, Sam moves the lesson to Thursday at nine, or Desi does it for him; returns the other one."""
    if by == "sam":
        return reschedule(cast, lesson, shown_as_free=False, now=LATE).lesson_id
    moved = move_by_desk(
        school=cast.school,
        actor=cast.desi,
        lesson_id=lesson.pk,
        requested_by=RequestedBy.STUDENT,
        starts_at=THURSDAY,
        asked="phone",
        reason="Called at noon",
        shown=Shown(as_free=False),
        request_id=uuid.uuid4(),
        door=Door.WEB,
        now=LATE,
    )
    return moved.lesson_id


def ask(cast: Cast, lesson: Lesson, *, token: str = "", **changes: Any) -> MoveAsked:
    """Tara looks at the price and asks to move the lesson to Thursday at nine."""
    now = changes.get("now", NOW)
    values: dict[str, Any] = {
        "school": cast.school,
        "actor": cast.tara,
        "lesson_id": lesson.pk,
        "starts_at": THURSDAY,
        "says_side": Side.TEACHER,
        "reason": "A wedding",
        "quote_token": token or price(cast, lesson, now=now).token,
        "door": Door.WEB,
        "now": NOW,
    }
    return ask_to_move(**(values | changes))


def price(cast: Cast, lesson: Lesson, *, now: datetime = NOW) -> MoveQuote:
    """What moving the lesson costs Tara, as the page shows it."""
    return quote_move(school=cast.school, actor=cast.tara, lesson_id=lesson.pk, now=now)


def answer(cast: Cast, asked: MoveAsked, **changes: Any) -> MoveAnswered:
    """Sam agrees and says that Tara asked for it."""
    values: dict[str, Any] = {
        "school": cast.school,
        "actor": cast.sam,
        "move_request_id": asked.move_request_id,
        "agrees": True,
        "says_side": Side.TEACHER,
        "reason": "",
        "request_id": uuid.uuid4(),
        "door": Door.WEB,
        "now": NOW,
    }
    return answer_move(**(values | changes))


def asked_of(cast: Cast, lesson: Lesson) -> int:
    """The last request about the lesson."""
    with in_school(cast.school.pk):
        return MoveRequest.objects.filter(lesson=lesson).latest("pk").pk


def lesson_of(cast: Cast, lesson_id: int) -> Lesson:
    """The lesson as it stands."""
    with in_school(cast.school.pk):
        return Lesson.objects.select_related("student__person", "teacher__person").get(pk=lesson_id)


def moves_of(cast: Cast, lesson: Lesson) -> list[tuple[datetime, datetime, str]]:
    """From when to when the lesson moved, and at whose wish."""
    with in_school(cast.school.pk):
        moves = LessonMove.objects.filter(lesson=lesson).order_by("lesson_version")
        return [(move.from_starts_at, move.to_starts_at, move.requested_by) for move in moves]


def behalf_of_move_back(cast: Cast) -> tuple[int | None, int | None]:
    """On whose behalf the last move was taken back, by its own record and by the event."""
    with in_school(cast.school.pk):
        made = LessonMove.objects.exclude(undoes=None).latest("pk")
        return made.on_behalf_of_id, Event.objects.filter(kind="move_undone").latest("pk").on_behalf_of_id


def decide_last(cast: Cast, *, decision: Decision = Decision.WAIVED, now: datetime = NOW) -> None:
    """Rhea decides what the last move cost: she waives it, where nothing else is said."""
    with in_school(cast.school.pk):
        reference = Incident.objects.latest("pk").reference
    about: dict[str, Any] = {"school": cast.school, "actor": cast.rhea, "reference": reference, "now": now}
    seen = preview_decision(**about, decision=decision).seen
    decide_incident(
        **about, decision=decision, reason="A flood", seen=seen, is_exception=True, request_id=uuid.uuid4(),
        door=Door.WEB,
    )  # fmt: skip


def leave(cast: Cast, member: Membership) -> None:
    """The last role of the member has ended."""
    with in_school(cast.school.pk):
        RoleGrant.objects.filter(membership=member).update(ended_at=NOW)


def told(cast: Cast) -> list[tuple[str, str]]:
    """Who was told what, in order."""
    with in_school(cast.school.pk):
        found = Message.objects.filter(channel="in_app").order_by("pk").select_related("recipient")
        return [(message.recipient.code, message.kind) for message in found]


def events_of(cast: Cast, lesson: Lesson) -> list[str]:
    """The kinds of events on the lesson, in order."""
    with in_school(cast.school.pk):
        return list(Event.objects.filter(lesson_id=lesson.pk).order_by("pk").values_list("kind", flat=True))
