"""The Teaching Calendar where clocks go back, and where a session reaches over midnight or over the change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood.domain.people.models import Person, Role
from makegood.domain.schools.context import in_school
from tests.believable import Believable
from tests.bookings import set_rules
from tests.cast import add_member, book
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in
from tests.web.test_teaching_calendar import WEEK, form_of

pytestmark = pytest.mark.django_db


def boxes_of(content: bytes, day: str) -> list[str]:
    """What the boxes of the day say from two to four o'clock, a checkbox with the minute that it carries."""
    column = BeautifulSoup(content, "html.parser").select_one(f"fieldset:has(input[value='{day}'])")
    assert column is not None
    return [
        " ".join([*one.stripped_strings, *(str(box["value"]).partition("~")[2] for box in one.select("input"))])
        for one in column.select("li")
        if one.get_text().startswith(("02", "03"))
    ]


def test_two_sessions_at_a_time_that_comes_twice_have_a_box_each(client: Client, world: Believable) -> None:
    cast, night = world.cast, "2026-10-25"
    Person.objects.filter(pk=cast.tara.person_id).update(zone="Europe/Berlin")
    cast.tara.person.refresh_from_db()
    sign_in(client, cast.tara.person)
    url = f"{WEEK}?week={night}"
    free = client.get(url).content
    for hour in (0, 1):
        book(cast, starts_at=datetime(2026, 10, 25, hour, tzinfo=UTC), minutes=30)

    booked = client.get(url).content
    sent = form_of(booked)
    saved = client.post(url, sent | {"act": "save", "open": [*sent.get("open", []), f"{night}~150"]})

    assert boxes_of(free, night)[:2] == [
        "02:00 (GMT+2) 02:00 (GMT+1) 120",
        "02:30 (GMT+2) 02:30 (GMT+1) 150",
    ]
    assert boxes_of(booked, night)[:3] == [
        "02:00 (GMT+2) 02:00 (GMT+2) Sam Studies",
        "02:30 (GMT+2) 02:30 (GMT+1) 150",
        "02:00 (GMT+1) 02:00 (GMT+1) Sam Studies",
    ]
    assert saved.status_code == 302
    # What is open is so both times, and it is sent once.
    assert [one.split()[-1] for one in boxes_of(client.get(url).content, night)[1:2]] == ["150"]
    assert form_of(client.get(url).content)["open"] == [f"{night}~150"]


def test_a_session_over_the_change_and_over_midnight_covers_the_time_it_takes(
    client: Client, world: Believable
) -> None:
    cast = world.cast
    Person.objects.filter(pk=cast.tara.person_id).update(zone="Europe/Berlin")
    cast.tara.person.refresh_from_db()
    sign_in(client, cast.tara.person)
    # 02:30 (GMT+2) to 02:20 (GMT+1); and 23:30 to 00:20 of Saturday.
    book(cast, starts_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), minutes=50)
    book(cast, starts_at=datetime(2026, 10, 23, 21, 30, tzinfo=UTC), minutes=50)

    page = BeautifulSoup(client.get(f"{WEEK}?week=2026-10-25").content, "html.parser")

    booked = [" ".join(one.stripped_strings) for one in page.select(".slot.booked")]
    assert booked[-4:] == ["23:30", "00:00 booked", "02:30 (GMT+2)", "02:00 (GMT+1) booked"]


def test_days_that_are_over_are_folded_while_the_week_goes_on(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    # The Monday of this week and of the one before; today is Tuesday.
    for day in (19, 12):
        book(world.cast, starts_at=datetime(2026, 10, day, 2, tzinfo=UTC), minutes=30)

    def folded(week: str) -> list[str]:
        page = BeautifulSoup(client.get(f"{WEEK}?week={week}").content, "html.parser")
        return [" ".join(one.stripped_strings) for one in page.select("fieldset details")]

    assert folded("2026-10-19") == ["Over 10:00 10:00 Sam Studies"]
    # Nothing else is in the week before, so that folding it would hide all there is.
    assert folded("2026-10-12") == []


def test_who_is_on_probation_reads_until_when_and_what_it_means(client: Client, world: Believable) -> None:
    cast = world.cast
    # Two weeks ago; today is 20 October.
    joined = datetime(2026, 10, 6, 2, tzinfo=UTC)
    with in_school(cast.school.pk):
        mila = add_member(
            cast.school, code="mila", name="Mila New", role=Role.TEACHER, zone="Asia/Manila", joined_at=joined
        )

    def said(person: Person, address: str, *, days: int) -> str:
        set_rules(cast, now=datetime(2026, 10, 20, 5, tzinfo=UTC), probation_days=days)
        sign_in(client, person)
        return text_of(client.get(address).content).replace(" :", ":")

    own, of_desk = WEEK, f"/marigold/desk/teachers/{mila.pk}/availability/"
    told = "on probation until Thu 5 Nov, 10:00: you can be booked for at most 5 sessions a week."
    assert told in said(mila.person, own, days=30)
    assert "On probation until Thu 5 Nov, 10:00: at most 5 sessions a week." in said(cast.desi.person, of_desk, days=30)
    # Exactly two weeks, and an hour: over.
    assert "probation" not in said(mila.person, own, days=14)
