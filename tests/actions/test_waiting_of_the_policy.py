"""How late is late, how long one waits and how long people may say what happened: lines of the policy, everywhere."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import pytest
from django.test import Client

from makegood import clock
from makegood.actions.claim_absence import ClaimTooEarly, claim_absence
from makegood.actions.finish_lesson import finish_lesson
from makegood.actions.join_lesson import join_lesson
from makegood.actions.start_lesson import start_lesson
from makegood.actions.watch_lessons import Watched, watch_lessons
from makegood.domain.incidents.models import Incident
from makegood.domain.lessons.attending import NotUnderWay
from makegood.domain.lessons.judging import Finding
from makegood.domain.lessons.models import Lesson, LessonClaim
from makegood.domain.notifications.models import Message
from makegood.domain.notifications.texts import render
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.uptime.operations import keep_heartbeat
from makegood.reports.lesson_page import LessonPage, make_lesson_page
from makegood.reports.teacher_dashboard import make_teacher_dashboard
from tests.cast import Cast, book, make_cast, publish
from tests.web.emergency_page import text_of
from tests.web.signed_in import sign_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
END = NOON + timedelta(minutes=50)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LATE, ABSENT = LessonClaim.Kind.OTHER_LATE, LessonClaim.Kind.OTHER_ABSENT
QUICK: Final = MappingProxyType(
    {
        "late_minutes = 5 ": "late_minutes = 2 ",
        "wait_minutes = 15": "wait_minutes = 8",
        "confirm_minutes = 120": "confirm_minutes = 30",
    }
)
PATIENT: Final = MappingProxyType(
    {
        "late_minutes = 5 ": "late_minutes = 20 ",
        "wait_minutes = 15": "wait_minutes = 12",
        "confirm_minutes = 120": "confirm_minutes = 1440",
    }
)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def page_of(cast: Cast, lesson: Lesson, who: Membership, *, now: datetime) -> LessonPage:
    with in_school(cast.school.pk):
        page = make_lesson_page(school=cast.school, member=who, lesson_id=lesson.pk, now=now)
    assert page is not None
    return page


def says(cast: Cast, lesson: Lesson, kind: LessonClaim.Kind, *, now: datetime) -> None:
    claim_absence(
        school=cast.school, actor=cast.sam, lesson_id=lesson.pk, kind=kind, note="", request_id=uuid.uuid4(),
        door=Door.WEB, now=now,
    )  # fmt: skip


def student_comes(cast: Cast, lesson: Lesson) -> None:
    """And our pages answer all the time."""
    join_lesson(school=cast.school, actor=cast.sam, lesson_id=lesson.pk, door=Door.WEB, now=lesson.starts_at)
    for minute in range(-15, 60):
        keep_heartbeat(at=at(minute))


def foreseen(cast: Cast, *, now: datetime) -> list[datetime]:
    """Until when My Dashboard says that nothing is on record yet."""
    with in_school(cast.school.pk):
        page = make_teacher_dashboard(school=cast.school, teacher=cast.tara, zone="Asia/Manila", now=now)
    return [one.by_itself_at for one in page.foreseen]


def recorded(cast: Cast) -> list[str]:
    with in_school(cast.school.pk):
        return list(Incident.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("but", "late", "absent"), [(None, 5, 15), (QUICK, 2, 8), (PATIENT, 20, 12)], ids=["shipped", "quick", "patient"]
)
def test_late_and_absent_are_said_from_the_policys_minutes_on(
    but: MappingProxyType[str, str] | None, late: int, absent: int
) -> None:
    cast = make_cast(but=but)
    lesson = book(cast, starts_at=NOON)

    for kind, minutes in ((LATE, late), (ABSENT, absent)):
        with pytest.raises(ClaimTooEarly):
            says(cast, lesson, kind, now=at(minutes - 0.01))
        assert page_of(cast, lesson, cast.sam, now=at(min(late, absent) - 0.01)).can_claim is False
        says(cast, lesson, kind, now=at(minutes))
        page = page_of(cast, lesson, cast.sam, now=at(min(late, absent)))
        assert (page.can_claim, page.late_from, page.absent_from) == (True, at(late), at(absent))


@pytest.mark.parametrize(
    ("but", "minutes"), [(None, 120), (QUICK, 30), (PATIENT, 1440)], ids=["shipped", "quick", "patient"]
)
def test_what_nobody_told_of_is_on_record_after_the_policys_time(
    but: MappingProxyType[str, str] | None, minutes: int
) -> None:
    """A minute before it waits for people, on My Dashboard, the lesson's page and in what both were told."""
    cast = make_cast(but=but)
    lesson = book(cast, starts_at=NOON)
    student_comes(cast, lesson)
    until = END + timedelta(minutes=minutes)

    for now in (END + timedelta(minutes=5), until - timedelta(seconds=1)):
        assert watch_lessons(now=now) == Watched(concluded=0, waiting=1)
        assert (foreseen(cast, now=now), recorded(cast)) == ([until], [])
        assert page_of(cast, lesson, cast.sam, now=now).confirm_until == until
    with in_school(cast.school.pk):
        told = [
            render(one)
            for one in Message.objects.filter(channel="in_app").select_related("school", "recipient__person")
        ]

    assert watch_lessons(now=until) == Watched(concluded=1, waiting=0)
    assert (foreseen(cast, now=until), recorded(cast)) == ([], ["no_show"])
    with pytest.raises(NotUnderWay):
        says(cast, lesson, ABSENT, now=until)
    assert f"{until + timedelta(hours=8):%H:%M}" in told[0].body


def test_the_version_in_force_at_the_start_decides() -> None:
    """It begins three minutes before the version of November is in force (D23)."""
    cast = make_cast(zone="UTC")
    publish(cast.school, from_on=date(2026, 11, 1), now=NOON, but=QUICK)
    starts_at = datetime(2026, 10, 31, 23, 57, tzinfo=UTC)
    before, after = (book(cast, starts_at=at) for at in (starts_at, starts_at + HOUR))
    looks = before.starts_at + 4 * MINUTE, after.starts_at + 2 * MINUTE
    page = page_of(cast, before, cast.sam, now=looks[0])
    assert (page.late_from, page.absent_from) == (starts_at + 5 * MINUTE, starts_at + 15 * MINUTE)

    for lesson, long_after in ((before, 2 * HOUR), (after, HOUR / 2)):
        assert page_of(cast, lesson, cast.sam, now=lesson.ends_at).confirm_until == lesson.ends_at + long_after
    with pytest.raises(ClaimTooEarly):
        says(cast, before, LATE, now=looks[0])
    says(cast, after, LATE, now=looks[1])
    # Said after midnight of the one that began before: of October, in which one waits a quarter of an hour.
    says(cast, before, ABSENT, now=after.ends_at + HOUR / 2)
    assert watch_lessons(now=after.ends_at + HOUR / 2 + MINUTE).waiting == 2


def test_what_is_late_by_the_policy_is_late_on_the_record() -> None:
    """Seven minutes after a waiting student, taught to the end: missed as shipped, taught where ten may pass."""
    found = []
    for slug, but in (("marigold", None), ("larkspur", {"late_minutes = 5 ": "late_minutes = 10 "})):
        cast = make_cast(slug=slug, but=but)
        lesson = book(cast, starts_at=NOON)
        student_comes(cast, lesson)
        here: dict[str, Any] = {"school": cast.school, "actor": cast.tara, "lesson_id": lesson.pk, "door": Door.WEB}
        join_lesson(**here, now=at(7))
        start_lesson(**here, now=at(7))
        found.append(finish_lesson(**here, now=at(49.5)).finding)

    assert found == [Finding.TEACHER_ABSENT, Finding.TAUGHT]


@pytest.mark.parametrize(("but", "minutes"), [(None, 15), (QUICK, 8)], ids=["shipped", "quick"])
def test_the_desk_is_called_when_the_policys_wait_is_over(but: MappingProxyType[str, str] | None, minutes: int) -> None:
    cast = make_cast(but=but)
    student_comes(cast, book(cast, starts_at=NOON))

    assert [watch_lessons(now=at(one)).waiting for one in (minutes - 0.01, minutes)] == [0, 1]


@pytest.mark.parametrize(("but", "kinds"), [(None, []), (QUICK, ["no_show"])], ids=["shipped", "quick"])
def test_only_an_outage_while_one_waits_by_the_policy_leaves_it_to_people(
    but: MappingProxyType[str, str] | None, kinds: list[str]
) -> None:
    """Nobody came, and our pages were away from the ninth minute on."""
    cast = make_cast(but=but)
    book(cast, starts_at=NOON)
    for minute in (*range(-15, 9), *range(20, 60)):
        keep_heartbeat(at=at(minute))

    watch_lessons(now=END + 3 * HOUR)

    assert recorded(cast) == kinds


def test_a_record_at_once_is_made_when_it_is_over_and_never_before_it_can_be_made_up() -> None:
    """`confirm_minutes = 0`; and no page says in between that it waits for the desk."""
    cast = make_cast(but={"confirm_minutes = 120": "confirm_minutes = 0"})
    lesson = book(cast, starts_at=NOON)
    here: dict[str, Any] = {"school": cast.school, "lesson_id": lesson.pk, "door": Door.WEB}
    student_comes(cast, lesson)
    join_lesson(**here, actor=cast.tara, now=at(20))
    start_lesson(**here, actor=cast.tara, now=at(20))

    # What is lost may be made up until 13:10; a sign of life later it is over.
    assert page_of(cast, lesson, cast.sam, now=at(60)).confirm_until == at(72)
    assert [watch_lessons(now=at(one)).concluded for one in (60, 71.9, 72)] == [0, 0, 1]


def test_who_is_absent_before_they_are_late_is_waited_for_no_longer_than_that(client: Client) -> None:
    """`late_minutes` above `wait_minutes` is warned of, and can be meant; the page then names one time."""
    cast = make_cast(but=PATIENT)
    lesson = book(cast, starts_at=clock.now() + 5 * MINUTE)
    sign_in(client, cast.sam.person)

    shown = text_of(client.get(f"/marigold/lessons/{lesson.pk}/").content)

    assert "then you can say that nobody came" in shown
    assert "counts as late" not in shown
