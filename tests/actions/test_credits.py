"""Lesson credits: granted, imported whole or not at all, expired."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.booking_steps import StudentNotFound
from makegood.actions.credit_steps import OwnCredits
from makegood.actions.expire_credits import expire_credits
from makegood.actions.grant_credits import CreditsUnusable, grant_credits
from makegood.actions.import_credits import FileHasProblems, check_credits_file, import_credits
from makegood.actions.reasons import ReasonMissing
from makegood.domain.ledger import operations as ledger
from makegood.domain.ledger.models import TransferKind
from makegood.domain.ledger.operations import Reversal
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.bookings import NOW, book, count_credits, give_credits, open_mornings, set_rules
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

FILE = "student,credits,expires_on,external_id\nsam,10,2027-06-30,order-1\nsam,5,,order-2\n"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def grant(cast: Cast, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "student_id": cast.sam.pk, "count": 5, "expires_on": None,
        "reason": "Paid by transfer", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    return grant_credits(**(values | changes))


def bring_in(cast: Cast, text: str) -> Any:
    return import_credits(school=cast.school, actor=cast.desi, text=text, door=Door.WEB, now=NOW)


def test_the_desk_grants_credits_once_per_request(cast: Cast) -> None:
    request_id = uuid.uuid4()

    assert grant(cast, request_id=request_id).left == 5
    assert grant(cast, request_id=request_id).is_replay
    assert count_credits(cast) == 5
    with in_school(cast.school.pk):
        assert Message.objects.filter(recipient=cast.sam, kind="credits_added", channel="in_app").count() == 1


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"count": 0}, CreditsUnusable),
        ({"count": 1001}, CreditsUnusable),
        ({"expires_on": date(2026, 11, 23)}, CreditsUnusable),
        ({"expires_on": date(9999, 12, 31)}, CreditsUnusable),
        ({"reason": ""}, ReasonMissing),
        ({"student_id": 987_654}, StudentNotFound),
    ],
)
def test_credits_that_make_no_sense_are_refused(cast: Cast, wrong: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        grant(cast, **wrong)
    assert count_credits(cast) == 0


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    plan = check_credits_file(school=cast.school, actor=cast.desi, text=FILE, now=NOW)
    assert (plan.total, plan.known, plan.problems, count_credits(cast)) == (15, 0, (), 0)

    bring_in(cast, FILE)
    again = bring_in(cast, FILE)

    assert count_credits(cast) == 15
    assert (again.total, again.known) == (0, 2)


def test_every_problem_of_a_file_is_named_and_nothing_is_written(cast: Cast) -> None:
    bring_in(cast, FILE)
    text = (
        "student,credits,expires_on,external_id\nsam,3,,order-3\nnobody,1,,order-4\nsam,-1,,order-5\nsam,1e3,,order-6\n"
        "sam,1,30.06.2027,order-7\nsam,1,2020-01-01,order-8\nsam,1,,\nsam,9,2027-06-30,order-1\nsam,2,,order-3\n"
        "tara,1,,order-9\nsam,99999999999999,,order-10\nsam,1,9999-12-31,order-11\n"
    )

    plan = check_credits_file(school=cast.school, actor=cast.desi, text=text, now=NOW)

    assert [(problem.line, problem.column) for problem in plan.problems] == [
        (3, "student"), (4, "credits"), (5, "credits"), (6, "expires_on"), (7, "expires_on"), (8, "external_id"),
        (9, "external_id"), (10, "external_id"), (11, "student"), (12, "credits"), (13, "expires_on"),
    ]  # fmt: skip
    with pytest.raises(FileHasProblems):
        bring_in(cast, text)
    assert count_credits(cast) == 15


@pytest.mark.parametrize(
    "text",
    ["", "student,credits\nsam,1\n", "student,credits,expires_on,external_id\n", "a\0b", f"{FILE}\ud800,1,,order-3\n"],
)
def test_a_file_that_is_none_is_a_problem(cast: Cast, text: str) -> None:
    assert len(check_credits_file(school=cast.school, actor=cast.desi, text=text, now=NOW).problems) == 1


def test_credits_expire_after_their_last_day_and_lessons_use_those_first(cast: Cast) -> None:
    open_mornings(cast)
    set_rules(cast, requires_credits=True)
    give_credits(cast, 3, expires_on=date(2026, 12, 1))
    give_credits(cast, 2)
    book(cast)

    # The first of December begins in Manila at 16:00 UTC of the day before.
    assert expire_credits(school=cast.school, now=datetime(2026, 11, 30, 15, 59, tzinfo=NOW.tzinfo)) == 0
    assert expire_credits(school=cast.school, now=datetime(2026, 11, 30, 16, tzinfo=NOW.tzinfo)) == 2
    assert count_credits(cast) == 2
    assert expire_credits(school=cast.school, now=NOW + timedelta(days=8)) == 0


def test_credits_that_were_taken_back_neither_last_nor_expire(cast: Cast) -> None:
    give_credits(cast, 3, expires_on=date(2026, 12, 1))
    for taken_back in (give_credits(cast, 5), give_credits(cast, 2, expires_on=date(2026, 12, 1))):
        with in_school(cast.school.pk):
            ledger.settle(
                school_id=cast.school.pk,
                reversals=[Reversal(kind=TransferKind.CREDIT_BOUGHT, source=taken_back.pk, month_on=date(2026, 11, 1))],
                postings=[],
                now=NOW,
            )

    expired = expire_credits(school=cast.school, now=datetime(2026, 11, 30, 16, tzinfo=NOW.tzinfo))

    assert (expired, count_credits(cast)) == (3, 0)


def test_nobody_gives_themself_credits(cast: Cast) -> None:
    with in_school(cast.school.pk):
        RoleGrant.objects.create(school=cast.school, membership=cast.sam, role=Role.DESK, granted_at=NOW)

    with pytest.raises(OwnCredits):
        grant(cast, actor=cast.sam)
    own = {"school": cast.school, "actor": cast.sam, "now": NOW}
    text = "student,credits,expires_on,external_id\nsam,50,,order-1\n"
    (problem,) = check_credits_file(**own, text=text).problems
    assert (problem.line, problem.column, problem.what.text) == (2, "student", OwnCredits.sentence)
    with pytest.raises(FileHasProblems):
        import_credits(**own, text=text, door=Door.WEB)

    assert count_credits(cast) == 0
