"""The whole story as two new people live it, by clicking: weeks of lessons, and what becomes of each of them.

A teacher opens a week. A student books six lessons over a change of the clocks, moves one, and gives one up too late;
the teacher cancels one for the student and stops another after twelve minutes without a word. Afterwards the pages, the
mails, the calendars that the mails make and the private calendar feeds all have to say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from makegood.domain.lessons.models import LessonStatus
from makegood.domain.people.models import Membership
from tests.browser.conftest import Visit
from tests.browser.looks import DESKTOP, PHONE, Look, Watch
from tests.browser.story_world import (
    CREDITS,
    LENGTH,
    MANILA,
    PASSWORD,
    PLANS,
    WEEKS,
    World,
    clock_of,
    day_of,
    lesson_of_event,
    long_day_of,
    make_world,
    moment_of,
    read,
)
from tests.calendar_reading import read_calendar
from tests.mailbox import Mailbox, mailbox

__all__ = ["mailbox"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What becomes of the lessons, by their weeks; the other two stay as they were booked.
GIVEN_UP_LATE, CUT_SHORT, MOVED, CANCELLED_FOR = range(4)
LATER_BY = timedelta(days=1, minutes=30)
TAUGHT = 12
MINUTE = timedelta(minutes=1)
BEAT = 2 * MINUTE


@dataclass
class Story:
    """The two at their screens: Tara at a desk, Sam with a phone."""

    world: World
    visit: Visit
    tara: Page
    sam: Page

    def __post_init__(self) -> None:
        plan = self.world.plan
        self.starts = [plan.start(week) for week in range(WEEKS)]
        self.moved_to = self.starts[MOVED] + LATER_BY

    def in_zone(self, at: datetime) -> str:
        """When that is for Sam."""
        return moment_of(at, self.world.plan.student_zone)

    def go_home(self) -> None:
        """Both open their first page."""
        for page, path in ((self.tara, "dashboard"), (self.sam, "lessons")):
            page.goto(f"/{self.world.plan.slug}/{path}/")


@pytest.fixture(params=list(PLANS))
def world(request: pytest.FixtureRequest, mailbox: Mailbox, at: Callable[[datetime], None]) -> World:
    return make_world(PLANS[request.param], mailbox=mailbox, stand=at)


@pytest.fixture
def story(world: World, visit: Visit) -> Iterator[Story]:
    """Both have just signed in, with their passwords."""
    tara, of_tara = sign_in(world, visit, world.cast.tara, DESKTOP)
    sam, of_sam = sign_in(world, visit, world.cast.sam, PHONE)
    yield Story(world, visit, tara, sam)
    assert of_tara.complaints == of_sam.complaints == []


def sign_in(world: World, visit: Visit, member: Membership, look: Look) -> tuple[Page, Watch]:
    page, watch = visit("/login/", look=look, is_alone=True, timezone_id=member.person.zone)
    watch.only_listen()
    # Pages say every 45 seconds that somebody is there; the test decides when those have passed.
    page.clock.install(time=world.now)
    page.reload()
    page.get_by_label("E-mail address").fill(member.person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(f"/{world.plan.slug}/(dashboard|lessons)/$"))
    return page, watch


def test_everything_says_the_same_after_weeks_of_lessons(story: Story) -> None:
    open_a_usual_week(story)
    if story.world.plan.preset == "talaera":
        meet_first(story)
    book_weekly(story)
    move_one(story)
    give_one_up_too_late(story)
    cancel_one_for_the_student(story)
    stop_one_after_twelve_minutes(story)
    pages_of_the_teacher_add_up(story)
    pages_of_the_student_add_up(story)
    calendars_and_feeds_agree_with_the_lessons(story)


def open_a_usual_week(story: Story) -> None:
    page, plan = story.tara, story.world.plan
    page.get_by_role("link", name="Teaching Calendar").first.click()
    page.get_by_role("link", name="Edit Default Availability").first.click()
    for weekday in plan.open_days:
        for minute in range(plan.open_from, plan.open_until, 30):
            page.locator(f"label[for='{weekday}~{minute}']").click()
    page.get_by_role("button", name="Save the default week").click()
    expect(page.get_by_text("Saved. Changed in the usual week:")).to_be_visible()


def meet_first(story: Story) -> None:
    """The school wants the two to meet before anything else; the evening before the first lesson they do."""
    page = story.sam
    starts_at = story.starts[0] - timedelta(days=1)
    page.get_by_role("link", name="Book a lesson").first.click()
    page.get_by_role("link", name="Tara Teaches").click()
    expect(page.get_by_text("Your first lesson with Tara Teaches is “Meet your teacher”.")).to_be_visible()
    page.get_by_role("button", name=re.compile(f"^Book .* on {story.in_zone(starts_at)}, your time$")).click()
    page.get_by_role("button", name="Book this lesson").click()
    expect(page.get_by_role("heading", name="Your lesson is booked")).to_be_visible()


def book_weekly(story: Story) -> None:
    page, world, starts = story.sam, story.world, story.starts
    zone = world.plan.student_zone
    page.get_by_role("link", name="Book a lesson").first.click()
    page.get_by_role("link", name="Tara Teaches").first.click()
    page.get_by_role("link", name=re.compile("^Lesson, 50 min")).click()
    page.get_by_role("link", name=day_of(starts[0], zone), exact=True).click()
    page.get_by_role("link", name=f"Every week from {story.in_zone(starts[0])}, your time").click()
    page.get_by_label("Number of weeks").fill(str(WEEKS))
    page.get_by_role("button", name="Show these weeks").click()
    for week, start in enumerate(starts, 1):
        row = page.get_by_role("checkbox", name=f"Week {week}: {moment_of(start, zone)}")
        expect(row).to_be_checked()
        expect(page.locator("li", has=row)).to_contain_text(f"{clock_of(start, MANILA)} to")
    expect(page.get_by_text(f"Lesson credits for the weeks with a tick: {WEEKS}. You have: {CREDITS}.")).to_be_visible()
    page.get_by_role("button", name="Book the weeks with a tick").click()

    expect(page.get_by_role("heading", name="Your weekly lessons are booked")).to_be_visible()
    for member, own, other in ((world.cast.sam, zone, MANILA), (world.cast.tara, MANILA, zone)):
        text = world.find_text(member, "weekly")
        for start in starts:
            day = "" if day_of(start, own) == day_of(start, other) else f"{day_of(start, other)}, "
            assert f"\n{moment_of(start, own)} ({day}{clock_of(start, other)})\n" in text, text


def move_one(story: Story) -> None:
    page, world = story.sam, story.world
    old, new = story.starts[MOVED], story.moved_to
    page.get_by_role("link", name="My lessons").first.click()
    door_of(story, page, "Choose another time", old).click()
    expect(page.locator(".price")).to_have_text("Free")
    page.get_by_role("link", name=day_of(new, world.plan.student_zone), exact=True).click()
    page.get_by_role("button", name=re.compile(f" on {story.in_zone(new)}, your time$")).click()
    expect(page.get_by_role("heading", name="Move your lesson?")).to_be_visible()
    expect(page.locator(".price")).to_have_text("Free")
    page.get_by_role("button", name="Move this lesson, free").click()

    expect(page.get_by_role("heading", name="Your lesson moved")).to_be_visible()
    for member, zone in ((world.cast.sam, world.plan.student_zone), (world.cast.tara, MANILA)):
        text = world.find_text(member, "moved")
        assert moment_of(old, zone) in text, text
        assert moment_of(new, zone) in text, text


def give_one_up_too_late(story: Story) -> None:
    page, world = story.sam, story.world
    start = story.starts[GIVEN_UP_LATE]
    if world.plan.preset == "talaera":
        hold_the_meeting(story)
    world.go_to(datetime(2026, 10, 20, 12, tzinfo=UTC))
    page.get_by_role("link", name="My lessons").first.click()
    door_of(story, page, "Cancel", start).click()
    expect(page.locator(".price")).to_have_text("The lesson is used")
    expect(page.get_by_text("You do not get it back, and Tara Teaches is paid.")).to_be_visible()
    page.get_by_role("button", name="Cancel this lesson, it is used").click()

    free_until = story.in_zone(start - timedelta(days=1))
    expect(
        page.get_by_text(f"The lesson is used, and Tara Teaches is paid: it was free until {free_until}.")
    ).to_be_visible()
    assert f"{story.in_zone(start)}" in world.find_text(world.cast.sam, "it is used")
    told = world.find_text(world.cast.tara, "Sam Studies cancelled")
    assert moment_of(start, MANILA) in told
    assert ("You are paid for it, because it was cancelled late: US$12.00." in told) is world.has_money


def hold_the_meeting(story: Story) -> None:
    """Both stay nearly to the end; the last five minutes are the time that saying goodbye takes."""
    at = story.starts[0] - timedelta(days=1)
    come(story, at)
    stay(story, until=at + 20 * MINUTE)
    story.tara.get_by_role("button", name="Finish").click()
    expect(story.tara.get_by_text("The session is finished and recorded.")).to_be_visible()


def cancel_one_for_the_student(story: Story) -> None:
    """Long before the mark; Sam, who is told, says without signing in that it was not so."""
    page, world = story.tara, story.world
    start = story.starts[CANCELLED_FOR]
    page.get_by_role("link", name="My Dashboard").first.click()
    on = long_day_of(start, MANILA)
    page.get_by_role("link", name=f"cancel session with Sam Studies on {on}").click()
    page.get_by_label("In the chat").check()
    expect(page.get_by_text("You will not be paid for it, and the student gets the lesson back.")).to_be_visible()
    page.get_by_role("button", name="cancel session with Sam Studies").click()
    expect(page.get_by_text("It counts for nothing, and it is not paid.")).to_be_visible()

    text = world.find_text(world.cast.sam, f"Your lesson on {story.in_zone(start)}")
    assert "How you asked, as Tara Teaches recorded it: in the chat" in text
    found = re.search(re.escape(settings.ADDRESS) + r"(/s/\S+/)", text)
    assert found is not None, text
    anybody, watch = story.visit(found.group(1), look=PHONE)
    expect(anybody.get_by_text("Tara Teaches cancelled it and says that you asked for it.")).to_be_visible()
    anybody.get_by_role("button", name="I did not ask for this").click()
    expect(anybody.get_by_role("heading", name="Thank you. The scheduling desk was told.")).to_be_visible()
    assert watch.complaints == []
    assert "how the student asked" in world.find_text(world.cast.desi, "Sam Studies did not ask").lower()


def stop_one_after_twelve_minutes(story: Story) -> None:
    page, world = story.tara, story.world
    start = story.starts[CUT_SHORT]
    come(story, start)
    stay(story, until=start + TAUGHT * MINUTE)
    story.sam.get_by_role("button", name="Leave").click()
    expect(story.sam.get_by_text("You have left.")).to_be_visible()
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("You finished early.")).to_be_visible()

    world.go_to(start + LENGTH + 5 * MINUTE)
    text = world.find_text(world.cast.tara, "ended early and is not recorded yet")
    assert f"Minutes taught: {TAUGHT}." in text
    assert ("The penalty is then US$3.00." in text) is world.has_money
    assert moment_of(start + LENGTH + timedelta(hours=2), MANILA) in text
    story.go_home()
    expect(page.get_by_text("Not recorded yet: session with Sam Studies")).to_be_visible()
    world.go_to(start + LENGTH + timedelta(hours=2, minutes=1))
    assert story.in_zone(start) in world.find_text(world.cast.sam, "ended early")


def come(story: Story, start: datetime) -> None:
    """Both open the lesson a minute before, from their first pages, and the teacher starts on time."""
    story.world.go_to(start - MINUTE)
    story.go_home()
    for page, door in ((story.tara, "Join session"), (story.sam, "Join lesson")):
        page.get_by_role("link", name=door).click()
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_text("You are in the lesson.")).to_be_visible()
    story.world.go_to(start)
    story.tara.get_by_role("button", name="Start").click()
    expect(story.tara.get_by_text("The session is under way.")).to_be_visible()


def stay(story: Story, *, until: datetime) -> None:
    """Both pages stay open, and say so."""
    at = story.world.now + MINUTE
    while at < until:
        story.world.wait_until(at)
        for page in (story.tara, story.sam):
            with page.expect_response(re.compile("/here/$")) as answer:
                page.clock.fast_forward(60_000)
            assert answer.value.status == 204
        at += BEAT
    story.world.wait_until(until)


def pages_of_the_teacher_add_up(story: Story) -> None:
    """Two that the student gave up count for nothing; the one of twelve minutes by the policy, with its reasons."""
    page, world = story.tara, story.world
    story.go_home()
    month, dashboard = read(page.get_by_label("Your month")), read(page.locator("main"))
    when = {week: moment_of(story.starts[week], MANILA) for week in range(WEEKS)}
    if world.has_money:
        assert "Incidents in October 1 of 3 at the first rate" in month, month
        assert "Incidents this week 1 of 2 at the normal price" in month, month
        assert "1 session US$12.00 Penalties −US$3.00 Expected on Sun 15 Nov US$9.00" in month, month
        assert f"Penalty of US$3.00, session of {when[CUT_SHORT]}." in dashboard, dashboard
    else:
        assert "Incidents in the last 6 months Counted now: 0" in month, month
        assert "Needs your attention" not in dashboard, "nothing counts, so there is nothing to prove"
    page.get_by_role("link", name=re.compile("^(Penalties|Cases)$")).first.click()
    cases = read(page.locator("main"))
    assert re.search(f"{when[CANCELLED_FOR]} \\S+ Sam Studies Cancelled at the student's wish", cases), cases
    assert re.search(f"{when[GIVEN_UP_LATE]} \\S+ Sam Studies Cancelled late by the student", cases), cases
    page.get_by_role("link", name=re.compile(f"^{when[CUT_SHORT]}")).click()
    case = read(page.locator("main"))
    assert f"Received Nobody reported it {'Notice Without notice ' if world.has_money else ''}Minutes taught 12" in case
    assert f"Only {TAUGHT} minutes were taught and nobody reported it in lesson time." in case, case
    if not world.has_money:
        assert "It counts for nothing." in case, case
        assert "Send proof" not in case, case
        return
    assert "1 incident counts in the month of this lesson. The rate is US$3.00." in case, case
    expect(page.locator(".price")).to_have_text("US$3.00")
    page.get_by_role("link", name="Its line on the October statement").click()
    statement = read(page.locator("main"))
    lines = [
        "Sessions US$12.00 Wed 21 Oct Sam Studies It did not take place and is paid all the same US$12.00",
        "Penalties −US$3.00 Wed 28 Oct Case",
        "Session with Sam Studies −US$3.00 Expected on Sun 15 Nov US$9.00",
    ]
    assert all(line in statement for line in lines), statement


def pages_of_the_student_add_up(story: Story) -> None:
    """Six credits were used; the one of the late cancellation stays used, two came back."""
    page, world = story.sam, story.world
    zone = world.plan.student_zone
    for week, result in (
        (GIVEN_UP_LATE, "Used: cancelled late"),
        (CUT_SHORT, "Ended early"),
        (CANCELLED_FOR, "You said that you did not ask for this."),
    ):
        row = page.locator("li.sess", has_text=result)
        expect(row).to_have_count(1)
        start = story.starts[week].astimezone(ZoneInfo(zone))
        assert read(row).startswith(f"{start:%-d %b %H:%M} Tara Teaches"), read(row)
    for at in (story.moved_to, *story.starts[CANCELLED_FOR + 1 :]):
        expect(door_of(story, page, "Cancel", at)).to_be_visible()
    left = CREDITS - WEEKS + 2
    expect(page.get_by_text(f"Lesson credits left: {left}.")).to_be_visible()
    page.get_by_role("link", name="Where they come from").click()
    credit_book = read(page.locator("main"))
    for at, words in (
        (story.starts[CUT_SHORT], "Given back, as the lesson was not used"),
        (story.starts[CANCELLED_FOR], "Given back, as the lesson was not used"),
        (story.moved_to, "Used for a lesson"),
        (story.starts[GIVEN_UP_LATE], "Used for a lesson"),
    ):
        assert f"{words}: Tara Teaches, {moment_of(at, zone)} " in credit_book, credit_book
    assert f"{left} lesson credits left" in credit_book


def calendars_and_feeds_agree_with_the_lessons(story: Story) -> None:
    """By their UIDs: what takes place, or took place, and when."""
    world = story.world
    standing = {
        (lesson.pk, lesson.starts_at, lesson.ends_at)
        for lesson in world.list_lessons()
        if lesson.status != LessonStatus.CANCELLED
    }
    planned = [story.moved_to if week == MOVED else start for week, start in enumerate(story.starts)]
    off = {GIVEN_UP_LATE, CANCELLED_FOR}
    starts = [start for week, start in enumerate(planned) if week not in off]
    assert sorted(start for _pk, start, _end in standing)[-len(starts) :] == starts
    for member, page in ((world.cast.tara, story.tara), (world.cast.sam, story.sam)):
        assert {lesson_of_event(event) for event in world.rebuild_calendar(member)} == standing
        feed = read_calendar(fetch_feed(story, page)).events
        assert {lesson_of_event(event) for event in feed if event.status == "CONFIRMED"} == standing
        assert sorted(event.dtstart for event in feed if event.status == "CANCELLED") == [
            planned[week] for week in sorted(off)
        ]


def fetch_feed(story: Story, page: Page) -> bytes:
    """The calendar at the secret address that the person makes on a page."""
    page.goto(f"/{story.world.plan.slug}/notifications/")
    page.get_by_role("button", name="Make an address").click()
    address = page.get_by_label("Address").input_value()
    assert address.startswith(settings.ADDRESS)
    return bytes(Client().get(address.removeprefix(settings.ADDRESS)).content)


def door_of(story: Story, page: Page, words: str, start: datetime) -> Locator:
    """The link of a lesson of the student that begins with these words."""
    zone = story.world.plan.student_zone
    on = f"{long_day_of(start, zone)}, {clock_of(start, zone)}"
    return page.get_by_role("link", name=re.compile(f"^{words} (for )?the lesson with Tara Teaches on {on}$"))
