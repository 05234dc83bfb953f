"""Publishing a policy version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from makegood.domain.policies.models import PolicyVersion
from makegood.refusal import Refusal
from makegood.rules.documents import InvalidPolicy, Problem, load_policy
from makegood.rules.policy import Policy


class NotAMonthStart(Refusal):
    """A version starts at the beginning of a month (D23)."""

    code = "policy_not_a_month_start"
    sentence = gettext_noop("A policy version starts on the first day of a month. Choose the first of a month.")


class StartsInThePast(Refusal):
    """Only a school's first version may start in the past (D23)."""

    code = "policy_starts_in_the_past"
    sentence = gettext_noop(
        "Only a school's first policy version may start in the past. Choose the first day of a month to come."
    )


class AlreadyPublishedForMonth(Refusal):
    """Another version starts on that day."""

    code = "policy_month_taken"
    sentence = gettext_noop("Another policy version starts on that day. Choose another month.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocument:
    """A document's policy, or everything that is wrong with it."""

    policy: Policy | None
    problems: tuple[Problem, ...]


def check(*, document: str, zone: str) -> CheckedDocument:
    """Read the TOML `document` for the IANA `zone`; all problems at once, none raised."""
    try:
        return CheckedDocument(policy=load_policy(document, zone=zone), problems=())
    except InvalidPolicy as invalid:
        return CheckedDocument(policy=None, problems=tuple(invalid.problems))


def publish(
    *,
    school_id: int,
    document: str,
    policy: Policy,
    in_force_from_on: date,
    published_by_id: int | None,
    change_note: str,
    now: datetime,
) -> PolicyVersion:
    """Store a checked document as the next version, in force from the start of `in_force_from_on` in the policy's zone.

    Raises NotAMonthStart, StartsInThePast, AlreadyPublishedForMonth (D23).
    """
    if in_force_from_on.day != 1:
        raise NotAMonthStart
    last = PolicyVersion.objects.filter(school_id=school_id).order_by("-number").first()
    today_on = now.astimezone(ZoneInfo(policy.zone)).date()
    if last is not None and in_force_from_on <= today_on:
        raise StartsInThePast
    if PolicyVersion.objects.filter(school_id=school_id, in_force_from_on=in_force_from_on).exists():
        raise AlreadyPublishedForMonth
    return PolicyVersion.objects.create(
        school_id=school_id,
        number=last.number + 1 if last else 1,
        name=policy.name,
        zone=policy.zone,
        document=document,
        document_sha256=hashlib.sha256(document.encode()).hexdigest(),
        in_force_from_on=in_force_from_on,
        published_at=now,
        published_by_id=published_by_id,
        change_note=change_note,
    )
