"""Each screen: it answers its role, with a fixed number of statements, and says what it should."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from makegood import clock
from makegood.domain.people.models import Membership, Person
from makegood.domain.schools.context import in_school
from makegood.rules.facts import Kind, RequestedBy
from makegood.web.parts.words import happened_words
from tests.believable import NOW, Believable
from tests.schools import make_person
from tests.web.emergency_page import text_of
from tests.web.message_pages import counted, mark_as_read, sent_by
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

# Per page: who asks, and how many statements of its own it takes inside the school's transaction.
PAGES = {
    "dashboard/": ("tara", 8),
    "sessions/{next}/emergency/": ("tara", 10),
    "availability/": ("tara", 7),
    "availability/default/": ("tara", 6),
    "video-link/": ("tara", 2),
    "sessions/": ("tara", 3),
    "sessions/{next}/cancel/": ("tara", 5),
    "sessions/{next}/move/": ("tara", 12),
    "cases/{case}/": ("tara", 9),
    "cases/{case}/reported/": ("tara", 9),
    "penalties/": ("tara", 5),
    "statements/": ("tara", 7),
    "messages/": ("tara", 3),
    "students/": ("tara", 4),
    "students/{kenji}/lessons/": ("tara", 7),
    "students/{kenji}/propose/": ("tara", 4),
    "students/{kenji}/propose/weekly/?kind=regular:50&day_on=2026-10-27&at=09:00": ("tara", 10),
    "lessons/": ("lea", 10),
    "lessons/messages/": ("lea", 2),
    "lessons/{next}/reschedule/": ("kenji", 11),
    "book/": ("lea", 8),
    "book/teachers/{tara}/": ("lea", 8),
    "book/teachers/{tara}/weekly/?kind=regular:50&first=2026-10-27T09:00:00Z": ("lea", 9),
    "book/credits/": ("lea", 2),
    "staff/messages/": ("desi", 3),
    "desk/": ("desi", 3),
    "desk/calendar/": ("desi", 5),
    "desk/calendar/sessions/{next}/": ("desi", 4),
    "desk/calendar/sessions/{next}/cancel-for-school/": ("desi", 4),
    "desk/calendar/sessions/{next}/move/": ("desi", 9),
    "desk/calendar/sessions/{next}/move/?requested_by=teacher": ("desi", 12),
    "desk/cases/{case}/": ("desi", 9),
    "desk/teachers/": ("desi", 3),
    "desk/teachers/{tara}/video-link/": ("desi", 4),
    "desk/deliveries/": ("desi", 2),
    "desk/requests/": ("desi", 4),
    "desk/students/": ("desi", 4),
    "desk/students/{kenji}/": ("desi", 4),
    "desk/students/{kenji}/book/": ("desi", 4),
    "desk/students/{kenji}/book/weekly/?teacher={tara}&kind=regular:50&day_on=2026-10-27&at=09:00": ("desi", 11),
    "desk/students/{kenji}/credits/": ("desi", 4),
    "desk/students/credits/": ("desi", 1),
    "support/": ("olga", 3),
    "disputes/": ("rhea", 5),
    "disputes/{case}/": ("rhea", 9),
    "disputes/{case}/decide/?decision=waived": ("rhea", 12),
    "payroll/": ("fin", 6),
    "payroll/2026-10/": ("fin", 5),
    "owner/": ("owen", 10),
    "owner/lesson-types/": ("owen", 3),
    "owner/lesson-types/new/": ("owen", 2),
    "owner/lesson-types/regular/": ("owen", 2),
    "owner/pay-rates/": ("owen", 5),
    "owner/video-link/": ("owen", 2),
    "owner/cases/{case}/": ("owen", 9),
    "emergencies/": ("", 1),
    "policy/": ("", 3),
    "for-students/": ("", 2),
}
# Of every signed-in request: the session, the person, the memberships with their roles.
FRAME_STATEMENTS = 3
_BOOKKEEPING = ("SAVEPOINT", "RELEASE", "SELECT set_config")


# No page takes more (H-03), and a dashboard takes less; nor does one that tells of everything that can be wrong.
MOST = 12
MOST_OF_DASHBOARDS = 8


def person_of(world: Believable, code: str) -> Person:
    with in_school(world.school.pk):
        return Membership.objects.select_related("person").get(code=code).person


def address(world: Believable, path: str) -> str:
    return f"/{world.school.slug}/" + path.format(
        next=world.next_lesson.pk,
        case=world.references[1],
        tara=world.cast.tara.pk,
        kenji=world.students["kenji"].pk,
    )


def count_statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        response = client.get(url)
    assert response.status_code == 200, url
    return sum(not query["sql"].startswith(_BOOKKEEPING) for query in found)


@pytest.mark.parametrize("path", PAGES)
def test_page_takes_its_fixed_number_of_statements(client: Client, world: Believable, path: str) -> None:
    code, expected = PAGES[path]
    frame = 1  # The school by its address.
    if code:
        sign_in(client, person_of(world, code))
        client.get(f"/{world.school.slug}/")
        frame = FRAME_STATEMENTS

    assert count_statements(client, address(world, path)) - frame == expected


def test_no_page_takes_many_statements() -> None:
    assert PAGES["dashboard/"][1] <= MOST_OF_DASHBOARDS
    assert [path for path, (_who, count) in PAGES.items() if count > MOST] == []


@pytest.mark.parametrize("path", PAGES)
def test_stranger_sees_no_page_that_is_not_public(client: Client, world: Believable, path: str) -> None:
    sign_in(client, make_person("Uma"))

    response = client.get(address(world, path))

    assert response.status_code == (404 if PAGES[path][0] else 200)


def test_another_teacher_sees_nothing_of_the_case(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tom.person)
    url = f"/marigold/cases/{world.references[1]}/"

    answers = [client.get(url), client.get(f"{url}reported/"), client.post(f"{url}undo/")]
    missing = client.get("/marigold/cases/ZZZZ-ZZZ/")

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.content for answer in answers} == {missing.content}


def test_dashboard_tells_next_session_attention_counters_and_statement(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    said = text_of(client.get("/marigold/dashboard/").content)

    for words in (
        "Next session in 1 h 18 min", "15:30 to 16:20", "Student's time: 16:30 to 17:20 , Tokyo",
        "Penalty of US$1.00 , session of Mon 19 Oct, 11:12 .", "6 d 9 h left to send proof", "2 of 3 at the first rate",
        "1 of 2 at the normal price", "October statement so far", "5 sessions US$60.00", "Penalties −US$1.30",
        "Expected on Sun 15 Nov US$58.70", "For the student, until Wed 21 Oct, 16:00",
    ):  # fmt: skip
        assert words in said


def test_dashboard_without_money_tells_standing_and_when_each_stops_counting(
    client: Client, world_without_money: Believable
) -> None:
    sign_in(client, world_without_money.cast.tara.person)

    said = text_of(client.get("/larkspur/dashboard/").content)

    assert "Incidents in the last 6 months" in said
    assert f"{world_without_money.references[0]} counts until 12 April 2027" in said
    assert "New students are proposed to other teachers first, until" in said
    assert "US$" not in said
    assert "statement" not in said


def test_cancel_page_past_the_mark_explains_and_names_both_doors(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    said = text_of(client.get(address(world, "sessions/{next}/cancel/")).content)

    assert "The mark for this session was Mon 19 Oct, 15:30 ." in said
    assert "Report an emergency" in said
    assert "Call the scheduling desk: +63 2 8123 4567" in said


def test_penalties_are_filtered_by_state_and_month(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    pages = {
        query: text_of(client.get(f"/marigold/penalties/?{query}").content)
        for query in ("", "state=closed", "month=2026-09", "state=nonsense&month=2026-99&page=-1")
    }

    assert [world.references[1] in page for page in pages.values()] == [True, False, False, True]


@pytest.mark.parametrize(
    ("kind", "requested_by", "words"),
    [
        ("cancelled", "teacher", "Could not be taught"),
        ("cancelled", "student", "Cancelled at the student's wish"),
        ("no_show", "teacher", "Teacher was not there"),
        ("late", "platform", "Started late because the website failed"),
    ],
)
def test_what_happened_is_said_with_who_is_answerable(kind: str, requested_by: str, words: str) -> None:
    assert happened_words(Kind(kind), RequestedBy(requested_by), is_used=False) == words


def test_only_a_student_uses_a_session_by_cancelling_late() -> None:
    assert happened_words(Kind.CANCELLED, RequestedBy.STUDENT, is_used=True) == "Cancelled late by the student"
    assert happened_words(Kind.CANCELLED, RequestedBy.COMPANY, is_used=True) == "Cancelled by the school"


def test_rows_say_what_happened_and_the_reference_once(client: Client, world: Believable) -> None:
    reference = world.references[1]
    sign_in(client, world.cast.tara.person)
    own = text_of(client.get("/marigold/penalties/").content)
    sign_in(client, world.cast.rhea.person)
    to_review = text_of(client.get("/marigold/disputes/").content)
    sign_in(client, world.cast.desi.person)
    affected = text_of(client.get("/marigold/desk/").content)

    assert [page.count(reference) for page in (own, to_review, affected)] == [1, 1, 1]
    assert "Could not be taught · With notice" in own
    assert "Could not be taught · With notice" in to_review
    assert "Could not be taught Situation 2" in affected


def test_missing_page_links_to_the_start(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    page = BeautifulSoup(client.get("/marigold/no-such-page/").content, "html.parser")

    assert [str(link["href"]) for link in page.select("main a")] == ["/"]
    assert text_of(str(page.select_one("main")).encode()).endswith("Go to your start page .")


def test_statement_line_leads_to_its_case_and_back(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)
    reference = world.references[1]

    statement = client.get("/marigold/statements/").content.decode()
    case = client.get(f"/marigold/cases/{reference}/").content.decode()

    assert f'href="/marigold/cases/{reference}/"' in statement
    assert f'id="{reference}"' in statement
    assert f'href="/marigold/statements/2026-10/#{reference}"' in case


def test_a_month_that_is_none_does_not_exist(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    answers = [client.get(f"/marigold/statements/{month}/").status_code for month in ("2026-13", "october", "2026-1")]

    assert answers == [404, 404, 404]


def test_student_reads_the_notice_and_marks_it_as_read(client: Client, world: Believable) -> None:
    sign_in(client, world.students["lea"].person)
    before = text_of(client.get("/marigold/lessons/").content)

    client.post(
        "/marigold/lessons/messages/read/", sent_by(client, "/marigold/lessons/", "/marigold/lessons/messages/read/")
    )
    after = text_of(client.get("/marigold/lessons/").content)

    assert "This is not your fault and costs you nothing." in before
    assert ("2 new messages" in before, "2 new messages" in after) == (True, False)


def test_a_statement_lists_other_months_only_where_there_are_some(
    client: Client, world: Believable, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, world.cast.tara.person)
    first = text_of(client.get("/marigold/statements/").content)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=30))
    second = text_of(client.get("/marigold/statements/").content)

    assert "Other months" not in first
    assert "Other months October 2026" in second


def test_public_pages_keep_every_version(client: Client, world: Believable) -> None:
    said = text_of(client.get("/marigold/policy/v/1/").content)

    assert "Penalty policy" in said
    assert "Worked examples" in said
    sign_in(client, make_person("Uma"))
    assert client.get("/marigold/policy/v/2/").status_code == 404


def test_owner_without_money_sees_who_is_at_a_threshold_and_what_follows(
    client: Client, world_without_money: Believable
) -> None:
    sign_in(client, world_without_money.cast.owen.person)

    said = text_of(client.get("/larkspur/owner/").content)

    for words in (
        "At a threshold now Tara Teaches 2 in the last 6 months",
        "New students are proposed to other teachers first, until",
        "At number 4, a person looks at the agreement and talks with the teacher.",
        "Number 1 within 6 months",
        "Number 2 within 6 months",
    ):
        assert words in said


def test_school_without_money_has_no_rates_on_its_public_pages(client: Client, world_without_money: Believable) -> None:
    said = text_of(client.get("/larkspur/emergencies/").content)

    assert "What to do when" in said
    assert "Emergencies are for emergencies" in said
    for told_once in ("Situation 1", "Situation 2", "Situation 3", "take it back within"):
        assert said.count(told_once) == 1
    assert "US$" not in said
    assert world_without_money.school.desk_phone in said


def test_teachers_see_in_their_menu_how_many_messages_are_new(client: Client, world: Believable) -> None:
    sign_in(client, world.cast.tara.person)

    before = counted(client, "/marigold/students/", "/marigold/messages/")
    mark_as_read(client, "/marigold/messages/")

    assert before == "Messages2 unread"
    assert counted(client, "/marigold/students/", "/marigold/messages/") == "Messages"
