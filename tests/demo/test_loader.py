"""Small demo schools in a real database: what was planned is what a visitor finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import Sum
from pytest_django import DjangoDbBlocker

from makegood.demo import DEMO_PASSWORD, sign_ins
from makegood.demo.loader import load_school
from makegood.demo.schools import LARKSPUR, MARIGOLD
from makegood.demo.top_up import top_up
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.ledger.models import PayPeriod, Transfer
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Message
from makegood.domain.penalties.models import Assessment, Consequence
from makegood.domain.people.models import Membership, Person, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.schools.models import School
from tests.demo.plans import make_plan

pytestmark = pytest.mark.django_db

# Long enough ago that no clock of a test machine is behind it.
NOW = datetime(2026, 3, 22, 14, 33, 12, tzinfo=UTC)
TEACHERS = 4


@pytest.fixture(scope="module", autouse=True)
def both_schools(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Both schools, loaded once; what a test does to them is rolled back to here."""
    with django_db_blocker.unblock(), transaction.atomic():
        for demo in (MARIGOLD, LARKSPUR):
            load_school(demo=demo, now=NOW, tell=lambda done, total: None, teacher_count=TEACHERS)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def marigold() -> School:
    return School.objects.get(slug="marigold")


@pytest.fixture
def larkspur() -> School:
    return School.objects.get(slug="larkspur")


def test_everything_that_was_planned_is_there(marigold: School) -> None:
    planned = make_plan(MARIGOLD, NOW, teacher_count=TEACHERS)
    with in_school(marigold.pk):
        assert Lesson.objects.count() == len(planned.lessons)
        assert Incident.objects.count() == len(planned.mishaps)
        assert IncidentDecision.objects.count() == sum(mishap.verdict is not None for mishap in planned.mishaps)
        assert Membership.objects.count() == len(planned.people.everybody)
        assert Message.objects.count() == 0


def test_every_incident_says_what_was_planned(larkspur: School) -> None:
    planned = make_plan(LARKSPUR, NOW, teacher_count=TEACHERS)
    with in_school(larkspur.pk):
        found = Incident.objects.values_list(
            "teacher__code", "lesson_starts_at", "kind", "requested_by", "reported_at", "taught_minutes"
        )
        assert sorted(found, key=str) == sorted(
            (
                (
                    mishap.lesson.teacher,
                    mishap.lesson.starts_at,
                    mishap.kind.value,
                    mishap.requested_by.value,
                    mishap.reported_at,
                    mishap.taught_minutes,
                )
                for mishap in planned.mishaps
            ),
            key=str,
        )


def test_past_lessons_are_over_and_coming_ones_are_booked_or_off(marigold: School) -> None:
    with in_school(marigold.pk):
        past = set(Lesson.objects.filter(ends_at__lte=NOW).values_list("status", flat=True))
        coming = set(Lesson.objects.filter(ends_at__gt=NOW).values_list("status", flat=True))
    assert past <= {"taught", "cancelled", "moved", "missed", "cut_short"}
    assert {"booked"} <= coming <= {"booked", "cancelled"}


def test_exactly_taught_lessons_and_those_paid_all_the_same_are_paid(marigold: School) -> None:
    with in_school(marigold.pk):
        taught = set(Lesson.objects.filter(status="taught").values_list("pk", flat=True))
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        paid_all_the_same = {row.incident.lesson_id for row in live.select_related("incident") if row.paid}
        paid = list(Transfer.objects.filter(kind="lesson_pay").values_list("source", flat=True))
    assert len(paid) == len(set(paid))
    assert set(paid) == taught | {pk for pk in paid_all_the_same if pk in paid}
    assert paid_all_the_same <= set(paid) | taught


def test_months_before_the_last_are_closed(marigold: School) -> None:
    with in_school(marigold.pk):
        periods = {period.starts_on: period.closed_at is not None for period in PayPeriod.objects.all()}
    assert periods == {
        date(2025, 11, 1): True,
        date(2025, 12, 1): True,
        date(2026, 1, 1): True,
        date(2026, 2, 1): False,
        date(2026, 3, 1): False,
    }


def test_stored_penalties_are_what_the_ledger_holds(marigold: School) -> None:
    with in_school(marigold.pk):
        live = Assessment.objects.order_by("incident_id", "-number").distinct("incident_id")
        owed = sum(row.penalty_minor for row in live)
        posted = Transfer.objects.filter(kind="penalty").aggregate(total=Sum("amount_minor"))["total"]
        reversed_minor = Transfer.objects.filter(kind="penalty_reversal").aggregate(total=Sum("amount_minor"))["total"]
    assert owed > 0
    assert posted - (reversed_minor or 0) == owed


def test_the_cast_of_marigold_meets_its_consequences(marigold: School) -> None:
    with in_school(marigold.pk):
        paused = Consequence.objects.filter(kind="pause_account", ends_at__gt=NOW, ends=None)
        assert [row.teacher.display_name for row in paused.select_related("teacher")] == ["Joel Cardona"]


def test_the_cast_of_larkspur_meets_its_consequences(larkspur: School) -> None:
    with in_school(larkspur.pk):
        held = Consequence.objects.filter(ends=None).select_related("teacher")
        kinds = {(row.teacher.display_name, row.kind) for row in held if row.ends_at is None or row.ends_at > NOW}
        assert ("Noah Fontaine", "deprioritize") in kinds
        assert ("Mere Ashcroft", "review_for_termination") in kinds
        assert not any(name in {"Tara Lindner", "Asha Gurung"} and kind == "deprioritize" for name, kind in kinds)
        assert Transfer.objects.count() == 0


def test_everybody_of_the_cast_can_sign_in_with_the_one_password() -> None:
    people = {person.email: person for person in Person.objects.filter(is_demo=True)}
    assert people.keys() == {sign_in.email for sign_in in sign_ins}
    assert len({person.password for person in people.values()}) == 2
    assert all(check_password(DEMO_PASSWORD, password) for password in {person.password for person in people.values()})


def test_somebody_holds_several_roles_and_belongs_to_both_schools(marigold: School, larkspur: School) -> None:
    robin = Person.objects.get(email="robin@both.example")
    held = {}
    for school in (marigold, larkspur):
        with in_school(school.pk):
            roles = RoleGrant.objects.filter(membership__person=robin).values_list("role", flat=True)
            held[school.slug] = sorted(roles)
    assert held == {"marigold": ["desk", "reviewer"], "larkspur": ["desk", "owner"]}


def test_days_later_lessons_lie_ahead_again_and_all_that_ended_are_taught_and_paid(marigold: School) -> None:
    later = NOW + timedelta(days=5, hours=7)

    added = top_up(demo=MARIGOLD, school=marigold, now=later)

    assert added > 10
    with in_school(marigold.pk):
        assert not Lesson.objects.filter(status="booked", ends_at__lte=later).exists()
        assert Lesson.objects.filter(starts_at__gt=later + timedelta(days=12)).exists()
        assert Lesson.objects.filter(starts_at__lte=later, ends_at__gt=later, status="booked").exists()
        unpaid = Lesson.objects.filter(status="taught").exclude(
            pk__in=Transfer.objects.filter(kind="lesson_pay").values("source")
        )
        assert not unpaid.exists()


def test_topping_up_twice_changes_nothing_the_second_time(larkspur: School) -> None:
    later = NOW + timedelta(days=2)
    first = top_up(demo=LARKSPUR, school=larkspur, now=later)

    second = top_up(demo=LARKSPUR, school=larkspur, now=later)

    assert first > 0
    assert second == 0


def test_months_later_the_gap_is_filled_and_older_months_are_closed(marigold: School) -> None:
    later = NOW + timedelta(days=75)

    top_up(demo=MARIGOLD, school=marigold, now=later)

    with in_school(marigold.pk):
        weeks = Lesson.objects.filter(starts_at__gt=NOW, starts_at__lte=later).dates("starts_at", "week")
        assert len(weeks) >= 10
        open_months = set(PayPeriod.objects.filter(closed_at=None).values_list("starts_on", flat=True))
        assert open_months <= {date(2026, 5, 1), date(2026, 6, 1)}
