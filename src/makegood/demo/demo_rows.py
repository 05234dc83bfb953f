"""A demo school in the database, for whoever lets something happen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from makegood.demo.schools import DemoSchool
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRows:
    """Its row, its people by code, and one of its desk."""

    demo: DemoSchool
    row: School
    members: Mapping[str, Membership]
    desk: Membership
