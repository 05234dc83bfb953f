"""The desk's list of students, with the lesson credits each of them has."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.domain.ledger.credits import count_left_of_many
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import search_with_role
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStudent:
    """A student and how many lesson credits are left."""

    student: Membership
    credits_left: int


def list_desk_students(*, school: School, search: str, limit: int, offset: int) -> tuple[DeskStudent, ...]:
    """Students by name; `search` looks in name, code and e-mail address. Four statements."""
    found = search_with_role(school_id=school.pk, role=Role.STUDENT, search=search, limit=limit, offset=offset)
    left = count_left_of_many(school_id=school.pk, student_ids=[member.pk for member in found])
    return tuple(DeskStudent(student=member, credits_left=left[member.pk]) for member in found)
