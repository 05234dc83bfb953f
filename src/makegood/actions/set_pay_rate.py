"""The owner sets what lessons pay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.school_calendar_changes import refuse_unless_owner
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import offering
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.days import today_in
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.sentences import Value
from makegood.rules.storing import values_to_json

# Two years: nobody plans pay beyond them, and a slip of the hand does not either.
MOST_DAYS_AHEAD: Final = 731


class NoPayHere(Refusal):
    """The school does not pay its teachers with this product."""

    code = "no_pay_here"
    sentence = gettext_noop(
        "This school does not pay its teachers here, so there are no pay rates. Nothing was changed."
    )


class OtherCurrency(Refusal):
    """Pay and penalties could not be compared."""

    code = "other_currency"
    sentence = gettext_noop(
        "The policy of the school counts in {currency}, so pay is in {currency}. Nothing was changed."
    )


class DayUnusable(Refusal):
    """What was booked for a day that lies behind keeps its pay, and nobody plans pay for a day so far away."""

    code = "pay_rate_day_unusable"
    sentence = gettext_noop(
        "A rate starts today or later, at most {most} days ahead. Nothing was changed: what is booked keeps its pay."
    )


def set_pay_rate(
    *,
    school: School,
    actor: Membership,
    teacher_id: int | None,
    lesson_type: str,
    minutes: int,
    amount: Money,
    from_on: date | None = None,
    door: Door,
    now: datetime,
) -> Money:
    """Set what a lesson pays; booked lessons keep their pay. `teacher_id` None: the school's general rate.

    It holds for what is booked, asked for or proposed from now on, not for what waits for an answer already; with
    `from_on` for what of that starts on that day of the school or later, whatever else was or will be set for earlier
    days. What is so already is not written again. Raises NotTheOwner, RateUnusable, DayUnusable, TypeNotOffered,
    TeacherNotFound, NoPayHere, OtherCurrency.
    """
    if not school.pays_teachers:
        raise NoPayHere
    today = today_in(school=school, now=now)
    if from_on is not None and not today <= from_on <= today + timedelta(days=MOST_DAYS_AHEAD):
        raise DayUnusable(most=MOST_DAYS_AHEAD)
    # Today has begun: what starts later today is booked at the new rate, too.
    day = None if from_on == today else from_on

    def work() -> Money:
        refuse_unless_owner(school=school, actor=actor)
        offering.lock_offers(school_id=school.pk)
        in_force = get_timetable(school_id=school.pk).find_at(now)
        if in_force is not None and in_force.policy.currency not in {None, amount.currency}:
            raise OtherCurrency(currency=in_force.policy.currency)
        if teacher_id is not None and not holds_role(
            school_id=school.pk, membership_id=teacher_id, roles=(Role.TEACHER,)
        ):
            raise TeacherNotFound
        rate: dict[str, Any] = {
            "school_id": school.pk,
            "teacher_id": teacher_id,
            "lesson_type": lesson_type,
            "minutes": minutes,
            "amount": amount,
            "from_on": day,
            "now": now,
        }
        if offering.is_rate_set(zone=school.zone, **rate):
            return amount
        offering.set_rate(set_by_id=actor.person_id, **rate)
        values: dict[str, Value] = {"lesson_type": lesson_type, "minutes": minutes, "amount": amount}
        if day is not None:
            values["from_on"] = day
        timeline.record(
            school_id=school.pk,
            kind=EventKind.PAY_RATE_SET if day is None else EventKind.PAY_RATE_PLANNED,
            at=now,
            door=door,
            actor_id=actor.person_id,
            on_behalf_of_id=teacher_id,
            values=values_to_json(values),
        )
        return amount

    return in_one_transaction(school.pk, work)
