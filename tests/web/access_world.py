"""The people and things the access matrix is executed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from makegood.domain.people.models import Membership, Person, Role
from tests.schools import NAMES, Cast, make_cast, make_member, make_person, make_school
from tests.web.access_table import MISSING, NO_SCHOOL, OTHER, OTHER_SCHOOL, OWN, SAME_SCHOOL


@dataclass(frozen=True)
class World:
    """Marigold with one person per role, Larkspur with Otto who holds all roles there, and Uma in no school."""

    marigold: Cast
    otto: Membership
    uma: Person

    def person(self, visitor: str) -> Person | None:
        """The person behind a name of the table; None for somebody signed out."""
        people = {NAMES[role]: member.person for role, member in self.marigold.members.items()}
        return (people | {OTHER_SCHOOL: self.otto.person, NO_SCHOOL: self.uma}).get(visitor)


def make_world() -> World:
    """Create everybody."""
    marigold = make_cast("marigold")
    otto = make_member(make_school("larkspur"), make_person("Otto"), list(Role))
    return World(marigold=marigold, otto=otto, uma=make_person("Uma"))


# What the parts of addresses may name, by their name in the URL pattern: relation -> value.
THINGS: dict[str, Callable[[World, str], Mapping[str, object]]] = {
    "membership_id": lambda world, visitor: {
        OWN: next((member.pk for role, member in world.marigold.members.items() if NAMES[role] == visitor), MISSING_ID),
        SAME_SCHOOL: world.marigold.members[Role.TEACHER].pk,
        OTHER: world.otto.pk,
        MISSING: MISSING_ID,
    },
    "token": lambda world, visitor: {MISSING: "no-such-token"},
    "pk": lambda world, visitor: {MISSING: MISSING_ID},
    "uidb36": lambda world, visitor: {MISSING: "1"},
    "key": lambda world, visitor: {MISSING: "no-such-key"},
}
MISSING_ID = 987_654_321
