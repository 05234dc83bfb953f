"""The owner sets what a school offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from makegood.actions.school_calendar_changes import refuse_unless_owner
from makegood.actions.transactions import in_one_transaction
from makegood.domain.lessons import offering
from makegood.domain.lessons.offering import Offer
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind


def set_lesson_type(*, school: School, actor: Membership, offer: Offer, door: Door, now: datetime) -> Offer:
    """Set a kind of lesson from now on; booked lessons stay as they are.

    What is so already is not written again. Raises NotTheOwner, TypeUnusable.
    """

    def work() -> Offer:
        refuse_unless_owner(school=school, actor=actor)
        offering.lock_offers(school_id=school.pk)
        kinds = offering.list_offers(school_id=school.pk)
        present = next((one for one in kinds if one.code == offer.code), None)
        if present is not None and present.number and replace(offer, number=present.number) == present:
            return present
        made = offering.set_offer(school_id=school.pk, offer=offer, set_by_id=actor.person_id, now=now)
        timeline.record(
            school_id=school.pk,
            kind=EventKind.LESSON_TYPE_SET,
            at=now,
            door=door,
            actor_id=actor.person_id,
            values={"name": made.name},
        )
        return made

    return in_one_transaction(school.pk, work)
