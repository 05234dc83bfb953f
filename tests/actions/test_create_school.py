"""A school begins with a policy that is in force: of this month, or of one that history is imported from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from makegood.actions.create_school import PolicyTooLate, create_school
from makegood.domain.availability.queries import get_rules
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from makegood.domain.schools.operations import NewSchool
from makegood.presets import preset_text

pytestmark = pytest.mark.django_db

# In Manila it is March already.
LAST_HOUR_OF_FEBRUARY = datetime(2026, 2, 28, 23, tzinfo=UTC)


def create(policy_from_on: date | None) -> date:
    new = NewSchool(
        slug="sunrise", name="Sunrise", zone="Asia/Manila", language="en", desk_email="desk@sunrise.example",
        desk_phone="+1 202 555 0100", support_email="help@sunrise.example",
    )  # fmt: skip
    created = create_school(
        new=new, document=preset_text("25hoon"), owner_email="owen@sunrise.example", policy_from_on=policy_from_on,
        now=LAST_HOUR_OF_FEBRUARY,
    )  # fmt: skip
    return created.version.in_force_from_on


@pytest.mark.parametrize(
    ("asked", "begins"),
    [(None, date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 3, 1)), (date(2024, 7, 1), date(2024, 7, 1))],
)
def test_the_first_policy_begins_in_this_month_of_the_school_or_before(asked: date | None, begins: date) -> None:
    assert create(asked) == begins


def test_a_first_policy_of_a_month_to_come_is_refused_and_nothing_is_created() -> None:
    with pytest.raises(PolicyTooLate) as refused:
        create(date(2026, 4, 1))

    assert refused.value.values == {"month": "2026-03"}
    assert School.objects.count() == 0


@pytest.mark.parametrize(("preset", "asks"), [("talaera", True), ("25hoon", False)])
def test_a_school_begins_with_the_booking_rules_of_its_preset(preset: str, asks: bool) -> None:
    call_command(
        "create_school", "sunrise", "--name", "Sunrise", "--zone", "Asia/Manila", "--preset", preset,
        "--owner", "owen@sunrise.example", "--desk-email", "desk@sunrise.example", "--desk-phone", "+1 202 555 0100",
        "--support-email", "help@sunrise.example", stdout=StringIO(),
    )  # fmt: skip

    school = School.objects.get(slug="sunrise")
    with in_school(school.pk):
        rules = get_rules(school_id=school.pk)
    assert (rules.first_meeting_required, rules.number) == (asks, 1 if asks else 0)
