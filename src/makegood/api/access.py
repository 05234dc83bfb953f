"""Who asks, and as which member of which school. What somebody may not see and what does not exist answer alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest

from makegood import clock
from makegood.domain.people import permissions, queries
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import as_person, in_school
from makegood.domain.schools.models import School


@dataclass(frozen=True)
class Caller:
    """A member who asks, with the roles they hold and when they asked."""

    now: datetime
    school: School
    person: Person
    membership: Membership
    roles: frozenset[Role]


@contextmanager
def calling(request: HttpRequest, slug: str, *roles: Role) -> Iterator[Caller]:
    """Run the block in the transaction of the school, for a member who holds one of `roles`. Raises Http404 else.

    Roles of staff are for later: they ask for a second factor, which nobody shows here.
    """
    assert not permissions.STAFF_ROLES.intersection(roles), "roles of staff need a second factor"
    person = request.user
    assert isinstance(person, Person), "an endpoint that asks who is there needs a session"
    with as_person(person.pk):
        mine = queries.list_own_memberships(person_id=person.pk)
    own = next((one for one in mine if one.membership.school.slug == slug), None)
    if own is None or not own.roles.intersection(roles):
        raise Http404
    school = own.membership.school
    with in_school(school.pk):
        yield Caller(now=clock.now(), school=school, person=person, membership=own.membership, roles=own.roles)
