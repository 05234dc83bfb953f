"""Writing many people into a school at once: what an import or the demo brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from makegood.domain.people.models import Membership, Person, Role, RoleGrant

_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody who joins. `code` is the school's own id for them, `zone` an IANA name.

    `password_hash` empty: they sign in by code or passkey only.
    """

    code: str
    email: str
    full_name: str
    zone: str
    country: str
    engagement: str
    roles: tuple[Role, ...]
    password_hash: str = ""
    is_demo: bool = False
    language: str = "en"


def enroll_many(*, school_id: int, newcomers: Sequence[Newcomer], now: datetime) -> Mapping[str, Membership]:
    """Make everybody a member with their roles; whoever signs in with the address already is the same person.

    Returns the memberships, their persons loaded, by code.
    """
    people = add_people(newcomers=newcomers, now=now)
    memberships = Membership.objects.bulk_create(
        [
            Membership(
                school_id=school_id,
                person=people[newcomer.email.lower()],
                code=newcomer.code,
                display_name=newcomer.full_name,
                engagement=newcomer.engagement,
                country=newcomer.country,
                joined_at=now,
            )
            for newcomer in newcomers
        ],
        batch_size=_BATCH,
    )
    RoleGrant.objects.bulk_create(
        [
            RoleGrant(school_id=school_id, membership=membership, role=role, granted_at=now)
            for newcomer, membership in zip(newcomers, memberships, strict=True)
            for role in newcomer.roles
        ],
        batch_size=_BATCH,
    )
    return {membership.code: membership for membership in memberships}


def add_people(*, newcomers: Sequence[Newcomer], now: datetime) -> Mapping[str, Person]:
    """Make a person of everybody who is none yet, in no school so far. Returns them by e-mail in small letters."""
    emails = [newcomer.email.lower() for newcomer in newcomers]
    known = {person.email.lower(): person for person in Person.objects.filter(email__in=emails)}
    missing = [newcomer for newcomer in newcomers if newcomer.email.lower() not in known]
    created = Person.objects.bulk_create([_person(newcomer, now) for newcomer in missing], batch_size=_BATCH)
    return known | {person.email: person for person in created}


def _person(newcomer: Newcomer, now: datetime) -> Person:
    return Person(
        email=newcomer.email.lower(),
        full_name=newcomer.full_name,
        zone=newcomer.zone,
        password=newcomer.password_hash or make_password(None),
        is_demo=newcomer.is_demo,
        language=newcomer.language,
        created_at=now,
    )
