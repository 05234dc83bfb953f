"""Who is in a school, and the lock that puts everything done about one member in a row."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.domain.people.models import Membership, Role, RoleGrant


def lock_member(*, school_id: int, membership_id: int) -> Membership:
    """The membership with its person, locked until the transaction ends.

    Whoever records facts of a teacher takes this lock first, so that the facts one assessment sees cannot change under
    it. Raises Membership.DoesNotExist.
    """
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return members.get(school_id=school_id, pk=membership_id)


def list_with_role(*, school_id: int, role: Role) -> Sequence[Membership]:
    """The live members that hold `role` now, with their persons, in order of joining."""
    held = RoleGrant.objects.filter(school_id=school_id, role=role, ended_at=None).values("membership_id")
    return list(
        Membership.objects.filter(school_id=school_id, pk__in=held, ended_at=None)
        .select_related("person")
        .order_by("pk")
    )


def holds_role(*, school_id: int, membership_id: int, roles: Sequence[Role]) -> bool:
    """Whether the member holds one of `roles` now."""
    return RoleGrant.objects.filter(
        school_id=school_id, membership_id=membership_id, role__in=roles, ended_at=None
    ).exists()
