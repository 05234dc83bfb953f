"""Where a lesson is held: who sets it, which link holds for which lesson, and which links are refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from makegood.actions.availability_changes import TeacherNotFound
from makegood.actions.booking_steps import NotTheDesk
from makegood.actions.school_calendar_changes import NotTheOwner
from makegood.actions.set_video_link import set_own_video_link, set_video_link, set_video_link_of_teacher
from makegood.domain.lessons import video_links
from makegood.domain.lessons.models import Lesson, VideoLink
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from tests.cast import Cast, book, make_cast

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def set_for_school(cast: Cast, link: str, *, actor: Membership | None = None) -> None:
    set_video_link(school=cast.school, actor=actor or cast.owen, link=link, door=Door.WEB, now=NOW)


def set_for_tara(cast: Cast, link: str, *, actor: Membership | None = None) -> None:
    set_own_video_link(school=cast.school, actor=actor or cast.tara, link=link, door=Door.API, now=NOW)


def set_by_desk(cast: Cast, link: str, *, actor: Membership | None = None, teacher: Membership | None = None) -> None:
    teacher_id = (teacher or cast.tara).pk
    set_video_link_of_teacher(
        school=cast.school, actor=actor or cast.desi, teacher_id=teacher_id, link=link, door=Door.WEB, now=NOW
    )


def link_of(cast: Cast, lesson: Lesson) -> str:
    with in_school(cast.school.pk):
        return video_links.link_of(Lesson.objects.get(pk=lesson.pk))


def test_the_lessons_own_link_goes_before_the_teachers_and_that_before_the_schools(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    seen = [link_of(cast, lesson)]
    set_for_school(cast, "https://video.example/all")
    seen.append(link_of(cast, lesson))
    set_for_tara(cast, "https://rooms.example/tara")
    seen.append(link_of(cast, lesson))
    with in_school(cast.school.pk):
        Lesson.objects.filter(pk=lesson.pk).update(join_link="https://once.example/1", version=lesson.version + 1)
    seen.append(link_of(cast, lesson))

    assert seen == [
        "",
        "https://video.example/all",
        "https://rooms.example/tara",
        "https://once.example/1",
    ]


def test_a_link_that_is_taken_away_uncovers_the_schools_and_then_none(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    set_for_school(cast, "https://video.example/all")
    set_for_tara(cast, "https://rooms.example/tara")

    set_for_tara(cast, "")
    without_own = link_of(cast, lesson)
    set_for_school(cast, "")

    assert (without_own, link_of(cast, lesson)) == ("https://video.example/all", "")


def test_another_teachers_link_is_no_business_of_this_lesson(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)

    set_for_tara(cast, "https://rooms.example/tom", actor=cast.tom)

    assert link_of(cast, lesson) == ""


def test_each_lesson_has_a_room_that_only_the_secret_key_tells(cast: Cast, settings: Settings) -> None:
    first, second = book(cast, starts_at=NOON), book(cast, starts_at=NOON.replace(hour=15))
    set_for_school(cast, "https://video.example/{lesson}?room={lesson}")
    room = video_links.room_of(school_id=cast.school.pk, lesson_id=first.pk)

    shown, again, other = link_of(cast, first), link_of(cast, first), link_of(cast, second)
    elsewhere = video_links.room_of(school_id=cast.school.pk + 1, lesson_id=first.pk)
    settings.SECRET_KEY = "another key"

    assert shown == again == f"https://video.example/{room}?room={room}"
    assert (len(room), set(room) <= set("0123456789abcdef")) == (32, True)
    assert len({shown, other, link_of(cast, first)}) == 3
    assert elsewhere != room


def test_each_change_is_kept_with_who_when_and_through_which_door(cast: Cast) -> None:
    set_for_school(cast, "https://video.example/1")
    set_for_school(cast, "https://video.example/1")
    set_for_tara(cast, "")
    set_for_tara(cast, "HTTPS://rooms.example/tara")
    set_for_tara(cast, "")

    with in_school(cast.school.pk):
        kept = VideoLink.objects.order_by("pk").values_list("teacher_id", "link", "set_by_id", "set_at", "door")
        told = Event.objects.filter(kind__startswith="video_link").order_by("pk")
        assert list(kept) == [
            (None, "https://video.example/1", cast.owen.person_id, NOW, "web"),
            (cast.tara.pk, "https://rooms.example/tara", cast.tara.person_id, NOW, "api"),
            (cast.tara.pk, "", cast.tara.person_id, NOW, "api"),
        ]
        assert [(event.kind, event.on_behalf_of_id, event.values) for event in told] == [
            ("video_link_set", None, {"link": "https://video.example/1"}),
            ("video_link_set", None, {"link": "https://rooms.example/tara"}),
            ("video_link_taken_away", None, {}),
        ]


def test_a_teacher_is_told_of_a_link_that_somebody_else_set_or_took_away(cast: Cast) -> None:
    set_for_school(cast, "https://video.example/all")
    set_for_tara(cast, "https://rooms.example/tara")
    for link in ("https://rooms.example/desk", "https://rooms.example/desk", ""):
        set_by_desk(cast, link)

    with in_school(cast.school.pk):
        messages = Message.objects.filter(channel="in_app").select_related("recipient__person", "school").order_by("pk")
        said = [(one.recipient_id, render(one)) for one in messages]
    assert [(to, text.subject) for to, text in said] == [
        (cast.tara.pk, "Desi Desk set your video link"),
        (cast.tara.pk, "Desi Desk took your video link away"),
    ]
    assert "Desi Desk set the video link of your sessions: https://rooms.example/desk" in said[0][1].body


def test_only_owners_set_the_schools_link_and_only_teachers_their_own(cast: Cast) -> None:
    with pytest.raises(NotTheOwner):
        set_for_school(cast, "https://video.example/1", actor=cast.tara)
    with pytest.raises(TeacherNotFound):
        set_for_tara(cast, "https://video.example/1", actor=cast.sam)

    with in_school(cast.school.pk):
        assert VideoLink.objects.count() == 0


def test_a_host_in_mixed_letters_is_named_as_it_reads() -> None:
    with pytest.raises(Refusal) as refused:
        video_links.check_link("https://www.xn--vido-x4d.example/")

    assert refused.value.values == {"part": "vid\u0435o"}


def test_a_host_that_looks_like_another_is_named_as_it_reads() -> None:
    with pytest.raises(Refusal) as refused:
        video_links.check_link("https://www.xn--80ak6aa92e.example/")

    assert refused.value.values == {"part": "\u0430\u0440\u0440\u04cf\u0435"}


def test_the_desk_sets_a_teachers_link_on_the_teachers_behalf(cast: Cast) -> None:
    lesson = book(cast, starts_at=NOON)
    set_for_tara(cast, "https://rooms.example/tara")

    set_by_desk(cast, "https://rooms.example/mended")

    assert link_of(cast, lesson) == "https://rooms.example/mended"
    with in_school(cast.school.pk):
        kept = VideoLink.objects.order_by("-pk").values_list("teacher_id", "set_by_id")[0]
        event = Event.objects.filter(kind="video_link_set").order_by("-pk")[0]
        assert kept == (cast.tara.pk, cast.desi.person_id)
        assert (event.actor_id, event.on_behalf_of_id) == (cast.desi.person_id, cast.tara.pk)


def test_only_the_desk_sets_the_link_of_somebody_else_and_only_of_teachers(cast: Cast) -> None:
    for actor in (cast.tara, cast.tom, cast.sam, cast.owen):
        with pytest.raises(NotTheDesk):
            set_by_desk(cast, "https://rooms.example/tara", actor=actor)
    with pytest.raises(TeacherNotFound):
        set_by_desk(cast, "https://rooms.example/sam", teacher=cast.sam)

    with in_school(cast.school.pk):
        assert VideoLink.objects.count() == 0


LONGEST = "https://video.example/" + "x" * 278


@pytest.mark.parametrize(
    "link",
    [
        "https://video.example",
        "https://video.example:8443/a?b=c#d",
        "https://{lesson}.video.example/",
        "https://video.example/@tara",
        "https://münchen.example/räume/{lesson}",
        "https://xn--mnchen-3ya.example/",
        "https://пример.example/{lesson}",
        "https://例え.example/",
        "https://グーグルmap.example/",
        "https://한국어.example/",
        "https://राष्ट्रीय.example/",
        "https://العربية.example/",
        "https://ｖｉｄｅｏ.example/",
        "https://xn--e1afmkfd.example/",
        # Letters that look Latin where they are at home, or beside others.
        "https://\u0430\u0440\u0440\u04cf\u0435.ru/",
        "https://\u0430\u0440\u0440\u04cf\u0435.\u0440\u0444/",
        "https://\u0430\u0440\u0440\u04cf\u0435\u0436.example/",
        "https://\u03b1\u03c5\u03c4\u03bf.gr/",
        "https://2026.example/",
        "https://video.example/комната",
        "https://col·legi.example/",
        "https://hawaiʻi.example/",
        "https://vide\u0301o.example/",
        "https://g\u0303uarani.example/",
        "https://my_school.r3---video.example./",
        LONGEST,
    ],
)
def test_links_that_lead_to_a_room_are_kept(cast: Cast, link: str) -> None:
    set_for_school(cast, link)

    with in_school(cast.school.pk):
        assert video_links.find_link(school_id=cast.school.pk, teacher_id=None) == link


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("javascript:alert(1)", "video_link_not_secure"),
        ("http://video.example/room", "video_link_not_secure"),
        ("//video.example/room", "video_link_not_secure"),
        ("video.example/room", "video_link_not_secure"),
        ("data:text/html,x", "video_link_not_secure"),
        (LONGEST + "x", "video_link_too_long"),
        ("https://video.example/a b", "video_link_broken"),
        ("https://video.example/a\nb", "video_link_broken"),
        ("https://video.example/a\x00b", "video_link_broken"),
        ("java\nscript:alert(1)", "video_link_broken"),
        ("https://video.example/\u202egnp", "video_link_broken"),
        ("https://video.example/a\u00a0b", "video_link_broken"),
        ("https://me:secret@video.example/", "video_link_with_sign_in"),
        ("https://video.example@evil.example/", "video_link_with_sign_in"),
        ("https://video.example\\@evil.example/", "video_link_with_sign_in"),
        ("https://", "video_link_leads_nowhere"),
        ("https:///room", "video_link_leads_nowhere"),
        ("https://video.example\\room", "video_link_leads_nowhere"),
        ("https://video.example:99999/", "video_link_leads_nowhere"),
        ("https://[::1/", "video_link_leads_nowhere"),
        ("https://\u0301video.example/", "video_link_leads_nowhere"),
        ("https://vi·deo.example/", "video_link_leads_nowhere"),
        ("https://\u2603.example/", "video_link_leads_nowhere"),
        ("https://video..example/", "video_link_leads_nowhere"),
        # Halves of a letter, which only Python decodes.
        ("https://xn--a-8sb5873n.example/", "video_link_leads_nowhere"),
        ("https://vi\u0307deo.example/", "video_link_with_mixed_letters"),
        ("https://v\u0336ideo.example/", "video_link_with_mixed_letters"),
        ("https://日本\u0301.example/", "video_link_with_mixed_letters"),
        ("https://video\u093e.example/", "video_link_with_mixed_letters"),
        ("https://a。vid\u0435o.example/", "video_link_with_mixed_letters"),
        ("https://vid\u0435o.example/room", "video_link_with_mixed_letters"),
        ("https://xn--vido-x4d.example/", "video_link_with_mixed_letters"),
        ("https://meet.g\u03bfogle.example/", "video_link_with_mixed_letters"),
        ("https://{lesson}.\u0441lass.example/", "video_link_with_mixed_letters"),
        # аррӏе as it is written and as it is encoded, below another name, with a hyphen and a number.
        ("https://\u0430\u0440\u0440\u04cf\u0435.example/", "video_link_looks_like_another"),
        ("https://xn--80ak6aa92e.example/", "video_link_looks_like_another"),
        ("https://meet.\u0430\u0440\u0440\u04cf\u0435-2.example/", "video_link_looks_like_another"),
        ("https://\u03b1\u03c5\u03c4\u03bf.example/", "video_link_looks_like_another"),
        ("https://\u057d\u0578\u0585.example/", "video_link_looks_like_another"),
        # Lisu, whose letters are all Latin capitals by their looks.
        ("https://\ua4d0\ua4d1\ua4d2.example/", "video_link_looks_like_another"),
        ("https://video.example/{Lesson}", "video_link_with_other_braces"),
        ("https://video.example/{lesson", "video_link_with_other_braces"),
    ],
)
def test_other_links_are_refused_with_a_reason_and_nothing_is_kept(cast: Cast, link: str, code: str) -> None:
    for verb in (set_for_school, set_for_tara, set_by_desk):
        with pytest.raises(Refusal) as refused:
            verb(cast, link)
        assert refused.value.code == code

    with in_school(cast.school.pk):
        assert VideoLink.objects.count() == 0
