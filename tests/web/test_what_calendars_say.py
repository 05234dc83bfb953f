"""What the Teaching Calendar says of itself: its zone, and who comes when; a teacher's own and the desk's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood.domain.people.models import Person
from tests.believable import Believable
from tests.cast import book
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in
from tests.web.test_teaching_calendar import DEFAULT, MORNINGS, WEEK, form_of, set_default

pytestmark = pytest.mark.django_db


def move_tara(world: Believable, zone: str) -> None:
    """Tara lives in `zone` from now on."""
    Person.objects.filter(pk=world.cast.tara.person_id).update(zone=zone)
    world.cast.tara.person.refresh_from_db()


def zone_said(client: Client, address: str) -> str:
    """The sentence below the heading that says where the times are."""
    said = text_of(client.get(address).content)
    return said[said.index("All times are of") :].split(" .")[0]


def test_a_week_has_the_offset_that_holds_in_it(client: Client, world: Believable) -> None:
    move_tara(world, "Europe/Belgrade")
    desk = f"/marigold/desk/teachers/{world.cast.tara.pk}/availability/"

    for person, address in ((world.cast.tara.person, WEEK), (world.cast.desi.person, desk)):
        sign_in(client, person)
        assert [zone_said(client, f"{address}?week={week}") for week in ("2027-03-15", "2027-03-22", "2027-03-29")] == [
            "All times are of Belgrade (GMT+1)",
            "All times are of Belgrade (GMT+1, then GMT+2)",
            "All times are of Belgrade (GMT+2)",
        ]


def test_a_usual_week_has_an_offset_only_where_clocks_stay(client: Client, world: Believable) -> None:
    desk = f"/marigold/desk/teachers/{world.cast.tara.pk}/availability/default/"

    def said() -> list[str]:
        found = []
        for person, address in ((world.cast.tara.person, DEFAULT), (world.cast.desi.person, desk)):
            sign_in(client, person)
            found.append(zone_said(client, address))
        return found

    assert said() == ["All times are of Manila (GMT+8)"] * 2
    move_tara(world, "Europe/Belgrade")
    assert said() == ["All times are of Belgrade"] * 2


def test_a_page_about_any_day_to_come_names_no_offset_that_changes(client: Client, world: Believable) -> None:
    sam = world.cast.sam
    Person.objects.filter(pk=sam.person_id).update(zone="Europe/Paris")
    book(world.cast, starts_at=datetime(2026, 10, 26, 2, tzinfo=UTC))
    sign_in(client, world.cast.tara.person)

    for address in (f"/marigold/students/{sam.pk}/propose/", f"/marigold/students/{sam.pk}/propose/weekly/"):
        page = text_of(client.get(address).content)
        assert "All times are your time: Manila (GMT+8) ." in page
        assert "Your student's time zone: Paris ." in page


def test_sessions_off_the_grid_are_named_where_they_begin(client: Client, world: Believable) -> None:
    cast = world.cast
    # Manila's Friday 30 October: 14:00 to 14:50, 14:50 to 15:40, 15:50 to 16:40.
    for hour, minute in ((6, 0), (6, 50), (7, 50)):
        book(cast, starts_at=datetime(2026, 10, 30, hour, minute, tzinfo=UTC))
    desk = f"/marigold/desk/teachers/{cast.tara.pk}/availability/"

    for person, address in ((cast.tara.person, WEEK), (cast.desi.person, desk)):
        sign_in(client, person)
        page = BeautifulSoup(client.get(f"{address}?week=2026-10-26").content, "html.parser")
        column = page.select_one("fieldset:has(input[value='2026-10-30'])")
        assert column is not None
        assert [" ".join(one.stripped_strings) for one in column.select("li:has(.booked)")] == [
            "14:00 14:00 Sam Studies",
            "14:30 14:50 Sam Studies",
            "15:00 booked",
            "15:30 15:50 Sam Studies",
            "16:00 booked",
            "16:30 booked",
        ]
        # A time that the box above does not say is read out, too.
        assert [one.has_attr("aria-hidden") for one in column.select(".who > span")] == [True, False, False]


def test_a_calendar_says_until_when_students_can_book(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    set_default(client, *MORNINGS)
    note = "Today students can book until 19 December 2026 . What is open later can be booked when it comes nearer."

    def said(week: str) -> str:
        return text_of(client.get(f"{WEEK}?week={week}").content)

    # 60 days from Tuesday 20 October.
    assert "Open as far ahead as students can book: until Sat 19 Dec , 60 days ahead." in said("2026-12-07")
    assert (note in said("2026-12-07"), note in said("2026-12-14"), note in said("2027-03-15")) == (False, True, True)
    set_default(client, from_on="2026-11-16")
    assert "Open until Sun 15 Nov , 26 days ahead. The school asks for 14." in said("2026-12-07")


def test_a_copy_names_the_week_and_those_it_goes_to(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    set_default(client, *MORNINGS)
    url = f"{WEEK}?week=2026-10-26"
    sent = form_of(client.get(url).content)
    client.post(url, sent | {"act": "save", "open": [one for one in sent["open"] if "10-26" not in one]})

    page = BeautifulSoup(client.get(url).content, "html.parser")
    copied = client.post(url, form_of(client.get(url).content) | {"act": "copy", "weeks": "2"}, follow=True)
    again = client.post(url, form_of(client.get(url).content) | {"act": "copy", "weeks": "3"}, follow=True)

    form = page.select_one("form:has(.slots) details")
    assert form is not None
    told = " ".join(form.get_text(" ").split())
    assert "Copies Mon 26 Oct to Sun 1 Nov as it was saved" in told
    assert "(optional)" not in told
    options = [option.get_text() for option in form.select("option")]
    assert (len(options), options[:2]) == (
        12,
        ["1 week: Mon 2 Nov to Sun 8 Nov", "2 weeks: Mon 2 Nov to Sun 15 Nov"],
    )
    assert (
        "Saved: 2 days changed. The week of Mon 26 Oct was copied. It changed the weeks of Mon 2 Nov, Mon 9 Nov."
    ) in text_of(copied.content)
    assert "It changed the week of Mon 16 Nov." in text_of(again.content)


def test_a_copy_to_weeks_that_are_not_listed_is_said_where_they_are_chosen(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    sent = form_of(client.get(WEEK).content)

    copied = client.post(WEEK, sent | {"act": "copy", "weeks": "13"})
    saved = client.post(WEEK, sent | {"act": "save", "weeks": "13"})

    details = BeautifulSoup(copied.content, "html.parser").select_one("form:has(.slots) details:has(#id_weeks)")
    assert (copied.status_code, saved.status_code) == (422, 302)
    assert details is not None
    assert details.has_attr("open")
    assert "Choose the weeks from the list." in details.get_text()


def test_another_day_elsewhere_is_said_beside_its_time(client: Client, world: Believable) -> None:
    move_tara(world, "Europe/Belgrade")
    Person.objects.filter(pk=world.students["kenji"].person_id).update(zone="America/Bogota")
    sign_in(client, world.cast.tara.person)
    set_default(client, "0~360")

    assert "Bogota : 23:00 the day before, then 00:00" in text_of(client.get(DEFAULT).content)


def test_booking_rules_name_their_limits(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.owen.person)
    address = "/marigold/owner/booking-rules/"
    shown = text_of(client.get(address).content)
    sent = {"horizon_days": "6", "minimum_notice_minutes": "20161", "hold_minutes": "1.5", "buffer_minutes": ""}

    refused = text_of(client.post(address, sent).content)

    assert "Days ahead that can be booked From 7 to 366." in shown
    assert "From 0 to 366. 0: no probation" in shown
    for field in (
        "Days ahead that can be booked: Type a whole number from 7 to 366.",
        "Minutes before its start until which a session can be booked: Type a whole number from 0 to 20160.",
        "Minutes a time is kept while somebody books it: Type a whole number from 1 to 1440.",
        "Free minutes after each session: Type a whole number from 0 to 120.",
    ):
        assert field in refused
    assert "Ensure" not in refused
