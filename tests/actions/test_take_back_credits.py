"""Lesson credits given by mistake: undone at once by whoever gave them, and at any later time taken back in part."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from makegood.actions.booking_steps import NotTheDesk
from makegood.actions.expire_credits import expire_credits
from makegood.actions.grant_credits import grant_credits
from makegood.actions.reasons import ReasonMissing
from makegood.actions.take_back_credits import (
    CreditsNotLeft,
    GrantNotFound,
    GrantUndoTooLate,
    find_grant_undo_end,
    take_back_credits,
    undo_grant,
)
from makegood.domain.ledger.models import CreditCorrection, CreditGrant, Transfer
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.domain.timeline.requests import DifferentRequest
from makegood.reports.credit_book import make_credit_book
from tests.bookings import NOW, book, count_credits, open_mornings, set_rules
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def give(cast: Cast, count: int, **changes: Any) -> int:
    """Desi gives Sam credits; the id of the grant."""
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "student_id": cast.sam.pk, "count": count, "expires_on": None,
        "reason": "Paid by transfer", "request_id": uuid.uuid4(), "door": Door.WEB, "now": NOW,
    }  # fmt: skip
    grant_credits(**(values | changes))
    with in_school(cast.school.pk):
        return CreditGrant.objects.latest("pk").pk


def take_back(cast: Cast, grant_id: int, count: int, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "grant_id": grant_id, "count": count, "reason": "It was another Sam",
        "request_id": uuid.uuid4(), "door": Door.PHONE, "now": LATER,
    }  # fmt: skip
    return take_back_credits(**(values | changes))


def undo(cast: Cast, grant_id: int, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "school": cast.school, "actor": cast.desi, "grant_id": grant_id, "request_id": uuid.uuid4(), "door": Door.WEB,
        "now": NOW + timedelta(minutes=5),
    }  # fmt: skip
    return undo_grant(**(values | changes))


def told(cast: Cast) -> list[dict[str, Any]]:
    with in_school(cast.school.pk):
        messages = Message.objects.filter(recipient=cast.sam, kind="credits_taken_back", channel="in_app")
        return [message.values for message in messages.order_by("pk")]


def test_the_desk_takes_some_back_with_a_reason_and_nothing_that_stood_changes(cast: Cast) -> None:
    given = give(cast, 10)
    request_id = uuid.uuid4()
    with in_school(cast.school.pk):
        before = list(Transfer.objects.order_by("pk").values())

    taken = take_back(cast, given, 4, request_id=request_id)

    assert (taken.count, taken.left, count_credits(cast)) == (4, 6, 6)
    assert take_back(cast, given, 4, request_id=request_id).is_replay
    with pytest.raises(DifferentRequest):
        take_back(cast, given, 5, request_id=request_id)
    with in_school(cast.school.pk):
        assert list(Transfer.objects.order_by("pk").values())[: len(before)] == before
        (correction,) = CreditCorrection.objects.all()
        event = Event.objects.get(kind="credits_taken_back")
        line = make_credit_book(school=cast.school, student=cast.sam, now=NOW).lines[0]
    assert (correction.credits, correction.reason, correction.corrected_by_id) == (
        4, "It was another Sam", cast.desi.person_id,
    )  # fmt: skip
    assert (event.actor_id, event.door, event.reason) == (cast.desi.person_id, "phone", "It was another Sam")
    assert (line.amount, line.left, line.correction) == (-4, 6, correction)
    assert [(values["count"], values["left"], values["reason"]) for values in told(cast)] == [
        (4, 6, "It was another Sam")
    ]


def test_never_more_is_taken_back_than_the_student_has_unused_or_than_was_given(cast: Cast) -> None:
    open_mornings(cast)
    set_rules(cast, requires_credits=True)
    wrong = give(cast, 3)
    book(cast)

    with pytest.raises(CreditsNotLeft) as refusal:
        take_back(cast, wrong, 3)
    assert refusal.value.values == {"most": 2}
    # What was bought meanwhile counts as unused; what the lesson used of the mistake it would have used of that.
    give(cast, 5)
    take_back(cast, wrong, 3)
    for count in (1, 0, -1):
        with pytest.raises(CreditsNotLeft):
            take_back(cast, wrong, count)
    assert count_credits(cast) == 4


def test_what_was_taken_back_neither_lasts_nor_expires(cast: Cast) -> None:
    soon = give(cast, 3, expires_on=date(2026, 12, 1))
    lasting = give(cast, 5)
    take_back(cast, soon, 1)
    take_back(cast, lasting, 5)

    # The first of December begins in Manila at 16:00 UTC of the day before.
    expired = expire_credits(school=cast.school, now=datetime(2026, 11, 30, 16, tzinfo=NOW.tzinfo))

    assert (expired, count_credits(cast)) == (2, 0)
    with pytest.raises(CreditsNotLeft) as refusal:
        take_back(cast, soon, 1, now=NOW + timedelta(days=10))
    assert refusal.value.values == {"most": 0}


def test_only_the_desk_takes_back_and_says_why(cast: Cast) -> None:
    given = give(cast, 3)

    for wrong, refusal in (
        ({"actor": cast.tara}, NotTheDesk),
        ({"reason": " "}, ReasonMissing),
        ({"grant_id": 987_654}, GrantNotFound),
    ):
        with pytest.raises(refusal):
            take_back(cast, **({"grant_id": given, "count": 1} | wrong))
    assert count_credits(cast) == 3


def test_whoever_gave_them_undoes_it_within_five_minutes(cast: Cast) -> None:
    given = give(cast, 5)
    request_id = uuid.uuid4()

    assert undo(cast, given, request_id=request_id).left == 0
    assert undo(cast, given, request_id=request_id).is_replay

    assert count_credits(cast) == 0
    assert [("reason" in values, values["count"]) for values in told(cast)] == [(False, 5)]
    with pytest.raises(GrantUndoTooLate):
        undo(cast, given)


@pytest.mark.parametrize("what", ["late", "somebody else", "used", "corrected", "imported"])
def test_undoing_is_refused_once_it_is_late_or_somebody_else_or_something_came_of_it(cast: Cast, what: str) -> None:
    open_mornings(cast)
    set_rules(cast, requires_credits=True)
    given = give(cast, 5)
    changes: dict[str, Any] = {}
    if what == "late":
        changes["now"] = NOW + timedelta(minutes=5, seconds=1)
    if what == "somebody else":
        with in_school(cast.school.pk):
            RoleGrant.objects.create(school=cast.school, membership=cast.rhea, role=Role.DESK, granted_at=NOW)
        changes["actor"] = cast.rhea
    if what == "used":
        book(cast)
    if what == "corrected":
        take_back(cast, given, 1, now=NOW)
    if what == "imported":
        with in_school(cast.school.pk):
            one = CreditGrant.objects.get(pk=given)
            one.pk, one.external_id, one.request_id = None, "order-1", uuid.uuid4()
            one.save(force_insert=True)
            given = one.pk
    left = count_credits(cast)

    with in_school(cast.school.pk):
        found = CreditGrant.objects.get(pk=given)
        now = changes.get("now", NOW + timedelta(minutes=5))
        assert find_grant_undo_end(given=found, actor=changes.get("actor", cast.desi), now=now) is None
    with pytest.raises(GrantUndoTooLate):
        undo(cast, given, **changes)
    assert count_credits(cast) == left
