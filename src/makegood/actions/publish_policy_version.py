"""The owner publishes the next version of the school's policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from makegood.actions.transactions import in_one_transaction
from makegood.domain.policies import operations as policies
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.documents import Problem
from makegood.rules.storing import values_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The published version, or everything that is wrong with the document; exactly one of them."""

    version: PolicyVersion | None
    problems: tuple[Problem, ...]


def publish_policy_version(
    *,
    school: School,
    document: str,
    in_force_from_on: date,
    published_by_id: int | None,
    change_note: str,
    door: Door,
    now: datetime,
) -> Publication:
    """Publish the TOML `document`, in force from the start of a month in the school's zone.

    `published_by_id` is a person, None for a command. A document with problems is not published, and all of them are
    returned. Raises NotAMonthStart, StartsInThePast, AlreadyPublishedForMonth (D23).
    """
    checked = policies.check(document=document, zone=school.zone)
    policy = checked.policy
    if policy is None:
        return Publication(version=None, problems=checked.problems)

    def work() -> Publication:
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
        return Publication(version=version, problems=())

    return in_one_transaction(school.pk, work)
