"""What asking a student to move a lesson would cost the teacher now, unless the student confirms having asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.moving_steps import find_own
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons.models import Lesson
from makegood.domain.lessons.operations import LessonNotFound, refuse_unless_booked
from makegood.domain.lessons.permissions import is_teacher_of
from makegood.domain.penalties import pricing, quotes
from makegood.domain.penalties.history import gather_facts
from makegood.domain.penalties.models import Quote
from makegood.domain.penalties.pricing import Priced
from makegood.domain.people.models import Membership
from makegood.domain.people.roster import lock_member
from makegood.domain.policies.queries import InForce, Timetable, get_timetable
from makegood.domain.schools.models import School
from makegood.refusal import Refusal

# What the stored quote calls its one price.
MOVED: Final = "moved"


class MovePriceChanged(Refusal):
    """What was shown is not what holds now. Nothing was asked or moved."""

    code = "move_price_changed"
    sentence = gettext_noop(
        "The price changed while you were here. Nothing was asked. Look at the new price, then decide."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveQuote:
    """A stored quote; `token` goes into the form, and its id is the form's id."""

    token: str
    lesson: Lesson
    version: InForce
    priced: Priced


def quote_move(*, school: School, actor: Membership, lesson_id: int, now: datetime) -> MoveQuote:
    """Price moving the actor's own lesson at `now`, store the price and sign it; the teacher is locked meanwhile.

    Raises LessonNotFound (also for somebody else's lesson), LessonNotOpen, NoStudentToMoveWith, NoPolicyInForce.
    """

    def work() -> MoveQuote:
        lock_member(school_id=school.pk, membership_id=actor.pk)
        lesson = find_own(school=school, actor=actor, lesson_id=lesson_id)
        if not is_teacher_of(membership_id=actor.pk, lesson=lesson):
            raise LessonNotFound
        refuse_unless_booked(lesson=lesson, now=now)
        timetable = get_timetable(school_id=school.pk)
        version = timetable.get_at(lesson.starts_at)
        history = gather_facts(school_id=school.pk, teacher_id=actor.pk)
        priced = pricing.price_move(lesson=lesson, teacher=actor, history=history, timetable=timetable, asked_at=now)
        stored = quotes.store(
            lesson=lesson,
            teacher_id=actor.pk,
            version=version.version,
            history=history,
            prices={MOVED: priced.quote},
            now=now,
            valid_until=priced.quote.valid_until,
        )
        return MoveQuote(token=quotes.sign(stored.pk), lesson=lesson, version=version, priced=priced)

    return in_one_transaction(school.pk, work)


def price_as_promised(
    *, lesson: Lesson, teacher: Membership, stored: Quote, timetable: Timetable, asked_at: datetime
) -> Priced:
    """The price of a locked teacher's move now, asked for at `asked_at`. Raises MovePriceChanged if not as promised."""
    history = gather_facts(school_id=lesson.school_id, teacher_id=teacher.pk)
    priced = pricing.price_move(lesson=lesson, teacher=teacher, history=history, timetable=timetable, asked_at=asked_at)
    if quotes.make_terms(priced.quote, lesson=lesson) != stored.prices.get(MOVED):
        raise MovePriceChanged
    return priced
