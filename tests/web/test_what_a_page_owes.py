"""What a page owes its reader: no silent choice, causes before effects, nothing left of what was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from makegood.actions.withdraw_incident import withdraw_incident
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.rules.facts import ConsequenceKind
from makegood.web.parts.words import consequence_words
from tests.believable import NOW, Believable, make_believable
from tests.cast import Cast, book, make_cast, report
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Believable:
    return make_believable()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def get(client: Client, member: Membership, path: str) -> BeautifulSoup:
    sign_in(client, member.person)
    answer = client.get(f"/marigold/{path}")
    assert answer.status_code == 200, answer.content[:300]
    return BeautifulSoup(answer.content, "html.parser")


def report_times(cast: Cast, count: int) -> list[str]:
    """The references of as many reports on different days of one month, each a day before its session."""
    references = []
    for day in range(count):
        starts_at = NOW.replace(day=1) + timedelta(days=day)
        references.append(report(cast, book(cast, starts_at=starts_at), now=starts_at - timedelta(hours=20)).reference)
    return references


def last_message(cast: Cast) -> str:
    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=cast.tara).select_related("recipient__person")
        return render(rows.order_by("-pk")[0]).body


def test_no_role_is_chosen_before_the_owner_chooses_one(client: Client, world: Believable) -> None:
    invite = get(client, world.cast.owen, "owner/people/invite/")
    person = get(client, world.cast.owen, f"owner/people/{world.cast.tara.pk}/")

    for page in (invite, person):
        first = page.select("select[name=role] option")[0]
        assert (first["value"], first.get_text()) == ("", "Choose a role")


def test_search_of_people_is_not_called_optional(client: Client, world: Believable) -> None:
    page = get(client, world.cast.owen, "owner/people/")

    assert page.select_one("label[for=id_search]").get_text() == "Name, code or e-mail address"  # type: ignore[union-attr]


def test_what_follows_stands_below_what_it_follows_from(client: Client, cast: Cast) -> None:
    reference = report_times(cast, 4)[-1]

    page = get(client, cast.tara, f"cases/{reference}/")

    told = [moment.get_text(" ", strip=True) for moment in page.select("section[aria-labelledby=happened] .tl li")]
    assert [words.startswith("This follows from it:") for words in told] == [False, True]


def test_withdrawn_case_keeps_nothing_of_the_report(client: Client, cast: Cast) -> None:
    reference = report_times(cast, 4)[-1]
    withdraw_incident(
        school=cast.school,
        actor=cast.tara,
        reference=reference,
        door=Door.WEB,
        now=NOW.replace(day=4) - timedelta(hours=19, minutes=59),
    )

    case = text_of(get(client, cast.tara, f"cases/{reference}/").encode())
    statement = text_of(get(client, cast.tara, "statements/2026-10/").encode())

    assert "Reported by mistake and taken back; the session takes place" in case
    assert "Session paid" not in case
    assert "What else follows" not in case
    assert reference not in statement


def test_payroll_reads_the_statement_of_each_teacher(client: Client, world: Believable) -> None:
    month = get(client, world.cast.fin, "payroll/2026-10/")
    link = month.select_one("tbody th a")
    assert link is not None

    statement = text_of(get(client, world.cast.fin, str(link["href"]).removeprefix("/marigold/")).encode())

    assert "Tara Teaches" in statement
    assert f"Case {world.references[0]}" in statement


def test_teacher_is_addressed_and_staff_are_told() -> None:
    kind = ConsequenceKind.REVIEW_FOR_TERMINATION

    own = consequence_words(kind, ends_at=None, is_own=True).text
    others = consequence_words(kind, ends_at=None).text

    assert own == "A person of the school looks at the agreement and talks with you."
    assert others == "A person looks at the agreement and talks with the teacher."


def test_message_about_the_fourth_report_tells_of_the_pause_and_of_the_other_penalties(cast: Cast) -> None:
    report_times(cast, 4)

    told = last_message(cast)

    assert "Your account is paused until " in told
    assert "your other penalties go up by US$" in told


def test_message_about_a_third_report_without_money_tells_what_else_follows() -> None:
    cast = make_cast(preset="talaera", zone="Europe/Berlin")
    report_times(cast, 4)

    with in_school(cast.school.pk):
        rows = Message.objects.filter(recipient=cast.tara).select_related("recipient__person")
        told = " ".join(render(row).body for row in rows)
    assert "New students are proposed to other teachers first" in told
