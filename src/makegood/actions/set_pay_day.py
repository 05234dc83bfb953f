"""The owner sets on which day a month's pay is expected."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.actions.school_calendar_changes import refuse_unless_owner
from makegood.actions.transactions import in_one_transaction
from makegood.domain.people.models import Membership
from makegood.domain.schools import operations as schools
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.refusal import Refusal

PAY_DAYS: Final = range(1, 29)


class NotInEveryMonth(Refusal):
    """February ends on the 28th."""

    code = "pay_day_not_in_every_month"
    sentence = gettext_noop("Not every month has this day. Choose a day from 1 to 28.")


def set_pay_day(*, school: School, actor: Membership, pay_day: int, door: Door, now: datetime) -> None:
    """Expect each month's pay on this day of the month after it; what is paid, and what it is, stays as it is.

    What is so already is not written again. Raises NotTheOwner, NotInEveryMonth.
    """
    if pay_day not in PAY_DAYS:
        raise NotInEveryMonth

    def work() -> None:
        refuse_unless_owner(school=school, actor=actor)
        if schools.set_pay_day(school_id=school.pk, pay_day=pay_day):
            timeline.record(
                school_id=school.pk,
                kind=EventKind.PAY_DAY_SET,
                at=now,
                door=door,
                actor_id=actor.person_id,
                values={"day": pay_day},
            )

    in_one_transaction(school.pk, work)
