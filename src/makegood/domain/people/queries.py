"""Reading people, their memberships, roles and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from makegood.database.compiled import compiled
from makegood.domain.people.models import Invitation, Membership, Person, Role, RoleGrant
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.domain.people.tokens import hash_of


@dataclass(frozen=True)
class Member:
    """A membership with its grants, ended ones included, newest first."""

    membership: Membership
    grants: tuple[RoleGrant, ...]

    @property
    def live_grants(self) -> tuple[RoleGrant, ...]:
        """The grants of the roles held now."""
        return tuple(grant for grant in self.grants if grant.ended_at is None)

    @property
    def ended_grants(self) -> tuple[RoleGrant, ...]:
        """The grants of roles held once."""
        return tuple(grant for grant in self.grants if grant.ended_at is not None)


@dataclass(frozen=True)
class OwnMembership:
    """A live membership of one person, with its school and the roles held now."""

    membership: Membership
    roles: frozenset[Role]


@dataclass(frozen=True)
class DemoSignIn:
    """Somebody of a demo school whom the demo's sign-in page offers, once per role."""

    role: Role
    membership: Membership


def find_person(*, person_id: int) -> Person | None:
    """The person with this id, or None."""
    return _person.first(person_id=person_id)


@compiled
def _person(person_id: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=person_id)


def find_person_by_email(*, email: str) -> Person | None:
    """The person with this e-mail address, whatever its case, or None."""
    return Person.objects.filter(email__iexact=email.strip()).first()


def list_own_memberships(*, person_id: int) -> Sequence[OwnMembership]:
    """The person's live memberships in all schools, by the school's name, each with the roles held now.

    Reads across schools, so it must run inside `as_person` and outside any school.
    """
    return [
        OwnMembership(membership=membership, roles=frozenset(map(Role, membership.__dict__["held"])))
        for membership in _own_memberships(person_id=person_id)
    ]


@compiled
def _own_memberships(person_id: int) -> QuerySet[Membership]:
    held = RoleGrant.objects.filter(membership_id=OuterRef("pk"), ended_at=None).values("role")
    live = Membership.objects.filter(person_id=person_id, ended_at=None).annotate(held=ArraySubquery(held))
    return live.select_related("school").order_by("school__name", "school_id")


def list_members(*, school_id: int, search: str = "", limit: int = 100, offset: int = 0) -> Sequence[Member]:
    """Members of the school by name, with who granted and ended which role; `search` looks in name, code and e-mail."""
    members = Membership.objects.filter(school_id=school_id).select_related("person").order_by("display_name", "pk")
    if search:
        members = (
            members.filter(display_name__icontains=search)
            | members.filter(code__icontains=search)
            | members.filter(person__email__icontains=search)
        )
    return _with_grants(school_id, list(members[offset : offset + limit]))


def find_member(*, school_id: int, membership_id: int) -> Member | None:
    """One member of the school with all grants, or None."""
    rows = Membership.objects.filter(school_id=school_id, pk=membership_id).select_related("person")
    found = _with_grants(school_id, list(rows))
    return found[0] if found else None


def _with_grants(school_id: int, members: Sequence[Membership]) -> list[Member]:
    grants: dict[int, list[RoleGrant]] = {member.pk: [] for member in members}
    rows = (
        RoleGrant.objects.filter(school_id=school_id, membership_id__in=grants)
        .select_related("granted_by", "ended_by")
        .order_by("-granted_at", "-pk")
    )
    for grant in rows:
        grants[grant.membership_id].append(grant)
    return [Member(membership=member, grants=tuple(grants[member.pk])) for member in members]


def list_open_invitations(*, school_id: int, now: datetime) -> Sequence[Invitation]:
    """Invitations that can still be accepted at `now`, newest first."""
    return list(
        Invitation.objects.filter(school_id=school_id, accepted_at=None, expires_at__gt=now)
        .select_related("invited_by")
        .order_by("-invited_at", "-pk")
    )


def find_open_invitation(*, school_id: int, token: str, now: datetime) -> Invitation | None:
    """The invitation this token opens at `now`, or None when it is unknown, used or expired."""
    return Invitation.objects.filter(
        school_id=school_id, token_hash=hash_of(token), accepted_at=None, expires_at__gt=now
    ).first()


def list_demo_sign_ins(*, school_id: int) -> Sequence[DemoSignIn]:
    """The demo's people of the school, once for each role they hold: in the order of roles, then of joining."""
    held = (
        RoleGrant.objects.filter(
            school_id=school_id,
            ended_at=None,
            membership__ended_at=None,
            membership__person__is_demo=True,
            membership__person__is_active=True,
        )
        .select_related("membership__person")
        .order_by("membership_id")
    )
    offers = [DemoSignIn(role=Role(grant.role), membership=grant.membership) for grant in held]
    return sorted(offers, key=lambda offer: ROLES_IN_ORDER.index(offer.role))
