"""Months that hold something are offered, months before joining are not; imported cases explain themselves."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood.actions.import_history import import_history
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.domain.timeline.models import Event
from tests.believable import Believable
from tests.bookings import give_credits
from tests.cast import Cast, add_member, make_cast
from tests.web.conftest import Stand
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
OLD = (
    "incident,teacher,lesson_starts_at,lesson_minutes,kind,requested_by,reported_at\n"
    "old1,tara,2025-03-05T10:00:00+08:00,50,cancelled,teacher,2025-03-05T09:30:00+08:00\n"
)


def bring_in(world: Believable | Cast, text: str) -> None:
    import_history(
        school=world.school, stream=io.BytesIO(text.encode()), create_teachers=False, imported_by_id=None,
        door=Door.COMMAND, now=NOW, show=lambda _plan: None, progress=lambda *_told: None,
    )  # fmt: skip


def read(client: Client, member: Membership, path: str) -> BeautifulSoup:
    sign_in(client, member.person)
    answer = client.get(f"/marigold/{path}")
    assert answer.status_code == 200, answer.content[:300]
    return BeautifulSoup(answer.content, "html.parser")


def months_of(page: BeautifulSoup) -> list[str]:
    return [str(option["value"]) for option in page.select("select[name=month] option") if option["value"]]


@pytest.fixture
def cast(stand_at: Stand) -> Cast:
    """A school since January, looked at in November."""
    stand_at(NOW)
    return make_cast()


def test_months_of_an_old_import_are_offered(client: Client, cast: Cast) -> None:
    bring_in(cast, OLD.replace("2025", "2026"))

    overview = read(client, cast.owen, "owner/")
    listed = [str(link["href"]) for link in overview.select("nav[aria-labelledby=months] a")]

    assert (months_of(overview)[0], months_of(overview)[-1]) == ("2026-11", "2026-01")
    assert "/marigold/owner/?month=2026-03" in listed
    assert "Tara Teaches" in text_of(client.get("/marigold/owner/?month=2026-03").content)


def test_a_new_teacher_is_offered_no_month_before_joining(client: Client, cast: Cast) -> None:
    with in_school(cast.school.pk):
        newt = add_member(
            cast.school, code="newt", name="Newt Teaches", role=Role.TEACHER, zone="Asia/Manila", joined_at=NOW
        )
    bring_in(cast, OLD.replace("2025", "2026"))

    penalties = read(client, newt, "penalties/")
    statement = read(client, newt, "statements/")

    assert months_of(penalties) == ["2026-11"]
    assert statement.select("nav[aria-labelledby=months] a") == []


def test_an_imported_case_says_that_it_came_with_a_file(client: Client, cast: Cast) -> None:
    bring_in(cast, OLD.replace("2025", "2026"))
    reference = read(client, cast.tara, "penalties/").select(".case-row .ref")[0].get_text()

    case = text_of(client.get(f"/marigold/cases/{reference}/").content)

    assert "How Imported from a file" in case


def test_a_month_of_penalties_alone_says_why_nothing_is_paid(client: Client, cast: Cast) -> None:
    bring_in(cast, OLD.replace("2025", "2026"))

    pages = [
        read(client, member, path).get_text(" ", strip=True)
        for member, path in (
            (cast.owen, "owner/?month=2026-03"),
            (cast.fin, "payroll/2026-03/"),
            (cast.tara, "statements/2026-03/"),
        )
    ]

    assert ["No session pay is recorded for this month, only penalties" in page for page in pages] == [True] * 3


def test_pay_is_expected_on_the_day_that_the_owner_sets(client: Client, cast: Cast) -> None:
    bring_in(cast, OLD.replace("2025-03", "2026-11"))
    before = read(client, cast.tara, "statements/").get_text(" ", strip=True)
    sign_in(client, cast.owen.person)

    refused = [client.post("/marigold/owner/pay-day/", {"pay_day": day}).status_code for day in ("", "0", "29", "x")]
    kept = client.post("/marigold/owner/pay-day/", {"pay_day": "5"}).status_code
    client.post("/marigold/owner/pay-day/", {"pay_day": "5"})
    after = read(client, cast.tara, "statements/").get_text(" ", strip=True)

    assert (refused, kept) == ([422] * 4, 302)
    assert ("Expected on Tue 15 Dec" in before, "Expected on Sat 5 Dec" in after) == (True, True)
    with in_school(cast.school.pk):
        assert Event.objects.filter(kind=EventKind.PAY_DAY_SET).count() == 1


def test_a_school_that_pays_elsewhere_has_no_pay_day(client: Client, world_without_money: Believable) -> None:
    sign_in(client, world_without_money.cast.owen.person)
    assert client.get("/larkspur/owner/pay-day/").status_code == 404


def test_lesson_credits_are_no_money_of_a_month(client: Client, cast: Cast) -> None:
    give_credits(cast, 3)
    give_credits(cast, 2, student=cast.tara)

    for member, path in ((cast.owen, "owner/"), (cast.fin, "payroll/"), (cast.fin, "payroll/2026-11/")):
        page = read(client, member, path)
        assert "Sam Studies" not in page.get_text()
    assert "lesson" not in {cell.get_text(strip=True) for cell in read(client, cast.tara, "statements/").select("td")}
