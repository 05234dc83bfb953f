"""The page on which members choose how they are told: what is saved is what holds, and only of their own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import Settings

from makegood import clock
from makegood.actions import choose_how_to_be_told as choosing
from makegood.domain.notifications.browsers import list_browsers
from makegood.domain.notifications.models import Channel, Topic
from makegood.domain.notifications.quiet_hours import Quiet
from makegood.domain.notifications.wishes import Wishes, list_wishes
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from tests.cast import Cast, add_member, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
PAGE = "/marigold/notifications/"
SECRET = base64.urlsafe_b64encode(b"0123456789abcdef").decode().rstrip("=")
# As long as what browsers send.
POINT = base64.urlsafe_b64encode(b"\4" * 65).decode().rstrip("=")


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_cast()


@pytest.fixture
def sam(cast: Cast, client: Client) -> Client:
    sign_in(client, cast.sam.person)
    return client


def wishes_of(member: Membership) -> Wishes:
    with in_school(member.school_id):
        return list_wishes(school_id=member.school_id, membership_ids=[member.pk])[member.pk]


def browsers_of(member: Membership) -> dict[str, int]:
    """The addresses of the browsers that take the member's messages, each with its key."""
    with in_school(member.school_id):
        live = list_browsers(school_id=member.school_id, membership_id=member.pk)
    return {one.endpoint: one.pk for one in live}


def sent(number: int) -> dict[str, str]:
    """What the script of one browser sends."""
    endpoint = f"https://fcm.googleapis.com/push/{number}"
    return {"endpoint": endpoint, "p256dh": POINT, "auth": SECRET, "device": f"Browser {number}"}


def shown(client: Client) -> tuple[dict[str, list[str]], list[str]]:
    """By channel the topics that are ticked, and both ends of the quiet hours, as the page shows them."""
    page = BeautifulSoup(client.get(PAGE).content, "html.parser")
    ticked = {
        name: [
            str(box["value"])
            for box in page.select(f'input[type="checkbox"][name="{name}"]')
            if box.has_attr("checked")
        ]
        for name in ("email", "push")
    }
    return ticked, [
        str(page.select(f'input[name="{name}"]')[0].get("value", "")) for name in ("quiet_from", "quiet_until")
    ]


def test_what_is_chosen_holds_and_is_shown_again(sam: Client, cast: Cast) -> None:
    assert shown(sam) == (
        {"email": ["lessons", "reminders"], "push": ["lessons", "reminders", "emergencies"]}, ["", ""]
    )  # fmt: skip

    chosen = {"email": ["lessons"], "push": ["reminders"], "quiet_from": "22:00", "quiet_until": "07:15"}
    assert sam.post(PAGE, chosen).status_code == 302

    assert shown(sam) == ({"email": ["lessons"], "push": ["reminders"]}, ["22:00", "07:15"])
    wishes = wishes_of(cast.sam)
    assert wishes.quiet == Quiet(22 * 60, 7 * 60 + 15)
    email, push = (Channel.EMAIL, Channel.PUSH)
    off = {(Topic.REMINDERS, email), (Topic.LESSONS, push), (Topic.EMERGENCIES, push)}
    assert wishes.off == off
    assert wishes_of(cast.tara).off == frozenset()


def test_quiet_hours_end_when_both_ends_are_left_empty(sam: Client, cast: Cast) -> None:
    hours = {"quiet_from": "22:00", "quiet_until": "07:15"}
    sam.post(PAGE, hours)
    assert wishes_of(cast.sam).quiet is not None

    sam.post(PAGE, dict.fromkeys(hours, ""))

    assert wishes_of(cast.sam).quiet is None


@pytest.mark.parametrize(
    "hours", [{"quiet_from": "22:00"}, {"quiet_until": "07:00"}, {"quiet_from": "22:00", "quiet_until": "22:00"}]
)
def test_quiet_hours_without_two_ends_are_not_saved(sam: Client, cast: Cast, hours: dict[str, str]) -> None:
    answer = sam.post(PAGE, {"email": [], **hours})

    assert answer.status_code == 422
    assert "Enter both times" in text_of(answer.content) or "not the start" in text_of(answer.content)
    assert (wishes_of(cast.sam).off, wishes_of(cast.sam).quiet) == (frozenset(), None)


def test_a_browser_is_added_shown_and_ended(sam: Client, cast: Cast, settings: Settings) -> None:
    settings.PUSH_KEY = base64.urlsafe_b64encode(b"\1" * 32).decode().rstrip("=")
    for number in (1, 2):
        assert sam.post(f"{PAGE}browsers/", sent(number)).status_code == 302
    kept = browsers_of(cast.sam)
    assert list(kept) == [sent(1)["endpoint"], sent(2)["endpoint"]]
    assert "Browser 1" in text_of(sam.get(PAGE).content)

    assert sam.post(f"{PAGE}browsers/{kept[sent(1)['endpoint']]}/end/").status_code == 302

    assert list(browsers_of(cast.sam)) == [sent(2)["endpoint"]]
    assert "Browser 1" not in text_of(sam.get(PAGE).content)


def test_nobody_ends_the_browser_of_somebody_else(sam: Client, cast: Cast) -> None:
    stranger = make_cast(slug="harbor").sam
    for number, member in enumerate((cast.sam, cast.tara, stranger)):
        choosing.add_browser(member=member, browser=choosing.Browser(**sent(number)), now=NOW)

    for member in (cast.tara, stranger):
        (of_another,) = browsers_of(member).values()
        assert sam.post(f"{PAGE}browsers/{of_another}/end/").status_code == 404
        assert list(browsers_of(member).values()) == [of_another]
    (own,) = browsers_of(cast.sam).values()
    assert sam.post(f"{PAGE}browsers/{own}/end/").status_code == 302
    assert browsers_of(cast.sam) == {}
    # What is ended is nobody's to end again.
    assert sam.post(f"{PAGE}browsers/{own}/end/").status_code == 404


def test_the_calendar_has_an_address_until_it_is_ended(sam: Client) -> None:
    page = BeautifulSoup(sam.post(f"{PAGE}calendar/").content, "html.parser").decode()
    token = page.partition("/c/")[2].partition(".ics")[0]
    address = f"/c/{token}.ics"
    assert Client().get(address).status_code == 200

    assert sam.post(f"{PAGE}calendar/end/").status_code == 302

    assert Client().get(address).status_code == 404


def test_tech_support_chooses_how_it_hears_of_problems_in_sessions(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        support = add_member(cast.school, code="olga", name="Olga Supports", role=Role.SUPPORT, zone="Asia/Manila")
    sign_in(client, support.person)

    page = BeautifulSoup(client.get(PAGE).content, "html.parser")

    assert [box["value"] for box in page.select('input[type="checkbox"][name="email"]')] == [Topic.DESK]
