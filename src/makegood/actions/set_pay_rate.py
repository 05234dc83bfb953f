"""The owner sets what lessons pay."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.school_calendar_changes import refuse_unless_owner
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import offering
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role
from makegood.domain.policies.queries import get_timetable
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money
from makegood.refusal import Refusal
from makegood.rules.storing import values_to_json


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


def set_pay_rate(
    *,
    school: School,
    actor: Membership,
    teacher_id: int | None,
    lesson_type: str,
    minutes: int,
    amount: Money,
    door: Door,
    now: datetime,
) -> Money:
    """Set what a lesson pays from now on; booked lessons keep their pay. `teacher_id` None: the school's general rate.

    What is so already is not written again. Raises NotTheOwner, RateUnusable, TypeNotOffered, TeacherNotFound,
    NoPayHere, OtherCurrency.
    """
    if not school.pays_teachers:
        raise NoPayHere

    def work() -> Money:
        refuse_unless_owner(school=school, actor=actor)
        in_force = get_timetable(school_id=school.pk).find_at(now)
        if in_force is not None and in_force.policy.currency not in {None, amount.currency}:
            raise OtherCurrency(currency=in_force.policy.currency)
        if teacher_id is not None and not holds_role(
            school_id=school.pk, membership_id=teacher_id, roles=(Role.TEACHER,)
        ):
            raise TeacherNotFound
        standing = {
            (rate.teacher_id, rate.lesson_type, rate.minutes): Money(rate.amount_minor, rate.currency)
            for rate in offering.list_rates(school_id=school.pk)
        }
        if standing.get((teacher_id, lesson_type, minutes)) == amount:
            return amount
        offering.set_rate(
            school_id=school.pk,
            teacher_id=teacher_id,
            lesson_type=lesson_type,
            minutes=minutes,
            amount=amount,
            set_by_id=actor.person_id,
            now=now,
        )
        timeline.record(
            school_id=school.pk,
            kind=EventKind.PAY_RATE_SET,
            at=now,
            door=door,
            actor_id=actor.person_id,
            on_behalf_of_id=teacher_id,
            values=values_to_json({"lesson_type": lesson_type, "minutes": minutes, "amount": amount}),
        )
        return amount

    return in_one_transaction(school.pk, work)
