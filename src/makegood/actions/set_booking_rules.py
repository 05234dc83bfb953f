"""The owner sets what a booking must keep to."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError

from makegood.actions.school_calendar_changes import SchoolWide, change_school_calendar
from makegood.actions.transactions import Busy
from makegood.domain.availability import operations
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.operations import Made
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def set_booking_rules(
    *, school: School, actor: Membership, rules: BookingRuleSet, request_id: uuid.UUID, door: Door, now: datetime
) -> int:
    """Put the next version of the booking rules in force at once and return its number; what is booked stays booked.

    Raises NotTheOwner, BookingRulesUnusable, Busy, DifferentRequest.
    """

    def write(made: Made) -> SchoolWide:
        numbered = operations.set_rules(school_id=school.pk, rules=rules, made=made)
        return SchoolWide(kind=EventKind.BOOKING_RULES_SET, values={}, answer={"number": numbered.number})

    content = {name: value for name, value in asdict(rules).items() if name != "number"}
    try:
        answer = change_school_calendar(
            school=school,
            actor=actor,
            route="set_booking_rules",
            content=content,
            request_id=request_id,
            door=door,
            now=now,
            write=write,
        )
    except IntegrityError as error:
        # Another owner was quicker.
        if "one_version_of_booking_rules_per_number" in str(error):
            raise Busy from error
        raise
    number: int = answer["number"]
    return number
