"""The reviewer decides: effects first, a reason, once, and never an own case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.http import HttpResponse
from django.test import Client

from makegood import clock
from makegood.domain.incidents.models import Incident, IncidentDecision
from makegood.domain.penalties.models import Consequence
from makegood.domain.people.models import Role, RoleGrant
from makegood.domain.schools.context import in_school
from makegood.rules.facts import Decision
from tests.believable import NOW, Believable
from tests.cast import make_cast, report
from tests.stories.test_decisions_change_credits import cancelled_late, decide
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(client: Client, world: Believable) -> str:
    sign_in(client, world.cast.rhea.person)
    return f"/marigold/disputes/{world.references[1]}/decide/"


def hidden(response: HttpResponse) -> dict[str, str]:
    page = BeautifulSoup(response.content, "html.parser")
    fields = page.select("form.card input[type=hidden]")
    return {str(field["name"]): str(field["value"]) for field in fields if field["name"] != "csrfmiddlewaretoken"}


def count_decisions(world: Believable) -> int:
    with in_school(world.school.pk):
        return IncidentDecision.objects.count()


def test_effects_are_shown_before_the_decision_and_it_is_made_once(client: Client, world: Believable, url: str) -> None:
    preview = client.get(f"{url}?decision=voided")
    sent = {**hidden(preview), "reason": "Recorded for the wrong session."}

    answers = [client.post(url, sent), client.post(url, sent)]

    assert "US$1.00 US$0.00" in text_of(preview.content)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert count_decisions(world) == 1
    case = text_of(client.get(f"/marigold/disputes/{world.references[1]}/").content)
    assert "Recorded for the wrong session." in case
    assert "US$0.00" in case


def counts_in(page: bytes) -> list[str]:
    """The lines of the table of counts."""
    table = BeautifulSoup(page, "html.parser").select_one("[aria-label='Table of counts'] tbody")
    return [" ".join(row.get_text(" ").split()) for row in table.select("tr")] if table is not None else []


@pytest.mark.parametrize(
    ("decision", "counts"),
    [
        (
            "waived",
            [
                "Incidents in October 2 1",
                "Counted for what else follows 2 2",
                "Incidents in the week of Mon 19 Oct 1 0",
            ],
        ),
        ("voided", ["Incidents in October 2 1", "Incidents in the week of Mon 19 Oct 1 0"]),
        ("reduced", ["Incidents in October 2 2", "Incidents in the week of Mon 19 Oct 1 1"]),
    ],
)
def test_the_counts_before_and_after_are_shown(client: Client, url: str, decision: str, counts: list[str]) -> None:
    assert counts_in(client.get(f"{url}?decision={decision}").content) == counts


def test_the_count_of_a_month_gone_by_is_that_of_its_month(
    client: Client, world: Believable, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=40))

    assert counts_in(client.get(f"{url}?decision=waived").content)[0] == "Incidents in October 2 1"


def test_a_school_without_money_sees_the_count_of_its_window(client: Client, world_without_money: Believable) -> None:
    sign_in(client, world_without_money.cast.rhea.person)
    url = f"/larkspur/disputes/{world_without_money.references[0]}/decide/"

    assert counts_in(client.get(f"{url}?decision=waived").content) == ["Incidents in the last 6 months 2 1"]
    assert counts_in(client.get(f"{url}?decision=upheld").content) == ["Incidents in the last 6 months 2 2"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Say why you decide this. The teacher will read it."),
        ({"reason": "   "}, "Say why you decide this. The teacher will read it."),
        ({"reason": "a\0b"}, "The reason contains a character that cannot be stored."),
        ({"reason": "x" * 1001}, "The reason is too long. Shorten it to 1000 characters."),
        ({"reason": "A good one"}, "Confirm that it is an exception, and say why."),
        ({"reason": "A good one", "request_id": "nonsense"}, "There is a problem"),
    ],
)
def test_bad_input_is_named_and_decides_nothing(
    client: Client, world: Believable, url: str, changes: dict[str, str], words: str
) -> None:
    sent = {**hidden(client.get(f"{url}?decision=waived")), **changes}

    answer = client.post(url, sent)

    assert answer.status_code == 422
    assert words in text_of(answer.content)
    assert count_decisions(world) == 0


def test_facts_that_changed_since_are_shown_and_asked_about_again(client: Client, world: Believable, url: str) -> None:
    sent = {**hidden(client.get(f"{url}?decision=voided")), "reason": "my own words"}
    other = url.replace(world.references[1], world.references[0])
    client.post(other, {**hidden(client.get(f"{other}?decision=voided")), "reason": "The other one first"})

    asked_again = client.post(url, sent)

    assert asked_again.status_code == 409
    assert "Something changed while you were here" in text_of(asked_again.content)
    assert "my own words" in asked_again.content.decode()
    assert count_decisions(world) == 1
    assert client.post(url, {**hidden(asked_again), "reason": "my own words"}).status_code == 302


def test_nobody_decides_an_own_case(client: Client, world: Believable) -> None:
    with in_school(world.school.pk):
        RoleGrant.objects.create(school=world.school, membership=world.cast.tara, role=Role.REVIEWER, granted_at=NOW)
    sign_in(client, world.cast.tara.person)
    url = f"/marigold/disputes/{world.references[1]}/"

    page = text_of(client.get(url).content)

    assert "This is your own case. Another reviewer decides it." in page
    assert client.get(f"{url}decide/?decision=waived").status_code == 404
    assert client.post(f"{url}decide/", {"decision": "waived", "reason": "because"}).status_code == 404


def test_waiving_without_a_reason_explains_the_exception(client: Client, world: Believable, url: str) -> None:
    page = text_of(client.get(f"{url}?decision=waived").content)

    assert "No reason was given" in page
    assert "The policy lets staff accept only the reasons it lists. Anything else is a written exception." in page


def test_a_pause_that_stays_although_the_case_is_waived_is_explained(
    client: Client, world: Believable, url: str
) -> None:
    report(world.cast, world.next_lesson, now=NOW)
    fourth = report(world.cast, world.far_lesson, now=NOW).reference
    url = url.replace(world.references[1], fourth)
    with in_school(world.school.pk):
        paused = Consequence.objects.filter(incident__reference=fourth, kind="pause_account").count()

    said = {outcome: text_of(client.get(f"{url}?decision={outcome}").content) for outcome in ("waived", "voided")}

    assert paused == 1
    assert "Stays as it is Account paused until" in said["waived"]
    assert "the policy counts every session that was not taught, whatever the reasons" in said["waived"]
    assert "No longer follows Account paused until" in said["voided"]
    assert "Stays as it is" not in said["voided"]


def test_a_decision_that_changes_no_penalty_says_so(client: Client, world: Believable, url: str) -> None:
    pages = [
        client.get(f"{url.replace(world.references[1], reference)}?decision={one}").content
        for reference in world.references
        for one in ("reduced", "voided")
    ]
    said = "The penalty of this case stays the same."
    unchanged = {text_of(page) for page in pages if _is_unchanged(page)}

    assert unchanged
    assert {text_of(page) for page in pages if said in text_of(page)} == unchanged


def _is_unchanged(page: bytes) -> bool:
    """Whether the first line of the table of changes has the same amount twice."""
    amounts = [cell.get_text(strip=True) for cell in BeautifulSoup(page, "html.parser").select("table td.r")]
    return len(amounts) > 1 and amounts[0] == amounts[1]


@pytest.mark.parametrize(
    ("decided", "decision", "words"),
    [
        ([], Decision.VOIDED, "The student gets 1 lesson credit back."),
        ([], Decision.WAIVED, "They stay as they are: the session has used them."),
        ([Decision.VOIDED], Decision.VOIDED, "They stay as they are: the student has them back."),
        ([Decision.VOIDED], Decision.UPHELD, "The session uses 1 lesson credit of the student again."),
    ],
)
def test_what_becomes_of_the_students_credit_is_shown_before_the_decision(
    client: Client, decided: list[Decision], decision: Decision, words: str
) -> None:
    cast = make_cast(slug="tulip")
    lesson = cancelled_late(cast)
    for earlier in decided:
        decide(cast, lesson, earlier)
    with in_school(cast.school.pk):
        reference = Incident.objects.get(lesson=lesson).reference
    sign_in(client, cast.rhea.person)

    page = client.get(f"/tulip/disputes/{reference}/decide/?decision={decision}")

    assert page.status_code == 200
    (told,) = [
        text_of(str(heading.find_next_sibling("p")).encode())
        for heading in BeautifulSoup(page.content, "html.parser").select("h3")
        if heading.text == "Lesson credits of the student"
    ]
    assert told == words
