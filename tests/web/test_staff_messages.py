"""What staff were told stands in the app: theirs alone, newest first, once, and it leads where they may go."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client

from makegood import clock
from makegood.domain.notifications.catalog import TEMPLATES
from makegood.domain.notifications.kinds import Side
from makegood.domain.notifications.lists import sides_in
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.notifications.queries import MOST_TOLD, PAGE_SIZE, list_in_app
from makegood.domain.people import operations
from makegood.domain.people.models import Membership, Person, Role
from makegood.domain.schools.context import in_school
from tests.cast import Cast, add_member, book, make_cast, report
from tests.objections import DAY, HOUR, NOON, objected, with_problem
from tests.web.emergency_page import text_of
from tests.web.message_pages import (
    STAFF_LIST,
    count_unread,
    counted,
    mark_as_read,
    sent_by,
    shown_messages,
    soup_of,
    subjects,
)
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

LISTS = (STAFF_LIST, "/marigold/messages/", "/marigold/lessons/messages/")


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOON + 3 * HOUR)
    return make_cast()


@pytest.fixture
def told(cast: Cast) -> Cast:
    """Desi was told of an objection, of a problem and of an emergency, in this order."""
    objected(cast, book(cast, starts_at=NOON + 2 * DAY))
    with_problem(cast)
    report(cast, book(cast, starts_at=NOON + 5 * HOUR), now=NOON + 2 * HOUR)
    return cast


def hire(cast: Cast, role: Role) -> Membership:
    with in_school(cast.school.pk):
        return add_member(cast.school, code="new", name="Nora New", role=role, zone="Asia/Manila")


def grant(member: Membership, *roles: Role) -> None:
    for role in roles:
        with in_school(member.school_id):
            operations.grant_role(
                school_id=member.school_id, membership_id=member.pk, role=role, granted_by=None, now=NOON
            )


def end(member: Membership, role: Role, *, by: Membership) -> None:
    with in_school(member.school_id):
        operations.end_role(
            school_id=member.school_id, membership_id=member.pk, role=role, ended_by=by.person, now=NOON + 2 * HOUR
        )


def copies(member: Membership, number: int, *, effect: str = "copy") -> list[int]:
    """The member was told the same many times more, each a minute later."""
    with in_school(member.school_id):
        first = Message.objects.filter(recipient=member, channel=Channel.IN_APP).order_by("pk")[0]
        rows = [
            Message(
                school_id=member.school_id, event_id=first.event_id, recipient_id=member.pk, channel=Channel.IN_APP,
                kind=first.kind, values=first.values, effect_key=f"{effect}:{count}", sent_at=NOON + 2 * HOUR,
                created_at=NOON + 2 * HOUR + timedelta(minutes=1 + count) / number,
            )
            for count in range(number)
        ]  # fmt: skip
        return [row.pk for row in Message.objects.bulk_create(rows)]


def one_of_each_kind(member: Membership) -> set[int]:
    """The member was told each kind of message as each side."""
    with in_school(member.school_id):
        first = Message.objects.filter(recipient=member, channel=Channel.IN_APP).order_by("pk")[0]
        rows = [
            Message(
                school_id=member.school_id, event_id=first.event_id, recipient_id=member.pk, channel=Channel.IN_APP,
                kind=kind, values=first.values | {"side": side}, effect_key=f"{kind}:{side}", created_at=NOON,
                sent_at=NOON,
            )
            for kind in TEMPLATES
            for side in Side
        ]  # fmt: skip
        return {row.pk for row in Message.objects.bulk_create(rows)}


def test_the_desk_reads_what_it_was_told_newest_first_and_each_leads_to_its_page(client: Client, told: Cast) -> None:
    sign_in(client, told.desi.person)

    found = shown_messages(client)
    pages = [str(one.select_one("strong a")["href"]) for one in found]  # type: ignore[index]

    assert [subject.split(" ")[0] for subject in subjects(client)] == ["Tara", "Problem", "Sam"]
    assert "unread" in found[0]["class"]
    assert [page.removeprefix(settings.ADDRESS).split("/")[2:4] for page in pages] == [
        ["desk", "cases"], ["desk", "requests"], ["desk", "requests"],
    ]  # fmt: skip
    assert {client.get(page).status_code for page in pages} == {200}


def test_staff_read_in_their_own_language_and_zone(client: Client, told: Cast) -> None:
    Person.objects.filter(pk=told.desi.person_id).update(language="de", zone="Europe/Berlin")
    sign_in(client, told.desi.person)

    said = text_of(client.get(STAFF_LIST).content)

    assert "Nachrichten" in said
    assert "(Berlin)" in said
    assert "Mi., 21. Okt., 16:00" in said


def test_nobody_reads_what_another_was_told(client: Client, told: Cast) -> None:
    dora = hire(told, Role.DESK)
    strangers = make_cast(slug="larkspur")
    for member in (dora, told.rhea, told.fin, told.owen):
        sign_in(client, member.person)
        assert shown_messages(client) == []
        assert "There is no message for you." in text_of(client.get(STAFF_LIST).content)
    for outsider in (strangers.desi, told.tara, told.sam):
        sign_in(client, outsider.person)
        assert client.get(STAFF_LIST).status_code == 404

    sign_in(client, told.desi.person)
    assert len(shown_messages(client)) == 3


def test_the_list_comes_in_pages_and_past_the_end_is_the_last(client: Client, told: Cast) -> None:
    copies(told.desi, PAGE_SIZE)
    sign_in(client, told.desi.person)

    lengths = [
        len(shown_messages(client, f"{STAFF_LIST}?page={page}")) for page in ("1", "2", "99", "-1", "x", "9" * 30)
    ]

    assert lengths == [PAGE_SIZE, 3, 3, PAGE_SIZE, PAGE_SIZE, PAGE_SIZE]
    assert "1 to 25 of 28" in text_of(client.get(STAFF_LIST).content)
    assert subjects(client, f"{STAFF_LIST}?page=2")[0].startswith("Tara Teaches cannot teach")


def test_marking_as_read_is_of_ones_own_and_of_what_was_shown(client: Client, cast: Cast) -> None:
    dora = hire(cast, Role.DESK)
    with_problem(cast)
    sign_in(client, cast.desi.person)
    shown = sent_by(client, STAFF_LIST, f"{STAFF_LIST}read/")
    report(cast, book(cast, starts_at=NOON + 5 * HOUR), now=NOON + 2 * HOUR)

    client.post(f"{STAFF_LIST}read/", shown)
    left = count_unread(client)
    mark_as_read(client)

    assert (left, count_unread(client)) == (1, 0)
    sign_in(client, dora.person)
    assert count_unread(client) == 2


@pytest.mark.parametrize("path", LISTS)
def test_what_cannot_be_read_marks_nothing_and_says_so(client: Client, tara: Membership, path: str) -> None:
    sign_in(client, tara.person)
    before = count_unread(client, path)

    for nonsense in ({}, {"newest": ""}, {"newest": "0"}, {"newest": "-1"}, {"newest": "x"}, {"newest": str(2**63)}):
        answer = client.post(f"{path}read/", nonsense)
        problem = BeautifulSoup(answer.content, "html.parser").select_one("[data-problem] a")
        assert (answer.status_code, str(problem["href"])) == (422, path)  # type: ignore[index]
        assert "nothing was marked as read. Open the page again." in text_of(answer.content)

    assert count_unread(client, path) == before
    assert client.post(f"{path}read/", {"newest": str(2**63 - 1)}).status_code == 302
    assert count_unread(client, path) == 0


def test_marking_on_a_later_page_marks_the_newer_pages_too_but_not_what_was_written_since(
    client: Client, told: Cast
) -> None:
    copies(told.desi, PAGE_SIZE)
    sign_in(client, told.desi.person)
    shown = sent_by(client, f"{STAFF_LIST}?page=2", f"{STAFF_LIST}read/")
    copies(told.desi, 1, effect="since")

    client.post(f"{STAFF_LIST}read/", shown)

    assert [count_unread(client, f"{STAFF_LIST}?page={page}") for page in (1, 2)] == [1, 0]


@pytest.mark.parametrize("page", ["desk/", "support/", "disputes/", "payroll/", "owner/"])
def test_the_sections_of_staff_say_how_many_are_unread(client: Client, told: Cast, page: str) -> None:
    grant(told.desi, Role.SUPPORT, Role.REVIEWER, Role.PAYROLL, Role.OWNER)
    sign_in(client, told.desi.person)

    before = counted(client, f"/marigold/{page}")
    mark_as_read(client)

    assert (before, counted(client, f"/marigold/{page}")) == ("Messages3 unread", "Messages")


def test_on_a_phone_the_door_to_further_sections_says_what_all_of_them_count(client: Client, told: Cast) -> None:
    sign_in(client, told.desi.person)
    (before,) = soup_of(client, "/marigold/desk/").select(".more > summary .count")
    mark_as_read(client)
    (after,) = soup_of(client, "/marigold/desk/").select(".more > summary .count")

    # Seven messages did not go out, and three are new.
    assert (before.get_text(), after.get_text()) == ("10 open or unread", "7 open or unread")


def said_of_the_teachers_messages(client: Client) -> tuple[str, str, str]:
    """How many are new by the sections around pages, by the list itself and by the reader's other list."""
    new = re.compile(r"[\d+]+ new messages?")
    itself, elsewhere = (new.findall(text_of(client.get(path).content)) for path in (LISTS[1], STAFF_LIST))
    (around,) = soup_of(client, "/marigold/students/").select(f".side a[href='{LISTS[1]}'] .count")
    return around.get_text().split()[0], itself[-1].split()[0], elsewhere[0].split()[0]


def test_more_than_can_be_told_is_said_to_be_more_wherever_it_is_said(client: Client, tara: Membership) -> None:
    copies(tara, MOST_TOLD - 1)
    sign_in(client, tara.person)
    exactly = said_of_the_teachers_messages(client)
    copies(tara, 1, effect="one more")

    assert exactly == ("99", "99", "99")
    assert said_of_the_teachers_messages(client) == ("99+", "99+", "99+")


def test_an_unread_message_is_counted_however_many_newer_ones_were_read(client: Client, tara: Membership) -> None:
    newer = copies(tara, MOST_TOLD + 1)
    with in_school(tara.school_id):
        Message.objects.filter(pk__in=newer).update(read_at=NOON + 3 * HOUR)
    sign_in(client, tara.person)

    assert counted(client, "/marigold/students/", LISTS[1]) == "Messages1 unread"
    assert counted(client, "/marigold/desk/") == "Messages1 unread"


@pytest.fixture
def tara(cast: Cast) -> Membership:
    """Tara, who works at the desk, too, and was told of her own emergency twice: as its teacher and as the desk."""
    grant(cast.tara, Role.DESK, Role.STUDENT)
    report(cast, book(cast, starts_at=NOON + 5 * HOUR), now=NOON + 2 * HOUR)
    return cast.tara


def test_who_has_several_roles_reads_each_message_once_and_in_the_list_of_its_role(
    client: Client, tara: Membership
) -> None:
    sign_in(client, tara.person)

    to_desk, to_teacher, to_student = (subjects(client, path) for path in LISTS)
    others = {path: [str(link["href"]) for link in soup_of(client, path).select(".page-head p a")] for path in LISTS}

    assert [subject.split(" on ")[0] for subject in to_desk] == ["Tara Teaches cannot teach"]
    assert [subject.split(" ")[0] for subject in to_teacher] == ["Emergency"]
    assert to_student == []
    assert "Teacher 1 new message" in text_of(client.get(STAFF_LIST).content)
    for path, links in others.items():
        assert [link for link in links if link in LISTS] == [other for other in LISTS if other != path]


def test_messages_for_the_desk_stay_behind_the_second_factor(client: Client, tara: Membership) -> None:
    sign_in(client, tara.person, second_factor=False)

    assert (client.get(STAFF_LIST).status_code, client.get(LISTS[1]).status_code) == (302, 200)
    assert len(subjects(client, LISTS[1])) == 1
    assert "cannot teach" not in client.get(LISTS[1]).content.decode()


def test_what_the_desk_was_told_stays_with_the_desk(client: Client, cast: Cast, tara: Membership) -> None:
    sign_in(client, tara.person)
    before = [one.select("a") for one in shown_messages(client)]
    end(tara, Role.DESK, by=cast.owen)

    found = shown_messages(client, LISTS[1])
    pages = [str(link["href"]) for one in found for link in one.select("a")]

    assert [len(links) for links in before] == [1]
    # What the desk is told is about everybody, and stood behind the second factor.
    assert "cannot teach" not in client.get(LISTS[1]).content.decode()
    assert len(found) == 1
    assert len(pages) == 1
    assert {client.get(page).status_code for page in pages} == {200}
    assert client.get(STAFF_LIST).status_code == 404


def test_tech_support_is_led_to_requests_which_it_may_open(client: Client, cast: Cast) -> None:
    olga = hire(cast, Role.SUPPORT)
    with_problem(cast)
    sign_in(client, olga.person)

    (told,) = shown_messages(client)
    page = str(told.select_one("strong a")["href"])  # type: ignore[index]

    assert page.endswith("/marigold/desk/requests/")
    assert client.get(page).status_code == 200


def test_the_page_stands_among_the_sections_that_its_reader_comes_from(client: Client, told: Cast) -> None:
    grant(told.desi, Role.OWNER, Role.PAYROLL)
    sign_in(client, told.desi.person)

    def first_section_after(page: str) -> str:
        client.get(page)
        return str(soup_of(client, STAFF_LIST).select_one(".side a")["href"])  # type: ignore[index]

    pages = ["/marigold/desk/", "/marigold/payroll/", "/marigold/owner/"]
    assert [first_section_after(page) for page in pages] == pages


def test_every_message_is_in_exactly_one_list(cast: Cast, tara: Membership) -> None:
    made = one_of_each_kind(tara)
    roles = {Role.DESK, Role.TEACHER, Role.STUDENT}

    with in_school(cast.school.pk):
        lists = [
            {
                message.pk
                for page in range(1, 20)
                for message in list_in_app(
                    school_id=cast.school.pk, recipient_id=tara.pk, sides=sides_in(side, roles), page=page
                )
            }
            for side in Side
        ]

    assert sum(len(found) for found in lists) == len(set().union(*lists))
    assert made <= set().union(*lists)
