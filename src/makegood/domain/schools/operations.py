"""Writing schools."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from django.utils.translation import gettext_noop

from makegood.domain.schools.models import School
from makegood.refusal import Refusal

# First parts of addresses that are the product's own.
RESERVED_SLUGS: Final = frozenset(
    {
        "admin", "alive", "api", "assets", "c",
        "chat", "d", "demo", "e", "emergency", "favicon", "health", "help", "live",
        "login", "logout", "media", "offline", "password", "ready", "robots", "s", "security", "settings", "signup",
        "static",        "status", "webhooks", "www",
    }
)  # fmt: skip
_SLUG_LENGTHS: Final = range(2, 41)
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class SlugUnusable(Refusal):
    """A slug is the first part of a school's addresses."""

    code = "slug_unusable"
    sentence = gettext_noop(
        "The short name “{slug}” cannot be used. "
        "Take 2 to 40 small letters, digits and single hyphens, such as “marigold”."
    )


class SlugTaken(Refusal):
    """Another school has it."""

    code = "slug_taken"
    sentence = gettext_noop("Another school has the short name “{slug}”. Choose another one.")


class UnknownZone(Refusal):
    """Zones are IANA names."""

    code = "unknown_zone"
    sentence = gettext_noop("There is no time zone “{zone}”. Use a name such as “Asia/Manila”.")


@dataclass(frozen=True, kw_only=True)
class NewSchool:
    """What a school starts with. `zone` is an IANA name."""

    slug: str
    name: str
    zone: str
    language: str
    desk_email: str
    desk_phone: str
    support_email: str
    emergency_phone: str = ""
    pays_teachers: bool = True
    is_demo: bool = False


def find_refusals(*, new: NewSchool) -> Sequence[Refusal]:
    """Everything that stands against such a school: SlugUnusable or SlugTaken, UnknownZone."""
    found: list[Refusal] = []
    if not _SLUG.fullmatch(new.slug) or len(new.slug) not in _SLUG_LENGTHS or new.slug in RESERVED_SLUGS:
        found.append(SlugUnusable(slug=new.slug))
    elif School.objects.filter(slug=new.slug).exists():
        found.append(SlugTaken(slug=new.slug))
    if new.zone not in available_timezones():
        found.append(UnknownZone(zone=new.zone))
    return found


def create_school(*, new: NewSchool, now: datetime) -> School:
    """Write a school. Raises SlugUnusable, SlugTaken, UnknownZone."""
    for refusal in find_refusals(new=new):
        raise refusal
    return School.objects.create(
        slug=new.slug,
        name=new.name,
        zone=new.zone,
        language=new.language,
        desk_email=new.desk_email,
        desk_phone=new.desk_phone,
        support_email=new.support_email,
        emergency_phone=new.emergency_phone,
        pays_teachers=new.pays_teachers,
        is_demo=new.is_demo,
        created_at=now,
    )


def set_pay_day(*, school_id: int, pay_day: int) -> bool:
    """Write the day of the month, 1 to 28, on which pay is expected; whether it was another one before."""
    return School.objects.filter(pk=school_id).exclude(pay_day=pay_day).update(pay_day=pay_day) == 1
