"""The Teaching Calendar, its default week, the desk's door to it, holidays and booking rules."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood.domain.availability.models import AvailabilityDay, BookingRules, DefaultAvailability, Holiday
from makegood.domain.people.models import Person
from makegood.domain.schools.context import in_school
from tests.believable import Believable
from tests.web.conftest import Stand
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

WEEK = "/marigold/availability/"
DEFAULT = "/marigold/availability/default/"
# Manila's Tuesday 20 October 2026, 14:12.


@pytest.fixture
def tara(client: Client, world: Believable) -> Client:
    sign_in(client, world.cast.tara.person)
    return client


def form_of(content: bytes) -> dict[str, Any]:
    """What a browser would send: hidden fields and checked boxes of the calendar's form."""
    form = BeautifulSoup(content, "html.parser").select_one("form:has(.slots)")
    assert form is not None
    sent: dict[str, Any] = {}
    for control in form.select("input"):
        if control["type"] == "checkbox" and not control.has_attr("checked"):
            continue
        sent.setdefault(str(control["name"]), []).append(str(control["value"]))
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def set_default(client: Client, *slots: str, from_on: str = "2026-10-20") -> Any:
    return client.post(DEFAULT, form_of(client.get(DEFAULT).content) | {"open": list(slots), "from_on": from_on})


def rows(world: Believable, model: Any) -> int:
    with in_school(world.school.pk):
        return int(model.objects.count())


MORNINGS = [f"{weekday}~{minute}" for weekday in range(5) for minute in range(540, 720, 30)]


def test_a_teacher_sets_a_default_week_and_sees_it_in_the_calendar(tara: Client, world: Believable) -> None:
    answer = set_default(tara, *MORNINGS)

    assert (answer.status_code, answer["Location"]) == (302, WEEK)
    page = tara.get(f"{WEEK}?week=2026-11-02").content
    sent = form_of(page)
    assert sent["open"][:7] == [f"2026-11-02~{minute}" for minute in range(540, 720, 30)] + ["2026-11-03~540"]
    assert (
        "Open as far ahead as students can book: until Sat 19 Dec , 60 days ahead. The school asks for 14."
        in text_of(page)
    )
    with in_school(world.school.pk):
        assert DefaultAvailability.objects.get().weekly[0] == {
            "weekday": 0, "start_minute": 540, "end_minute": 720,
        }  # fmt: skip


def test_a_week_saved_unchanged_changes_nothing(tara: Client, world: Believable) -> None:
    set_default(tara, *MORNINGS)

    answer = tara.post(WEEK, form_of(tara.get(WEEK).content) | {"act": "save"}, follow=True)

    assert "Nothing was different" in text_of(answer.content)
    assert rows(world, AvailabilityDay) == 0


def test_a_default_week_says_which_weekdays_changed(tara: Client, world: Believable) -> None:
    def saved(*slots: str) -> str:
        return text_of(tara.get(set_default(tara, *slots)["Location"]).content)

    assert "Saved. Changed in the usual week: Mon, Tue, Wed, Thu, Fri." in saved(*MORNINGS)
    assert "Nothing was different, so nothing was changed." in saved(*MORNINGS)
    assert "Saved. Changed in the usual week: Fri, Sat." in saved(*MORNINGS[:-1], "5~600", "5~630")
    assert rows(world, DefaultAvailability) == 2


def test_one_day_is_closed_reset_and_copied(tara: Client, world: Believable) -> None:
    set_default(tara, *MORNINGS)
    url = f"{WEEK}?week=2026-10-26"
    sent = form_of(tara.get(url).content)
    sent["open"] = [value for value in sent["open"] if not value.startswith("2026-10-26")]

    saved = text_of(tara.post(url, sent | {"act": "save"}, follow=True).content)
    copied = text_of(
        tara.post(url, form_of(tara.get(url).content) | {"act": "copy", "weeks": "2"}, follow=True).content
    )
    reset = text_of(tara.post(url, form_of(tara.get(url).content) | {"act": "reset"}, follow=True).content)

    assert "Saved: 1 day changed." in saved
    assert "Differs from the default" in saved
    assert "Saved: 2 days changed." in copied
    assert "Saved: 1 day changed." in reset
    assert rows(world, AvailabilityDay) == 4


def test_booked_sessions_outside_are_listed_and_stay(tara: Client, world: Believable) -> None:
    answer = text_of(set_default(tara, *MORNINGS).client.get(WEEK).content)

    assert "Booked outside open times" in answer
    assert "Kenji Arai" in answer


def test_a_doubled_tap_writes_once(tara: Client, world: Believable) -> None:
    sent = form_of(tara.get(DEFAULT).content) | {"open": MORNINGS, "from_on": "2026-10-20"}

    assert [tara.post(DEFAULT, sent).status_code for _tap in range(2)] == [302, 302]
    assert rows(world, DefaultAvailability) == 1


def test_no_default_and_a_closed_week_are_said(tara: Client) -> None:
    page = text_of(tara.get(WEEK).content)

    assert "Nothing is open this week" in page
    assert "Too little has been open since" in page


def test_the_week_in_which_clocks_change_is_explained(client: Client, world: Believable, stand_at: Stand) -> None:
    Person.objects.filter(pk=world.cast.tara.person_id).update(zone="Europe/Berlin")
    world.cast.tara.person.refresh_from_db()
    sign_in(client, world.cast.tara.person)

    autumn = text_of(client.get(f"{WEEK}?week=2026-10-19").content)
    spring = client.get(f"{WEEK}?week=2027-03-22").content

    assert "On Sun 25 Oct clocks go back: 02:00 to 03:00 happens twice." in autumn
    assert "On Sun 28 Mar clocks go forward: 02:00 to 03:00 does not exist." in text_of(spring)
    assert "Your 09:00 is 08:00 UTC before it and 07:00 UTC after it" in text_of(spring)
    slots = BeautifulSoup(spring, "html.parser").select("input[type=checkbox]")
    assert [slot["value"] for slot in slots if slot["value"] in {"2027-03-28~120", "2027-03-28~150"}] == []


BAD: list[dict[str, Any]] = [
    {"act": "explode"},
    {"act": ""},
    {"request_id": "no-uuid"},
    {"step": "7"},
    {"day": []},
    {"day": ["2026-10-19"]},
    {"day": ["2031-01-06"]},
    {"day": ["nonsense"]},
    {"open": ["2026-10-20"]},
    {"open": ["2026-10-20~x"]},
    {"open": ["2026-10-20~²"]},
    {"open": ["2026-10-20~99999"]},
    {"act": "copy", "weeks": "13"},
    {"act": "copy", "weeks": "-1"},
]


@pytest.mark.parametrize("changes", BAD, ids=str)
def test_bad_input_is_said_and_nothing_is_written(tara: Client, world: Believable, changes: dict[str, Any]) -> None:
    sent = form_of(tara.get(WEEK).content) | {"act": "save"} | changes

    answer = tara.post(WEEK, sent)

    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer.content)
    assert rows(world, AvailabilityDay) == 0


@pytest.mark.parametrize("minute", ["1440", "7", "541"])
def test_times_outside_a_day_or_off_the_quarter_are_refused(tara: Client, world: Believable, minute: str) -> None:
    sent = form_of(tara.get(WEEK).content) | {"act": "save", "open": [f"2026-10-20~{minute}"]}

    assert tara.post(WEEK, sent).status_code == 409
    assert rows(world, AvailabilityDay) == 0


@pytest.mark.parametrize("week", ["", "2026-10-21"])
def test_any_day_in_the_address_shows_its_week(tara: Client, week: str) -> None:
    assert tara.get(WEEK, {"week": week}).status_code == 200


@pytest.mark.parametrize("from_on", ["", "soon", "2026-10-19", "2030-01-01"])
def test_a_default_begins_today_or_later(tara: Client, world: Believable, from_on: str) -> None:
    assert set_default(tara, *MORNINGS, from_on=from_on).status_code == 422
    assert rows(world, DefaultAvailability) == 0


def test_the_desk_changes_a_calendar_only_with_a_reason(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.desi.person)
    url = f"/marigold/desk/teachers/{world.cast.tara.pk}/availability/"
    sent = form_of(client.get(url).content) | {"act": "save", "open": ["2026-10-21~540"]}

    without = client.post(url, sent)
    given = client.post(url, sent | {"reason": "Tara called the desk."})

    assert (without.status_code, given.status_code) == (422, 302)
    assert "Say why you change this calendar." in text_of(without.content)
    assert "Tara Teaches" in text_of(client.get("/marigold/desk/teachers/").content)
    with in_school(world.school.pk):
        day = AvailabilityDay.objects.get()
    assert (day.day_on, day.reason, day.made_by_id) == (
        date(2026, 10, 21), "Tara called the desk.", world.cast.desi.person_id,
    )  # fmt: skip
    assert "The availability was last changed on the teacher's behalf by Desi Desk" in text_of(client.get(url).content)
    sign_in(client, world.cast.tara.person)
    for own in ("/marigold/availability/", "/marigold/availability/default/"):
        said = text_of(client.get(own).content)
        assert "Your availability was last changed for you by Desi Desk" in said
        assert "The reason given: Tara called the desk." in said


def test_the_owner_adds_and_ends_holidays(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.owen.person)
    url = "/marigold/owner/holidays/"
    sent = {"day_on": "2026-10-22", "name": "Harvest", "request_id": str(uuid.uuid4())}

    added = text_of(client.post(url, sent, follow=True).content)
    again = client.post(url, sent | {"request_id": str(uuid.uuid4())})

    assert "1 session is booked on this day and stays booked." in added
    assert (again.status_code, "is a holiday already: Harvest" in text_of(again.content)) == (422, True)
    with in_school(world.school.pk):
        holiday = Holiday.objects.get()
    client.post(f"{url}{holiday.pk}/end/")
    with in_school(world.school.pk):
        assert Holiday.objects.get().ended_by_id == world.cast.owen.person_id


def test_the_owner_sets_booking_rules(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.owen.person)
    url = "/marigold/owner/booking-rules/"
    page = BeautifulSoup(client.get(url).content, "html.parser")
    fields = page.select("form.form input:not([type=checkbox])")
    sent = {str(field["name"]): str(field.get("value", "")) for field in fields}
    sent |= {"slot_minutes": "15", "buffer_minutes": "10"}

    assert client.post(url, sent | {"horizon_days": "6"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    with in_school(world.school.pk):
        kept = BookingRules.objects.get()
    assert (kept.slot_minutes, kept.buffer_minutes, kept.horizon_days) == (15, 10, 60)


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_calendar_reads_as_often_whatever_it_shows(tara: Client, world: Believable) -> None:
    tara.get(WEEK)
    empty = count_queries(tara, WEEK)
    set_default(tara, *MORNINGS)
    tara.get(WEEK)

    assert count_queries(tara, WEEK) == empty
    assert count_queries(tara, f"{WEEK}?week=2026-12-07") == empty


@pytest.mark.parametrize("week", ["garbage", "2026-13-01", "1999-12-31", "0001-01-02"])
def test_a_week_that_cannot_be_read_is_not_taken_for_this_one(tara: Client, world: Believable, week: str) -> None:
    desk = Client()
    sign_in(desk, world.cast.desi.person)
    missing = tara.get("/marigold/nowhere/")

    answers = [
        tara.get(f"{WEEK}?week={week}"),
        tara.post(f"{WEEK}?week={week}", {"act": "reset", "request_id": str(uuid.uuid4())}),
        desk.get(f"/marigold/desk/teachers/{world.cast.tara.pk}/availability/?week={week}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.content for answer in answers} == {missing.content}


def ticks_of(content: bytes, day: str) -> list[str]:
    """The values of the day's checkboxes that can be ticked."""
    boxes = BeautifulSoup(content, "html.parser").select(".slots input[type=checkbox]")
    return [str(box["value"]) for box in boxes if str(box["value"]).startswith(day)]


def open_on(client: Client, day: str) -> list[int]:
    """The minutes of the day's slots that are open, as stored."""
    return [int(value.split("~")[1]) for value in form_of(client.get(WEEK).content)["open"] if value.startswith(day)]


def test_what_is_over_today_is_shown_and_cannot_be_ticked(tara: Client) -> None:
    set_default(tara, *MORNINGS)

    page = tara.get(WEEK).content

    assert ticks_of(page, "2026-10-20")[0] == "2026-10-20~840"
    assert "Over until 14:00" in text_of(page)
    assert ticks_of(page, "2026-10-21")[0] == "2026-10-21~0"


def test_ticking_what_is_over_changes_nothing_of_it_and_loses_nothing_else(tara: Client) -> None:
    set_default(tara, *MORNINGS)
    sent = form_of(tara.get(WEEK).content)
    changed = [value for value in sent["open"] if value != "2026-10-20~570"]

    saved = tara.post(WEEK, sent | {"act": "save", "open": [*changed, "2026-10-20~0", "2026-10-20~960"]}, follow=True)

    assert "Saved: 1 day changed." in text_of(saved.content)
    assert "Times that are over stay as they were." in text_of(saved.content)
    assert open_on(tara, "2026-10-20") == [*range(540, 720, 30), 960]


def test_back_to_the_default_leaves_what_is_over_today(tara: Client) -> None:
    tara.post(WEEK, form_of(tara.get(WEEK).content) | {"act": "save", "open": ["2026-10-20~960"]})
    set_default(tara, *MORNINGS, "1~1200")

    back = tara.post(WEEK, form_of(tara.get(WEEK).content) | {"act": "reset"}, follow=True)

    # Tuesday, 14:00: the morning of the default was never open, and nobody opens it now.
    assert "Times that are over stay as they were." in text_of(back.content)
    assert open_on(tara, "2026-10-20") == [1200]


def test_a_page_from_before_midnight_saves_the_days_that_are_left(tara: Client, stand_at: Stand) -> None:
    sent = form_of(tara.get(WEEK).content) | {"act": "save", "open": ["2026-10-20~1200", "2026-10-21~1200"]}
    stand_at(datetime(2026, 10, 20, 16, 1, tzinfo=UTC))

    saved = tara.post(f"{WEEK}?week=2026-10-19", sent, follow=True)

    assert "Saved: 1 day changed." in text_of(saved.content)
    assert "Times that are over stay as they were." in text_of(saved.content)
    assert (open_on(tara, "2026-10-20"), open_on(tara, "2026-10-21")) == ([], [1200])


@pytest.mark.parametrize(
    ("hour", "minute", "first"),
    # Berlin's 02:00 to 03:00 is from 00:00 to 01:00 UTC, and again from 01:00 to 02:00.
    [(0, 40, 120), (1, 20, 120), (1, 40, 150), (2, 0, 180)],
)
def test_a_slot_that_the_clock_shows_twice_is_over_after_the_second_time(
    client: Client, world: Believable, stand_at: Stand, hour: int, minute: int, first: int
) -> None:
    Person.objects.filter(pk=world.cast.tara.person_id).update(zone="Europe/Berlin")
    world.cast.tara.person.refresh_from_db()
    sign_in(client, world.cast.tara.person)
    stand_at(datetime(2026, 10, 25, hour, minute, tzinfo=UTC))

    ticks = ticks_of(client.get(WEEK).content, "2026-10-25")
    assert min(int(tick.partition("~")[2]) for tick in ticks) == first


def test_a_form_with_a_problem_keeps_what_was_ticked(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.desi.person)
    url = f"/marigold/desk/teachers/{world.cast.tara.pk}/availability/"
    week = form_of(client.get(url).content) | {"act": "save", "open": ["2026-10-21~540"]}
    default = form_of(client.get(f"{url}default/").content) | {"open": ["3~600"], "from_on": "2026-10-20"}

    assert form_of(client.post(url, week).content)["open"] == ["2026-10-21~540"]
    assert form_of(client.post(f"{url}default/", default).content)["open"] == ["3~600"]


def test_the_default_week_tells_what_the_next_change_of_clocks_does(client: Client, world: Believable) -> None:
    Person.objects.filter(pk=world.cast.tara.person_id).update(zone="Europe/Berlin")
    world.cast.tara.person.refresh_from_db()
    sign_in(client, world.cast.tara.person)
    nobody = text_of(client.get(DEFAULT).content)
    set_default(client, "0~480", "1~600")

    said = text_of(client.get(DEFAULT).content)

    assert "What your 09:00 is elsewhere" in nobody
    assert "On 25 October 2026 clocks go back." in said
    assert "What your 08:00 is elsewhere, before and after: UTC : 06:00, then 07:00" in said
    # Japan has no such change, and Paris has the same.
    assert "Tokyo : 15:00, then 16:00" in said
    assert "Paris : 08:00, as before" in said


def test_a_zone_without_such_a_change_says_nothing(tara: Client) -> None:
    assert "clocks go" not in text_of(tara.get(DEFAULT).content)
