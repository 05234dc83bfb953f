"""A first meeting is offered where one can be booked; elsewhere the page says so and what to do."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood import clock
from makegood.actions.set_default_availability import set_default_availability
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.openness import Step
from makegood.domain.people.models import Membership
from makegood.domain.timeline.doors import Door
from tests import cast as casting
from tests.bookings import NOW, open_mornings, set_rules
from tests.cast import Cast, make_cast
from tests.pauses import PAUSED_AT, WARNED_AT, watch
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

MEETING = "meet_your_teacher:25"
OFFERED = "Start with a first meeting of 25 min."
NONE_FREE = "You have had no lesson with Tara Teaches yet, and there is no free time for a first meeting at the moment."


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def sam(client: Client, cast: Cast) -> Client:
    sign_in(client, cast.sam.person)
    return client


def pause_matching(cast: Cast, *teachers: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are open for too little from next week on, are warned, and take no new students a day later."""
    set_rules(cast, freshness_pause_days=60)
    for teacher in teachers:
        set_default_availability(
            school=cast.school,
            actor=teacher,
            teacher_id=teacher.pk,
            weekly={},
            from_on=date(2026, 11, 30),
            reason="",
            request_id=uuid.uuid4(),
            door=Door.WEB,
            now=NOW,
        )
    assert watch(cast, now=WARNED_AT) == [Step.WARN for _teacher in teachers]
    assert watch(cast, now=PAUSED_AT) == [Step.PAUSE for _teacher in teachers]
    monkeypatch.setattr(clock, "now", lambda: PAUSED_AT)


def page_of_tara(sam: Client, cast: Cast, kind: str = "regular:50") -> str:
    return text_of(sam.get(f"/marigold/book/teachers/{cast.tara.pk}/", {"kind": kind}).content)


def kinds_to_choose(sam: Client, **query: str) -> list[str]:
    page = BeautifulSoup(sam.get("/marigold/book/", query).content, "html.parser")
    return [str(one["value"]) for one in page.select("#book-kind option")]


def test_a_teacher_without_free_times_offers_no_first_meeting_and_says_what_to_do(sam: Client, cast: Cast) -> None:
    said = page_of_tara(sam, cast)
    page = BeautifulSoup(sam.get(f"/marigold/book/teachers/{cast.tara.pk}/").content, "html.parser")
    card = page.select_one("section[aria-labelledby=first]")
    assert card is not None
    (link,) = card.select("a")

    assert [OFFERED in said, NONE_FREE in said] == [False, True]
    assert "Choose another teacher, or ask the scheduling desk." in said
    assert (link.get_text(), link["href"]) == (
        "First meetings with other teachers",
        "/marigold/book/?kind=meet_your_teacher%3A25",
    )


def test_a_teacher_who_takes_no_new_students_offers_no_first_meeting(
    sam: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_mornings(cast)
    before = page_of_tara(sam, cast)
    pause_matching(cast, cast.tara, monkeypatch=monkeypatch)
    after = page_of_tara(sam, cast)
    chosen = page_of_tara(sam, cast, MEETING)

    assert [OFFERED in before, NONE_FREE in before] == [True, False]
    assert [OFFERED in after, NONE_FREE in after] == [False, True]
    assert "Tara Teaches has no free time for a first meeting at the moment. Choose another teacher" in chosen


def test_a_meeting_that_is_shorter_than_every_gap_for_a_lesson_is_offered(sam: Client, cast: Cast) -> None:
    # Half an hour a day: too little for 50 minutes, enough for 25.
    open_mornings(cast, ranges=(WallRange(540, 570),))

    said = page_of_tara(sam, cast)

    assert "No free time was found." in said
    assert [OFFERED in said, NONE_FREE in said] == [True, False]


def test_times_for_a_first_meeting_are_of_teachers_whom_the_student_has_not_met(sam: Client, cast: Cast) -> None:
    open_mornings(cast, cast.tara, cast.tom)
    casting.book(cast, starts_at=NOW - timedelta(days=7))

    page = BeautifulSoup(sam.get("/marigold/book/", {"kind": MEETING}).content, "html.parser")
    offered = {str(one["value"]).partition("|")[0] for one in page.select("button[name=slot]")}

    assert offered == {str(cast.tom.pk)}
    assert kinds_to_choose(sam, teacher=str(cast.tara.pk)) == ["regular:25", "regular:50"]
    assert kinds_to_choose(sam, teacher=str(cast.tom.pk)) == ["regular:25", "regular:50", MEETING]


def test_whoever_has_met_everybody_is_offered_no_first_meeting(sam: Client, cast: Cast) -> None:
    open_mornings(cast, cast.tara, cast.tom)
    for teacher in (cast.tara, cast.tom):
        casting.book(cast, teacher=teacher, starts_at=NOW - timedelta(days=7 if teacher is cast.tara else 8))

    assert kinds_to_choose(sam) == ["regular:25", "regular:50"]
    said = text_of(sam.get("/marigold/book/", {"kind": MEETING}).content)
    assert "You have met every teacher here, so there is no first meeting to book." in said


def test_when_nobody_takes_new_students_the_booking_page_says_so(
    sam: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_mornings(cast, cast.tara, cast.tom)
    pause_matching(cast, cast.tara, cast.tom, monkeypatch=monkeypatch)

    said = text_of(sam.get("/marigold/book/", {"kind": MEETING}).content)

    assert "No teacher has a free time for a first meeting at the moment. Ask the scheduling desk." in said
