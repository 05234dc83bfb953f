"""The cast: one person per role in two schools, and a stranger. Tara teaches, Sam studies, Owen owns, and so on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from makegood.domain.people import operations
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.operations import NewSchool, create_school

THEN = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a sentence that nobody guesses"

NAMES = {
    Role.TEACHER: "Tara",
    Role.STUDENT: "Sam",
    Role.DESK: "Desi",
    Role.SUPPORT: "Olga",
    Role.REVIEWER: "Rhea",
    Role.PAYROLL: "Fin",
    Role.OWNER: "Owen",
}


@dataclass(frozen=True)
class Cast:
    """A school and its people by role."""

    school: School
    members: dict[Role, Membership]

    def person(self, role: Role) -> Person:
        """The person who holds the role."""
        return self.members[role].person


def make_school(slug: str = "marigold", **changes: object) -> School:
    """A school in Berlin."""
    values: dict[str, object] = {
        "slug": slug,
        "name": f"{slug.capitalize()} Languages",
        "zone": "Europe/Berlin",
        "language": "en",
        "desk_email": f"desk@{slug}.example",
        "desk_phone": "+49 30 1234",
        "support_email": f"support@{slug}.example",
    }
    return create_school(new=NewSchool(**(values | changes)), now=THEN)  # type: ignore[arg-type]


def make_person(
    name: str,
    *,
    email: str | None = None,
    password: str | None = None,
    is_demo: bool = False,
    zone: str = "Asia/Manila",
) -> Person:
    """Somebody who can sign in; without a password in no time (hashing one is slow on purpose)."""
    return operations.create_person(
        email=email or f"{name.lower()}@example.com",
        full_name=name,
        zone=zone,
        language="en",
        password=password,
        now=THEN,
        is_demo=is_demo,
    )


def make_member(school: School, person: Person, roles: Iterable[Role]) -> Membership:
    """Let the person join the school with these roles."""
    with in_school(school.pk):
        return operations.join_school(school_id=school.pk, person=person, roles=roles, granted_by=None, now=THEN)


def make_cast(slug: str = "marigold", **changes: object) -> Cast:
    """A school with one person per role."""
    school = make_school(slug, **changes)
    members = {
        role: make_member(school, make_person(name, email=f"{name.lower()}@{slug}.example"), [role])
        for role, name in NAMES.items()
    }
    return Cast(school=school, members=members)
