"""What publishing a policy has in common, be it a school's first or a later one. Shared by the verbs."""

from __future__ import annotations

from datetime import date, datetime

from makegood.domain.policies import operations as policies
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.policy import Policy
from makegood.rules.storing import values_to_json


def publish_checked(
    *,
    school: School,
    document: str,
    policy: Policy,
    in_force_from_on: date,
    published_by_id: int | None,
    change_note: str,
    door: Door,
    now: datetime,
) -> PolicyVersion:
    """Publish the `document` that was read as `policy`, and say so on the timeline, in a transaction of the school.

    Raises NotAMonthStart, StartsInThePast, AlreadyPublishedForMonth (D23).
    """
    version = policies.publish(
        school_id=school.pk,
        document=document,
        policy=policy,
        in_force_from_on=in_force_from_on,
        published_by_id=published_by_id,
        change_note=change_note,
        now=now,
    )
    timeline.record(
        school_id=school.pk,
        kind=EventKind.POLICY_PUBLISHED,
        at=now,
        door=door,
        actor_id=published_by_id,
        values=values_to_json({"number": version.number, "from_on": in_force_from_on}),
    )
    return version
