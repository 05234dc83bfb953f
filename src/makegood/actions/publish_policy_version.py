"""The owner publishes the next version of the school's policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from makegood.actions.policy_steps import publish_checked
from makegood.actions.transactions import in_one_transaction
from makegood.domain.policies import operations as policies
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.rules.documents import Problem


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

    publish = partial(
        publish_checked,
        school=school,
        document=document,
        policy=policy,
        in_force_from_on=in_force_from_on,
        published_by_id=published_by_id,
        change_note=change_note,
        door=door,
        now=now,
    )
    return Publication(version=in_one_transaction(school.pk, publish), problems=())
