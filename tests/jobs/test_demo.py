from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from makegood import clock
from makegood.demo.loader import load_school
from makegood.demo.schools import MARIGOLD
from makegood.domain.lessons.queries import find_last_start
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.jobs.demo import bring_demo_up_to_date_regularly

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_school() -> School:
    """A demo school that was made three weeks ago and has run dry."""
    load_school(demo=MARIGOLD, now=clock.now() - timedelta(weeks=3), tell=lambda done, total: None, teacher_count=1)
    return School.objects.get(slug="marigold")


def has_lessons_ahead(school: School) -> bool:
    with in_school(school.pk):
        last = find_last_start(school_id=school.pk)
    return last is not None and last > clock.now() + timedelta(days=7)


def test_the_worker_keeps_the_demo_current(old_school: School, settings: Settings) -> None:
    settings.IS_DEMO = True

    bring_demo_up_to_date_regularly(timestamp=0)

    assert has_lessons_ahead(old_school)


def test_the_worker_leaves_any_other_installation_alone(old_school: School, settings: Settings) -> None:
    settings.IS_DEMO = False

    bring_demo_up_to_date_regularly(timestamp=0)

    assert not has_lessons_ahead(old_school)
