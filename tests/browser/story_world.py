"""What the whole story needs around its pages: a school, its clock with the jobs of each minute, and people's mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from ical.event import Event
from playwright.sync_api import Locator

from makegood.actions.lapsing import sweep_lapsed
from makegood.actions.remind import remind
from makegood.actions.send_message import send_message
from makegood.actions.set_pay_rate import set_pay_rate
from makegood.actions.watch_lessons import watch_lessons
from makegood.domain.lessons.models import Lesson
from makegood.domain.notifications.models import Channel, Message
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.presets import preset_booking_rules
from makegood.quantities import Money
from tests.calendar_reading import CalendarProgram
from tests.cast import Cast, make_cast
from tests.mailbox import Mailbox, plain_text
from tests.moves import NOW, give_credits, set_rules

PASSWORD = "a sentence that nobody guesses"
MANILA = "Asia/Manila"
CREDITS = 10
WEEKS = 6
LENGTH = timedelta(minutes=50)
_WEEK = timedelta(days=7)
_PAY = Money(1200, "USD")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Which school, and when: six lessons a week apart, at `wall` where the student lives, whose clock changes.

    The teacher opens `open_days` (0: Monday) of the usual week from minute `open_from` to `open_until` in Manila.
    """

    preset: str
    slug: str
    school_zone: str
    student_zone: str
    first_on: date
    wall: time
    open_days: tuple[int, ...]
    open_from: int
    open_until: int

    def start(self, week: int) -> datetime:
        """When the lesson of that week (the first is 0) starts, worked out without the product."""
        on = self.first_on + week * _WEEK
        return datetime.combine(on, self.wall, ZoneInfo(self.student_zone)).astimezone(UTC)


PLANS = {
    # The clocks of Berlin go back between the first and the second lesson.
    "25hoon": Plan(
        preset="25hoon",
        slug="marigold",
        school_zone=MANILA,
        student_zone="Europe/Berlin",
        first_on=date(2026, 10, 21),
        wall=time(9),
        open_days=(2, 3),
        open_from=15 * 60,
        open_until=18 * 60,
    ),
    # Those of New York between the second and the third; lessons are on the next day in Manila.
    "talaera": Plan(
        preset="talaera",
        slug="larkspur",
        school_zone="Europe/Berlin",
        student_zone="America/New_York",
        first_on=date(2026, 10, 20),
        wall=time(20),
        open_days=(1, 2, 3),
        open_from=8 * 60,
        open_until=11 * 60,
    ),
}


@dataclass(kw_only=True)
class World:
    """A school on a Monday in October: Tara, who has opened nothing yet, and Sam, who has lesson credits."""

    plan: Plan
    cast: Cast
    mailbox: Mailbox
    stand: Callable[[datetime], None]
    now: datetime = NOW
    _sent: set[int] = field(default_factory=set)

    @property
    def has_money(self) -> bool:
        """Whether the school pays its teachers here."""
        return self.cast.school.pays_teachers

    def go_to(self, at: datetime) -> None:
        """Let the time pass until then; what the worker does every minute is done once, and the mail goes out."""
        self.wait_until(at)
        sweep_lapsed(school=self.cast.school, now=at)
        remind(now=at)
        watch_lessons(now=at)
        self.post()

    def wait_until(self, at: datetime) -> None:
        """Let minutes pass in which the worker finds nothing to do."""
        assert at >= self.now, "time does not go back"
        self.now = at
        self.stand(at)

    def post(self) -> None:
        """The worker sends what may leave the house by now."""
        with in_school(self.cast.school.pk):
            mails = Message.objects.filter(channel=Channel.EMAIL, sent_at=None, dropped_at=None)
            due = mails.filter(Q(send_after=None) | Q(send_after__lte=self.now)).order_by("pk")
            found = list(due.values_list("pk", flat=True))
        for message_id in found:
            send_message(school_id=self.cast.school.pk, message_id=message_id, now=self.now)

    def mails_to(self, member: Membership) -> list[EmailMessage]:
        """Every mail that reached this person, in order."""
        self.post()
        return [mail for mail in self.mailbox.mails if member.person.email in str(mail["To"])]

    def find_text(self, member: Membership, subject: str) -> str:
        """The text of the one mail to this person whose subject holds these words."""
        found = [mail for mail in self.mails_to(member) if subject in str(mail["Subject"])]
        assert len(found) == 1, [str(mail["Subject"]) for mail in self.mails_to(member)]
        return plain_text(found[0]).replace("\r\n", "\n")

    def list_lessons(self) -> list[Lesson]:
        """All lessons that were ever booked, as they stand."""
        with in_school(self.cast.school.pk):
            return list(Lesson.objects.filter(keeps_time_for=None).order_by("starts_at", "pk"))

    def rebuild_calendar(self, member: Membership) -> Iterable[Event]:
        """What a calendar program holds after all files that were mailed to this person."""
        program = CalendarProgram()
        for mail in self.mails_to(member):
            for part in mail.walk():
                if part.get_content_type() == "application/ics":
                    program.receive(bytes(part.get_payload(decode=True)))  # type: ignore[arg-type]
        return program.events


def make_world(plan: Plan, *, mailbox: Mailbox, stand: Callable[[datetime], None]) -> World:
    """The school as its owner and the desk left it: rules of its kind, a rate of pay, people who can sign in."""
    stand(NOW)
    cast = make_cast(slug=plan.slug, preset=plan.preset, zone=plan.school_zone)
    set_rules(cast, requires_credits=True, **preset_booking_rules(plan.preset))
    if cast.school.pays_teachers:
        set_pay_rate(
            school=cast.school, actor=cast.owen, teacher_id=None, lesson_type="regular", minutes=50, amount=_PAY,
            door=Door.WEB, now=NOW,
        )  # fmt: skip
    give_credits(cast, CREDITS)
    for member in (cast.tara, cast.sam):
        member.person.set_password(PASSWORD)
        member.person.save(update_fields=["password"])
    cast.sam.person.zone = plan.student_zone
    cast.sam.person.save(update_fields=["zone"])
    return World(plan=plan, cast=cast, mailbox=mailbox, stand=stand)


def clock_of(at: datetime, zone: str) -> str:
    """The time there, such as `09:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def day_of(at: datetime, zone: str) -> str:
    """The day there, such as `Wed 4 Nov`."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %-d %b}"


def long_day_of(at: datetime, zone: str) -> str:
    """The day there, such as `Wednesday 4 November`."""
    return f"{at.astimezone(ZoneInfo(zone)):%A %-d %B}"


def moment_of(at: datetime, zone: str) -> str:
    """Day and time there, such as `Wed 4 Nov, 09:30`."""
    return f"{day_of(at, zone)}, {clock_of(at, zone)}"


def lesson_of_event(event: Event) -> tuple[int, Any, Any]:
    """The lesson of an event, its start and its end."""
    return int(str(event.uid).partition("@")[0].rpartition("-")[2]), event.dtstart, event.dtend


def read(part: Locator) -> str:
    """What one reads there, without the lines it is set in."""
    return " ".join(part.inner_text().split())
