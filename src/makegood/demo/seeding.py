"""Both schools of the demo, made or brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from makegood.demo.cast import SIGN_INS
from makegood.demo.loader import load_school, make_newcomers
from makegood.demo.people import FULL_SIZE, people_of
from makegood.demo.schools import DEMO_SCHOOLS, DemoSchool
from makegood.demo.top_up import top_up
from makegood.domain.people.enrollment import add_people
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


def refuse_unless_ours(*, add: bool) -> None:
    """Raise RealSchoolsHere for a database with real schools unless `add`, NotADemoSchool when one bears our name."""
    if not add and has_real_school():
        raise RealSchoolsHere
    for demo in DEMO_SCHOOLS:
        row = find_school(slug=demo.slug)
        if row is not None and not row.is_demo:
            raise NotADemoSchool(slug=row.slug)


def list_missing() -> Sequence[DemoSchool]:
    """The demo schools that have not been made."""
    return [demo for demo in DEMO_SCHOOLS if find_school(slug=demo.slug) is None]


def add_shared_people(*, now: datetime) -> None:
    """Make the people who belong to several schools, so that schools can be made side by side."""
    everybody = {person.email: person for demo in DEMO_SCHOOLS for person in people_of(demo).staff}
    shared = {sign_in.email for sign_in in SIGN_INS if len(sign_in.roles) > 1}
    add_people(newcomers=make_newcomers([everybody[email] for email in sorted(shared)]), now=now)


def seed(
    *, now: datetime, tell: Tell, teacher_count: int = FULL_SIZE, schools: Sequence[DemoSchool] = DEMO_SCHOOLS
) -> Mapping[str, int]:
    """Make those of `schools` that are missing and bring the others up to `now`; each whole or not at all.

    Call `refuse_unless_ours` first. Returns how many lessons were added to each school by its slug.
    """
    return {demo.slug: _seed(demo, now, tell, teacher_count) for demo in schools}


def bring_up_to_date(*, now: datetime) -> None:
    """Top up the demo schools that exist; nothing in an installation without them."""
    for demo in DEMO_SCHOOLS:
        row = find_school(slug=demo.slug)
        if row is not None and row.is_demo:
            top_up(demo=demo, school=row, now=now)


def _seed(demo: DemoSchool, now: datetime, tell: Tell, teacher_count: int) -> int:
    row = find_school(slug=demo.slug)
    if row is not None:
        return top_up(demo=demo, school=row, now=now)
    return load_school(
        demo=demo, now=now, tell=lambda done, total: tell(demo.name, done, total), teacher_count=teacher_count
    )
