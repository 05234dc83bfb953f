"""Both schools of the demo, made or brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.demo.loader import load_school
from makegood.demo.people import FULL_SIZE
from makegood.demo.schools import DEMO_SCHOOLS
from makegood.demo.top_up import top_up
from makegood.domain.schools.models import School
from makegood.domain.schools.queries import find_school, has_real_school
from makegood.refusal import Refusal

# Hears the school's name, and how many of how many steps are done.
Tell = Callable[[str, int, int], None]


class RealSchoolsHere(Refusal):
    """The database belongs to somebody."""

    code = "real_schools_here"
    sentence = gettext_noop(
        "This database has schools that are not of the demo. Nothing was done. Use another database, or add the demo "
        "beside them with --add."
    )


class NotADemoSchool(Refusal):
    """A real school bears the name of a demo school."""

    code = "not_a_demo_school"
    sentence = gettext_noop(
        "The school “{slug}” is not of the demo, so it was left alone. Use another database for the demo."
    )


def seed(*, now: datetime, tell: Tell, add: bool = False, teacher_count: int = FULL_SIZE) -> dict[str, int]:
    """Make the demo schools that are missing and bring the others up to `now`; each whole or not at all.

    Returns how many lessons were added to each school by its slug. `add`: also beside real schools. Raises
    RealSchoolsHere, NotADemoSchool; then nothing was done.
    """
    if not add and has_real_school():
        raise RealSchoolsHere
    rows = {demo.slug: find_school(slug=demo.slug) for demo in DEMO_SCHOOLS}
    for row in rows.values():
        if row is not None and not row.is_demo:
            raise NotADemoSchool(slug=row.slug)
    return {demo.slug: _seed(demo.slug, rows[demo.slug], now, tell, teacher_count) for demo in DEMO_SCHOOLS}


def bring_up_to_date(*, now: datetime) -> None:
    """Top up the demo schools that exist; nothing in an installation without them."""
    for demo in DEMO_SCHOOLS:
        row = find_school(slug=demo.slug)
        if row is not None and row.is_demo:
            top_up(demo=demo, school=row, now=now)


def _seed(slug: str, row: School | None, now: datetime, tell: Tell, teacher_count: int) -> int:
    demo = next(demo for demo in DEMO_SCHOOLS if demo.slug == slug)
    if row is not None:
        return top_up(demo=demo, school=row, now=now)
    return load_school(
        demo=demo, now=now, tell=lambda done, total: tell(demo.name, done, total), teacher_count=teacher_count
    )
