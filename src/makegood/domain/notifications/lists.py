"""In which list of the app a message is read: a member has one as a teacher, one as a student and one as staff.

A message is for somebody in a role: a teacher who also works at the desk reads of own lessons among the teacher's
messages, and of everybody else's only where staff are, behind the second factor. So each message is in one list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Final

from django.db.models import Q

from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.kinds import Side
from makegood.domain.people.models import Role
from makegood.domain.people.permissions import STAFF_ROLES

# Who reads the list of a side. The first that a member has also shows what they were told as what they are no longer.
READERS: Final[Mapping[Side, frozenset[Role]]] = {
    Side.DESK: STAFF_ROLES,
    Side.TEACHER: frozenset({Role.TEACHER}),
    Side.STUDENT: frozenset({Role.STUDENT}),
}


def lists_of(roles: Collection[Role]) -> tuple[Side, ...]:
    """The lists that a member with these roles has."""
    return tuple(side for side, readers in READERS.items() if readers & set(roles))


def sides_in(side: Side, roles: Collection[Role]) -> frozenset[Side]:
    """As whom somebody with these roles was told what stands in their list of `side`; also as what they are no longer.

    But not as staff: that is about everybody, and stood behind the second factor.
    """
    held = lists_of(roles)
    rest = frozenset(Side) - set(held) - {Side.DESK}
    return frozenset({side}) | (rest if held[:1] == (side,) else frozenset())


@cache
def told_as(sides: frozenset[Side]) -> Q:
    """The messages that are for one of these sides: that of the page which the kind leads to, else of its values."""
    if sides == frozenset(Side):
        return Q()
    fixed = {kind: Side(template.page.partition(":")[0]) for kind, template in TEMPLATES.items() if template.page}
    told = {kind for kind, side in fixed.items() if side in sides}
    others = TEMPLATES.keys() - fixed.keys()
    # The first part follows from the second. An index can answer it, before a value of any message is looked at.
    return Q(kind__in=sorted(told | others)) & (Q(kind__in=sorted(told)) | Q(values__side__in=sorted(sides)))
