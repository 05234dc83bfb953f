"""The switcher of schools and roles, for people who have several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from makegood.domain.people.models import Role
from makegood.domain.people.permissions import ROLES_IN_ORDER
from makegood.web.access import Visit

# Where each role lands, by the name of the address.
LANDINGS: Final = {
    Role.TEACHER: "teacher:dashboard",
    Role.STUDENT: "student:lessons",
    Role.DESK: "desk:queue",
    Role.SUPPORT: "support:queue",
    Role.REVIEWER: "reviewer:queue",
    Role.PAYROLL: "payroll:overview",
    Role.OWNER: "owner:overview",
}
ROLE_NAMES: Final[dict[Role, Promise]] = {
    Role.TEACHER: _("Teacher"),
    Role.STUDENT: _("Student"),
    Role.DESK: _("Scheduling desk"),
    Role.SUPPORT: _("Tech support"),
    Role.REVIEWER: _("Reviewer"),
    Role.PAYROLL: _("Payroll"),
    Role.OWNER: _("Owner"),
}


@dataclass(frozen=True)
class Switch:
    """One school and role that the person may change to."""

    url: str
    school: str
    role: Promise
    is_current: bool


def landing_of(*, role: Role, school_slug: str) -> str:
    """The address a role lands on in a school."""
    return reverse(LANDINGS[role], kwargs={"school": school_slug})


def switches_of(visit: Visit) -> list[Switch]:
    """Every school and role of the visitor, when there is more than one."""
    held = [(own.membership, role) for own in visit.mine for role in ROLES_IN_ORDER if role in own.roles]
    if len(held) == 1:
        return []
    return [
        Switch(
            url=landing_of(role=role, school_slug=membership.school.slug),
            school=membership.school.name,
            role=ROLE_NAMES[role],
            is_current=membership.school_id == visit.school.pk and role == visit.role,
        )
        for membership, role in held
    ]


def switcher(request: HttpRequest) -> dict[str, Any]:
    """Template context: `switches` for the menu of the signed-in person."""
    visit = getattr(request, "visit", None)
    return {"switches": switches_of(visit)} if isinstance(visit, Visit) else {}
