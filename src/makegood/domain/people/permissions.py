"""Who counts as staff, where each role lands, and who must show a second factor."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from makegood.domain.people.models import Person, Role

# The order in which roles are offered: the first one a member holds decides where they land.
ROLES_IN_ORDER: Final = (
    Role.OWNER,
    Role.DESK,
    Role.SUPPORT,
    Role.REVIEWER,
    Role.PAYROLL,
    Role.TEACHER,
    Role.STUDENT,
)
STAFF_ROLES: Final = frozenset({Role.DESK, Role.SUPPORT, Role.REVIEWER, Role.PAYROLL, Role.OWNER})


def is_second_factor_needed(*, person: Person, roles: Collection[Role], is_demo_school: bool) -> bool:
    """Whether these roles may be used only after a second factor (an authenticator app or a passkey).

    Staff must show one. Only people of the demo need not, and only in a demo school: neither mark alone is enough.
    """
    return bool(STAFF_ROLES & set(roles)) and not (person.is_demo and is_demo_school)
