"""Who is in a school, and the lock that puts everything done about one member in a row."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from makegood.database.compiled import compiled, is_any_of
from makegood.domain.people.models import Membership, Person, Role, RoleGrant


def lock_member(*, school_id: int, membership_id: int) -> Membership:
    """The membership with its person, locked until the transaction ends.

    Whoever records facts of a teacher takes this lock first, so that the facts one assessment sees cannot change under
    it. Raises Membership.DoesNotExist.
    """
    member = _locked_member.first(school_id=school_id, membership_id=membership_id)
    if member is None:
        raise Membership.DoesNotExist
    return member


@compiled
def _locked_member(school_id: int, membership_id: int) -> QuerySet[Membership]:
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return members.filter(school_id=school_id, pk=membership_id)


def lock_members(*, school_id: int, membership_ids: Collection[int] | QuerySet[Any]) -> Sequence[Membership]:
    """These memberships with their persons, locked always in the same order, until the transaction ends."""
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return list(members.filter(school_id=school_id, pk__in=membership_ids).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Pair:
    """The locked teacher and student of a lesson, with their persons, and whether each is that at all.

    `locked_ids` are all memberships that were locked with them.
    """

    teacher: Membership | None
    student: Membership | None
    locked_ids: Collection[int]


def pair_to_lock(
    *, school_id: int, teacher_id: int, student_id: int, other_teachers: QuerySet[Any]
) -> QuerySet[Membership]:
    """Locks a teacher, other teachers whose time is touched, and a student: teachers first, always in the same order.

    One statement, whose subqueries see what was there before it waited: compare `locked_ids` of the `Pair` with what is
    there after it.
    """
    holds = RoleGrant.objects.filter(school_id=school_id, membership_id=OuterRef("pk"), ended_at=None)
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).select_related("person")
    return (
        members.filter(Q(pk__in=(teacher_id, student_id)) | Q(pk__in=other_teachers), school_id=school_id)
        .annotate(
            is_last=Case(When(pk=student_id, then=1), default=0),
            teaches=Exists(holds.filter(role=Role.TEACHER)),
            studies=Exists(holds.filter(role=Role.STUDENT)),
        )
        .order_by("is_last", "pk")
    )


def make_pair(*, found: Sequence[Membership], teacher_id: int, student_id: int) -> Pair:
    """The two among the rows of `pair_to_lock`; whoever does not hold the role now, or left the school, is None."""
    live = {member.pk: member for member in found if member.ended_at is None}
    teacher, student = live.get(teacher_id), live.get(student_id)
    return Pair(
        teacher=teacher if teacher is not None and teacher.__dict__["teaches"] else None,
        student=student if student is not None and student.__dict__["studies"] else None,
        locked_ids=frozenset(member.pk for member in found),
    )


def left_at(*, member: str = "pk", ended_at: str = "ended_at") -> Case:
    """When a member left the school, NULL for who is still there: their membership ended, or the last of their roles.

    An expression for rows that name the membership by `member` and when it ended by `ended_at`. Somebody who was
    never given a role has not left.
    """
    grants = RoleGrant.objects.filter(school_id=OuterRef("school_id"), membership_id=OuterRef(member))
    last = grants.order_by("-ended_at").values("ended_at")[:1]
    return Case(
        When(**{f"{ended_at}__isnull": False}, then=F(ended_at)),
        When(Exists(grants.filter(ended_at=None)), then=None),
        default=Subquery(last),
        output_field=DateTimeField(),
    )


def list_left(*, school_id: int, membership_ids: Collection[int]) -> frozenset[int]:
    """Those of these members who left the school."""
    members = Membership.objects.filter(school_id=school_id, pk__in=membership_ids).annotate(left_at=left_at())
    return frozenset(members.exclude(left_at=None).values_list("pk", flat=True))


def list_with_role(*, school_id: int, role: Role) -> Sequence[Membership]:
    """The live members that hold `role` now, with their persons, in order of joining."""
    return _with_role(school_id=school_id, role=role.value)


@compiled
def _with_role(school_id: int, role: str) -> QuerySet[Membership]:
    held = RoleGrant.objects.filter(school_id=school_id, role=role, ended_at=None).values("membership_id")
    members = Membership.objects.filter(school_id=school_id, pk__in=held, ended_at=None)
    return members.select_related("person").order_by("pk")


def search_with_role(*, school_id: int, role: Role, search: str, limit: int, offset: int) -> Sequence[Membership]:
    """Live members that hold `role` now, with their persons, by name; `search` looks in name, code and e-mail."""
    found = _searched(school_id=school_id, role=role, search=search).select_related("person")
    return list(found.order_by("display_name", "pk")[offset : offset + limit])


def count_with_role(*, school_id: int, role: Role, search: str) -> int:
    """How many `search_with_role` finds in all."""
    return _searched(school_id=school_id, role=role, search=search).count()


def _searched(*, school_id: int, role: Role, search: str) -> QuerySet[Membership]:
    held = RoleGrant.objects.filter(school_id=school_id, role=role, ended_at=None).values("membership_id")
    members = Membership.objects.filter(school_id=school_id, pk__in=held, ended_at=None)
    if not search:
        return members
    return members.filter(
        Q(display_name__icontains=search) | Q(code__icontains=search) | Q(person__email__icontains=search)
    )


def holding(*, school_id: int, membership_id: Any, role: Role) -> QuerySet[RoleGrant]:
    """The grant by which the member holds `role` now, to be used inside another statement."""
    return RoleGrant.objects.filter(
        school_id=school_id, membership_id=membership_id, membership__ended_at=None, role=role, ended_at=None
    )


def holds_role(*, school_id: int, membership_id: int, roles: Sequence[Role]) -> bool:
    """Whether the member holds one of `roles` now; nobody does who left the school."""
    held = _roles_held(school_id=school_id, membership_id=membership_id)
    return not set(roles).isdisjoint(map(Role, held))


@compiled
def _roles_held(school_id: int, membership_id: int) -> QuerySet[RoleGrant, str]:
    grants = RoleGrant.objects.filter(
        school_id=school_id, membership_id=membership_id, membership__ended_at=None, ended_at=None
    )
    return grants.values_list("role", flat=True)


@dataclass(frozen=True, slots=True)
class Holder:
    """A member who is in the school now, with their person, and the roles held now."""

    membership: Membership
    roles: frozenset[Role]


def list_holders(*, school_id: int, membership_ids: Collection[int]) -> Mapping[int, Holder]:
    """Those of these members who have not left the school; one statement."""
    return {
        member.pk: Holder(membership=member, roles=frozenset(map(Role, member.__dict__["held"])))
        for member in _holders(school_id=school_id, membership_ids=membership_ids)
    }


@compiled
def _holders(school_id: int, membership_ids: Collection[int]) -> QuerySet[Membership]:
    held = RoleGrant.objects.filter(school_id=school_id, membership_id=OuterRef("pk"), ended_at=None).values("role")
    members = some_members(school_id=school_id, membership_ids=membership_ids).filter(ended_at=None)
    return members.annotate(held=ArraySubquery(held)).select_related("person")


def find_holder(*, school_id: int, membership_id: int, role: Role) -> Membership | None:
    """The member with their person, where they hold `role` now; one statement."""
    holder = list_holders(school_id=school_id, membership_ids=[membership_id]).get(membership_id)
    return holder.membership if holder is not None and role in holder.roles else None


def find_by_codes(*, school_id: int, codes: Collection[str]) -> Mapping[str, Membership]:
    """The members with these codes, by code; a code nobody has is left out."""
    return {member.code: member for member in Membership.objects.filter(school_id=school_id, code__in=codes)}


def lock_by_codes(*, school_id: int, codes: Collection[str]) -> None:
    """Lock the members with these codes, always in the same order, until the transaction ends."""
    members = Membership.objects.select_for_update(no_key=True, of=("self",)).filter(
        school_id=school_id, code__in=codes
    )
    list(members.order_by("pk").values_list("pk", flat=True))


def add_teachers(
    *, school_id: int, school_slug: str, zone: str, codes: Sequence[str], now: datetime
) -> Mapping[str, int]:
    """Create a teacher for each code, named by it, and return the membership of each.

    Nobody can sign in as one of them: the address is a placeholder until somebody accepts an owner's invitation
    (`imported`).
    """
    persons = Person.objects.bulk_create(
        [
            Person(
                email=placeholder_address(local=uuid.uuid4().hex, school_slug=school_slug),
                full_name=code,
                zone=zone,
                password=make_password(None),
                created_at=now,
            )
            for code in codes
        ]
    )
    members = Membership.objects.bulk_create(
        [
            Membership(school_id=school_id, person=person, code=code, display_name=code, joined_at=now)
            for person, code in zip(persons, codes, strict=True)
        ]
    )
    RoleGrant.objects.bulk_create(
        [RoleGrant(school_id=school_id, membership=member, role=Role.TEACHER, granted_at=now) for member in members]
    )
    return {member.code: member.pk for member in members}


def placeholder_address(*, local: str, school_slug: str) -> str:
    """An address that reaches nobody (RFC 2606), for somebody whom an import of the school created."""
    return f"{local}@{school_slug}.invalid"


def list_by_code(*, school_id: int) -> Mapping[str, Membership]:
    """Everybody who is or was in the school by the school's own id for them, with their persons."""
    members = Membership.objects.filter(school_id=school_id).select_related("person").order_by("pk")
    return {member.code: member for member in members}


def some_members(*, school_id: int, membership_ids: Collection[int]) -> QuerySet[Membership]:
    """These memberships, for a compiled query that reads more of them."""
    return Membership.objects.filter(is_any_of("pk", membership_ids), school_id=school_id)


def list_members(*, school_id: int, membership_ids: Collection[int]) -> Sequence[Membership]:
    """These memberships with their persons, by name."""
    members = Membership.objects.filter(school_id=school_id, pk__in=membership_ids).select_related("person")
    return list(members.order_by("display_name", "pk"))
