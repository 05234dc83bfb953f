"""Create a school: its row, its first policy version, and its owner's invitation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_noop

from makegood.actions.policy_steps import publish_checked
from makegood.domain.availability import operations as availability
from makegood.domain.availability.booking_rules import DEFAULT_RULES, BookingRuleSet
from makegood.domain.availability.operations import Made
from makegood.domain.people import operations as people
from makegood.domain.people.models import Invitation, Role
from makegood.domain.policies import operations as policies
from makegood.domain.policies.models import PolicyVersion
from makegood.domain.schools import operations as schools
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.operations import NewSchool, UnknownZone
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal
from makegood.rules.documents import InvalidPolicy, Problem
from makegood.rules.windows import month_start


@dataclass(frozen=True)
class CreatedSchool:
    """The school and its owner's invitation. `token` is known only now."""

    school: School
    version: PolicyVersion
    invitation: Invitation
    token: str


class PolicyTooLate(Refusal):
    """Until its first policy began, nobody could say what anything means (D23)."""

    code = "first_policy_too_late"
    sentence = gettext_noop(
        "--policy-from: the first policy begins in a month that has begun, {month} at the latest. Nothing was created."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolProblems:
    """Everything that stands against creating a school: what is refused, and what is wrong with its policy."""

    refusals: tuple[Refusal, ...]
    policy: tuple[Problem, ...]


def check_school(*, new: NewSchool, document: str, policy_from_on: date | None, now: datetime) -> SchoolProblems:
    """All problems at once; nothing is written. A policy is checked even where the school's zone is none."""
    refusals = list(schools.find_refusals(new=new))
    zone = "UTC" if any(isinstance(one, UnknownZone) for one in refusals) else new.zone
    too_late = _find_too_late(policy_from_on, zone, now)
    return SchoolProblems(
        refusals=(*refusals, *([too_late] if too_late is not None else ())),
        policy=tuple(policies.check(document=document, zone=zone).problems),
    )


def _find_too_late(policy_from_on: date | None, zone: str, now: datetime) -> PolicyTooLate | None:
    this_month = month_start(now.astimezone(ZoneInfo(zone)).date())
    if policy_from_on is None or policy_from_on <= this_month:
        return None
    return PolicyTooLate(month=f"{this_month:%Y-%m}")


def create_school(
    *,
    new: NewSchool,
    document: str,
    owner_email: str,
    policy_from_on: date | None = None,
    rules: BookingRuleSet = DEFAULT_RULES,
    now: datetime,
) -> CreatedSchool:
    """Create the school with the TOML `document` as its policy from the first of a month in the school's zone.

    Booking `rules` that are not the defaults are put on record.

    `policy_from_on` is that day, None for this month's: history can be imported from there on (D23). Raises
    InvalidPolicy with every problem of the document; SlugUnusable, SlugTaken, UnknownZone, NotAMonthStart,
    PolicyTooLate for a month to come. Then nothing is written.
    """
    with transaction.atomic():
        school = schools.create_school(new=new, now=now)
        too_late = _find_too_late(policy_from_on, school.zone, now)
        if too_late is not None:
            raise too_late
        this_month = month_start(now.astimezone(ZoneInfo(school.zone)).date())
        checked = policies.check(document=document, zone=school.zone)
        if checked.policy is None:
            raise InvalidPolicy(checked.problems)
        with in_school(school.pk):
            version = publish_checked(
                school=school,
                document=document,
                policy=checked.policy,
                in_force_from_on=policy_from_on or this_month,
                published_by_id=None,
                change_note="",
                door=Door.COMMAND,
                now=now,
            )
            if rules != DEFAULT_RULES:
                made = Made(at=now, by_id=None, door=Door.COMMAND, request_id=uuid.uuid4())
                availability.set_rules(school_id=school.pk, rules=rules, made=made)
            invitation, token = people.invite(
                school_id=school.pk, email=owner_email, role=Role.OWNER, invited_by=None, now=now
            )
    return CreatedSchool(school=school, version=version, invitation=invitation, token=token)
