"""Setting a video link, and opening the room from the page of the lesson, without a script."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from makegood import clock
from makegood.actions.set_video_link import set_own_video_link, set_video_link
from makegood.domain.lessons.models import Lesson, VideoLink
from makegood.domain.lessons.video_links import room_of
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from tests.cast import Cast, book, make_cast
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
OWNER, TEACHER = "/marigold/owner/video-link/", "/marigold/video-link/"


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: NOON - timedelta(minutes=5))
    return make_cast()


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return book(cast, starts_at=NOON)


def browser_of(member: Membership) -> Client:
    client = Client()
    sign_in(client, member.person)
    return client


def pages_of(cast: Cast, lesson: Lesson) -> list[tuple[Client, str]]:
    return [
        (browser_of(cast.tara), f"/marigold/sessions/{lesson.pk}/"),
        (browser_of(cast.sam), f"/marigold/lessons/{lesson.pk}/"),
    ]


def door_to_the_room(client: Client, url: str) -> Tag | None:
    return BeautifulSoup(client.get(url).content, "html.parser").select_one("main a[target=_blank]")


def join(client: Client, url: str) -> str:
    client.post(url, {"do": "join", "request_id": str(uuid.uuid4())})
    return text_of(client.get(url).content)


def test_both_sides_open_the_same_room_after_joining(cast: Cast, lesson: Lesson) -> None:
    link = "https://video.example/marigold/{lesson}"
    set_video_link(school=cast.school, actor=cast.owen, link=link, door=Door.WEB, now=clock.now())
    room = room_of(school_id=cast.school.pk, lesson_id=lesson.pk)

    for client, url in pages_of(cast, lesson):
        assert door_to_the_room(client, url) is None
        assert "Open the video room now." in join(client, url)
        door = door_to_the_room(client, url)
        assert door is not None
        assert (door["href"], door["rel"]) == (
            f"https://video.example/marigold/{room}",
            ["noopener", "noreferrer"],
        )


def test_a_changed_link_holds_for_what_is_booked_already(cast: Cast, lesson: Lesson) -> None:
    client, url = pages_of(cast, lesson)[1]
    set_video_link(school=cast.school, actor=cast.owen, link="https://one.example/", door=Door.WEB, now=clock.now())
    join(client, url)

    set_own_video_link(school=cast.school, actor=cast.tara, link="https://two.example/", door=Door.WEB, now=clock.now())

    door = door_to_the_room(client, url)
    assert door is not None
    assert door["href"] == "https://two.example/"


def test_without_a_link_the_page_says_so_and_names_the_desk(cast: Cast, lesson: Lesson) -> None:
    for client, url in pages_of(cast, lesson):
        said = join(client, url)

        assert door_to_the_room(client, url) is None
        assert "You are in the lesson." in said
        assert "Open the video room" not in said
        assert "Your school has not set a video link. Ask the scheduling desk where to meet." in said
        main = BeautifulSoup(client.get(url).content, "html.parser").select_one("main")
        assert main is not None
        assert main.select_one(f"a[href='mailto:{cast.school.desk_email}']") is not None
        is_teacher = "/sessions/" in url
        assert (main.select_one(f"a[href='{TEACHER}']") is not None) == is_teacher


def test_owner_and_teacher_set_and_take_away_their_links(cast: Cast) -> None:
    for member, url in ((cast.owen, OWNER), (cast.tara, TEACHER)):
        client = browser_of(member)
        client.post(url, {"link": " https://video.example/{lesson}\n"})
        page = BeautifulSoup(client.get(url).content, "html.parser")
        field = page.select_one("input[name=link]")
        assert field is not None
        assert field["value"] == "https://video.example/{lesson}"
        assert "The video link is set." in page.text or "Your video link is set." in page.text

    tara, calendar = browser_of(cast.tara), "/marigold/availability/"
    assert f'href="{TEACHER}"' in tara.get(calendar).content.decode()
    tara.post(TEACHER, {"link": ""})
    said = text_of(tara.get(TEACHER).content)
    assert "Your own video link is taken away." in said
    assert "The link of the school: https://video.example/{lesson}" in said
    owen = browser_of(cast.owen)
    owen.post(OWNER, {"link": ""})
    assert "The video link is taken away." in text_of(owen.get(OWNER).content)
    assert "No video link is set." in text_of(tara.get(TEACHER).content)
    with in_school(cast.school.pk):
        assert VideoLink.objects.count() == 4


def test_the_desk_sees_and_sets_the_link_of_a_teacher_and_the_teacher_sees_who_did(cast: Cast) -> None:
    desi, tara = browser_of(cast.desi), browser_of(cast.tara)
    url = f"/marigold/desk/teachers/{cast.tara.pk}/video-link/"
    calendar = desi.get(f"/marigold/desk/teachers/{cast.tara.pk}/availability/").content.decode()
    assert f'href="{url}"' in calendar
    assert "No video link is set." in text_of(desi.get(url).content)

    desi.post(url, {"link": "https://rooms.example/tara"})

    said = text_of(desi.get(url).content)
    assert "The teacher’s video link is set." in said
    for page in (said, text_of(tara.get(TEACHER).content)):
        assert "https://rooms.example/tara Set by Desi Desk , Wed 21 Oct, 19:55 ." in page
    assert desi.get(f"/marigold/desk/teachers/{cast.sam.pk}/video-link/").status_code == 404


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("javascript:alert(1)", "A video link begins with https://."),
        ("http://video.example/", "A video link begins with https://."),
        ("https://me:secret@video.example/", "contains a user name or a password"),
        ("https://video.example/a\nb", "contains a space, a line break or a character that cannot be seen."),
        ("https://video.example/a\x00b", "contains a space, a line break or a character that cannot be seen."),
        ("https://video.example/" + "x" * 279, "has at most 300 characters, and this one has 301."),
        ("https://", "names no website."),
        ("https://video.example/{room}", "can only have the word lesson, written {lesson}."),
    ],
)
def test_a_bad_link_is_named_and_what_was_typed_is_kept(cast: Cast, typed: str, sentence: str) -> None:
    for member, url in ((cast.owen, OWNER), (cast.tara, TEACHER)):
        answer = browser_of(member).post(url, {"link": typed})

        field = BeautifulSoup(answer.content, "html.parser").select_one("input[name=link]")
        assert field is not None
        assert (answer.status_code, field["value"]) == (422, typed)
        assert sentence in text_of(answer.content)

    with in_school(cast.school.pk):
        assert VideoLink.objects.count() == 0
