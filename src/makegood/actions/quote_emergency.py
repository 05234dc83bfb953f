"""What reporting an emergency would cost now, for every situation the page offers."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from makegood.actions.emergency_steps import EmergencyQuote, make_quote
from makegood.actions.transactions import in_one_transaction
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


def quote_emergency(*, school: School, actor: Membership, lesson_id: int, now: datetime) -> EmergencyQuote:
    """Price every situation of the actor's own lesson at `now`, store the prices and sign them.

    The teacher is locked meanwhile: what becomes of the lesson and what is recorded of the teacher are read one after
    the other, and must not change in between.

    Raises LessonNotFound (also for somebody else's lesson), AlreadyReported, LessonIsOver, NoPolicyInForce.
    """
    return in_one_transaction(
        school.pk, partial(make_quote, school=school, teacher=actor, lesson_id=lesson_id, now=now)
    )
