"""One transaction, one school."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import OtherSchoolInside, as_person, in_school
from makegood.domain.schools.models import School

JOINED_AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def make_school(*, slug: str) -> School:
    return School.objects.create(slug=slug, name=slug, zone="Asia/Manila", created_at=JOINED_AT)


def make_member(*, school: School, person: Person) -> Membership:
    with in_school(school.pk):
        return Membership.objects.create(
            school=school, person=person, code=person.full_name, display_name=person.full_name, joined_at=JOINED_AT
        )


@pytest.fixture
def tara() -> Person:
    return Person.objects.create(email="tara@example.org", full_name="Tara", created_at=JOINED_AT)


def test_without_a_school_there_are_no_rows(tara: Person) -> None:
    make_member(school=make_school(slug="alpha"), person=tara)

    assert Membership.objects.count() == 0


def test_in_school_shows_its_rows_and_no_others(tara: Person) -> None:
    alpha, beta = make_school(slug="alpha"), make_school(slug="beta")
    here = make_member(school=alpha, person=tara)
    make_member(school=beta, person=tara)

    with in_school(alpha.pk, person_id=tara.pk):
        assert list(Membership.objects.all()) == [here]


def test_another_school_inside_is_refused_and_the_same_one_is_not() -> None:
    alpha, beta = make_school(slug="alpha"), make_school(slug="beta")

    with in_school(alpha.pk):
        with in_school(alpha.pk):
            pass
        with pytest.raises(OtherSchoolInside), in_school(beta.pk):
            pass
        with pytest.raises(OtherSchoolInside), as_person(1):
            pass


def test_school_is_forgotten_inside_a_longer_transaction(tara: Person) -> None:
    alpha, beta = make_school(slug="alpha"), make_school(slug="beta")
    with transaction.atomic():
        make_member(school=alpha, person=tara)
        there = make_member(school=beta, person=tara)

        assert Membership.objects.count() == 0
        with in_school(beta.pk):
            assert list(Membership.objects.all()) == [there]


def test_school_is_forgotten_after_an_error(tara: Person) -> None:
    alpha = make_school(slug="alpha")
    make_member(school=alpha, person=tara)

    with pytest.raises(ZeroDivisionError), in_school(alpha.pk):
        raise ZeroDivisionError

    assert Membership.objects.count() == 0


def test_as_person_shows_own_memberships_in_all_schools(tara: Person) -> None:
    alpha, beta = make_school(slug="alpha"), make_school(slug="beta")
    own = [make_member(school=alpha, person=tara), make_member(school=beta, person=tara)]
    sam = Person.objects.create(email="sam@example.org", full_name="Sam", created_at=JOINED_AT)
    make_member(school=alpha, person=sam)

    with as_person(tara.pk):
        assert list(Membership.objects.order_by("pk")) == own
