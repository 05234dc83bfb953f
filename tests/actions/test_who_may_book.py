"""The verbs of booking ask for the actor's role themselves: whoever calls them without it changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.book_for_somebody import book_for_somebody
from makegood.actions.booking_order import OwnTeacher
from makegood.actions.booking_steps import NotTheDesk, StudentNotFound
from makegood.actions.grant_credits import grant_credits
from makegood.actions.import_credits import import_credits
from makegood.actions.propose_lesson import propose_lesson
from makegood.actions.school_calendar_changes import NotTheOwner
from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.set_pay_rate import set_pay_rate
from makegood.domain.ledger.models import CreditGrant
from makegood.domain.lessons.models import Lesson, LessonType, PayRate
from makegood.domain.lessons.offering import Offer
from makegood.domain.lessons.time_checks import Leave
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.quantities import Money
from tests.bookings import NOW, TUESDAY_NINE, open_mornings
from tests.cast import Cast, make_cast
from tests.schools import make_member, make_person, make_school

pytestmark = pytest.mark.django_db

Verb = Callable[[Cast, Membership], Any]


def _book(cast: Cast, actor: Membership) -> Any:
    return book_for_somebody(
        school=cast.school, actor=actor, teacher_id=cast.tara.pk, student_id=cast.sam.pk, starts_at=TUESDAY_NINE,
        minutes=50, lesson_type="regular", reason="By phone", leave=Leave(), request_id=uuid.uuid4(), door=Door.WEB,
        now=NOW,
    )  # fmt: skip


def _grant(cast: Cast, actor: Membership) -> Any:
    return grant_credits(
        school=cast.school, actor=actor, student_id=cast.sam.pk, count=5, expires_on=None, reason="Paid",
        request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


def _import(cast: Cast, actor: Membership) -> Any:
    text = "student,credits,expires_on,external_id\nsam,10,,order-1\n"
    return import_credits(school=cast.school, actor=actor, text=text, door=Door.WEB, now=NOW)


def _set_type(cast: Cast, actor: Membership) -> Any:
    offer = Offer(code="exam", name="Exam", minutes=(50,))
    return set_lesson_type(school=cast.school, actor=actor, offer=offer, door=Door.WEB, now=NOW)


def _set_rate(cast: Cast, actor: Membership) -> Any:
    return set_pay_rate(
        school=cast.school, actor=actor, teacher_id=None, lesson_type="regular", minutes=50,
        amount=Money(1500, "USD"), door=Door.WEB, now=NOW,
    )  # fmt: skip


def _propose(cast: Cast, actor: Membership) -> Any:
    return propose_lesson(
        school=cast.school, actor=actor, student_id=cast.sam.pk, starts_at=TUESDAY_NINE + timedelta(days=2),
        minutes=50, lesson_type="regular", note="", request_id=uuid.uuid4(), door=Door.WEB, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "code", "refusal"),
    [
        (_book, "desi", NotTheDesk),
        (_grant, "desi", NotTheDesk),
        (_import, "desi", NotTheDesk),
        (_set_type, "owen", NotTheOwner),
        (_set_rate, "owen", NotTheOwner),
    ],
)
def test_only_the_role_does_it(verb: Verb, code: str, refusal: type[Exception]) -> None:
    cast = make_cast()
    open_mornings(cast)
    # Uma holds every role, in another school.
    uma = make_member(make_school("larkspur"), make_person("Uma"), list(Role))
    right = getattr(cast, code)
    wrong = [one for one in (cast.tara, cast.sam, cast.desi, cast.owen, cast.fin, uma) if one != right]

    for actor in wrong:
        with pytest.raises(refusal):
            verb(cast, actor)
    with in_school(cast.school.pk):
        counts = [model.objects.count() for model in (Lesson, CreditGrant, LessonType, PayRate)]
    verb(cast, right)

    assert counts == [0, 0, 0, 0]


def test_only_a_teacher_of_the_student_proposes() -> None:
    cast = make_cast()
    uma = make_member(make_school("larkspur"), make_person("Uma"), list(Role))

    for actor in (cast.desi, cast.owen, uma):
        with pytest.raises(TeacherNotFound):
            _propose(cast, actor)
    with pytest.raises(OwnTeacher):
        _propose(cast, cast.sam)
    # Tom teaches, but never had Sam.
    with pytest.raises(StudentNotFound):
        _propose(cast, cast.tom)
