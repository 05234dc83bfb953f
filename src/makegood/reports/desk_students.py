"""The desk's list of students, with the lesson credits each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.domain.ledger.credits import count_left_of_many
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import count_with_role, search_with_role
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStudent:
    """A student and how many lesson credits are left."""

    student: Membership
    credits_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStudents:
    """One page of a list: `page` is the last one where fewer were found than asked for."""

    students: tuple[DeskStudent, ...]
    total_count: int
    page: int


def list_desk_students(*, school: School, search: str, page: int, page_size: int, now: datetime) -> DeskStudents:
    """Students by name; `search` looks in name, code and e-mail address. Four statements."""
    total_count = count_with_role(school_id=school.pk, role=Role.STUDENT, search=search)
    page = min(page, max(1, -(-total_count // page_size)))
    found = search_with_role(
        school_id=school.pk, role=Role.STUDENT, search=search, limit=page_size, offset=(page - 1) * page_size
    )
    left = count_left_of_many(school_id=school.pk, student_ids=[member.pk for member in found], now=now)
    return DeskStudents(
        students=tuple(DeskStudent(student=member, credits_left=left[member.pk]) for member in found),
        total_count=total_count,
        page=page,
    )
