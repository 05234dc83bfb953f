"""Invented values for the style guide: the prototype's Tuesday in Manila."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation import gettext as _

from makegood.quantities import Interval, Money, Share
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence
from makegood.web.parts import components as c
from makegood.web.parts.navigation import Section

NOW: Final = datetime(2026, 11, 24, 6, 12, tzinfo=UTC)
ZONE: Final = ZoneInfo("Asia/Manila")
SCHOOL: Final = SimpleNamespace(
    slug="marigold",
    name="Marigold Languages",
    desk_phone="+63 2 5550 0101",
    support_email="support@marigold.example",
    emergency_phone="+63 2 5550 0100",
)
EDGE: Final = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
PROOF_UNTIL: Final = datetime(2026, 12, 1, 16, tzinfo=UTC)
START: Final = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


def usd(amount_minor: int) -> Money:
    """US dollars."""
    return Money(amount_minor, "USD")


def signed_in(request: HttpRequest) -> SimpleNamespace:
    """A request of Maria's, so far as the frame asks."""
    person = SimpleNamespace(is_authenticated=True, get_full_name="Maria Santos", email="maria@marigold.example")
    return SimpleNamespace(user=person, GET=request.GET, META=request.META)


def sections() -> list[Section]:
    """A teacher's sidebar."""
    return [
        Section("/design/dashboard/", _("My Dashboard"), "home", True, False, True),
        Section("/design/", _("Students"), "people", True, False, False),
        Section("/design/emergency/", _("Penalties"), "scales", False, False, False, 1),
        Section("/design/case/", _("Statements"), "coins", True, False, False),
        Section("/design/", _("Penalty policy"), "doc", False, True, False),
    ]


def switches() -> list[SimpleNamespace]:
    """Two schools."""
    return [
        SimpleNamespace(url="#here", school="Marigold Languages", role=_("Teacher"), is_current=True),
        SimpleNamespace(url="#there", school="Larkspur Business English", role=_("Scheduling desk"), is_current=False),
    ]


def _lesson(
    start: datetime, minutes: int, name: str, zone: str, about: str, *, can_cancel: bool = False
) -> c.LessonRow:
    return c.LessonRow(
        interval=Interval(start, start + timedelta(minutes=minutes)),
        other_name=name,
        other_zone=zone,
        other_role="student",
        about=about,
        cancel_url="#cancel" if can_cancel else "",
        cancel_until=start - timedelta(hours=24) if can_cancel else None,
        report_url="" if can_cancel else "/design/emergency/",
        report_note=_("Starts within 24 hours"),
    )


def next_lesson() -> c.LessonRow:
    """Kenji at half past three."""
    return c.LessonRow(
        interval=Interval(START, START + timedelta(minutes=50)),
        other_name="Kenji Arai",
        other_zone="Asia/Tokyo",
        other_role="student",
        about="Business English B2",
        join_url="#join",
        report_url="/design/emergency/",
    )


def days() -> list[c.LessonDay]:
    """Three days with lessons; Dana's is on another date at home."""
    return [
        c.LessonDay(
            date(2026, 11, 24),
            [
                _lesson(datetime(2026, 11, 24, 11, tzinfo=UTC), 50, "Léa Martin", "Europe/Paris", "Conversation A2"),
                _lesson(
                    datetime(2026, 11, 24, 12, 30, tzinfo=UTC), 25, "عمر حداد", "Asia/Riyadh", "Interview practice"
                ),
            ],
        ),
        c.LessonDay(
            date(2026, 11, 26),
            [
                _lesson(
                    datetime(2026, 11, 26, 8, tzinfo=UTC),
                    50,
                    "Léa Martin",
                    "Europe/Paris",
                    "Conversation A2",
                    can_cancel=True,
                )
            ],
        ),
        c.LessonDay(
            date(2026, 11, 27),
            [
                _lesson(
                    datetime(2026, 11, 26, 23, tzinfo=UTC),
                    50,
                    "Dana Brooks",
                    "America/New_York",
                    "Grammar clinic B1",
                    can_cancel=True,
                )
            ],
        ),
    ]


def attention() -> list[c.Attention]:
    """A penalty that may still be disputed."""
    return [
        c.Attention(
            title=Sentence("Penalty of {amount}, {day}.", {"amount": usd(100), "day": date(2026, 11, 23)}),
            reason=_("Reported 35 min before the session: “With notice” rate."),
            deadline=datetime(2026, 11, 30, 16, tzinfo=UTC),
            deadline_label=_("left to send proof"),
            worked_out_url="/design/case/",
            actions=[c.Link("/design/case/", _("Open the case"), "doc")],
        )
    ]


def counter() -> c.Counter:
    """Two of three in November."""
    return c.Counter(
        title=_("Incidents in November"),
        used=2,
        of=3,
        headline=_("2 of 3 at the first rate"),
        text=_("A 4th moves all of them to the higher rate and pauses your account for 7 days. Resets on 1 December."),
        lines=[c.KeyValue(_("Penalties so far"), usd(130)), c.KeyValue(_("This week (double after 2)"), 1)],
    )


def month_so_far() -> list[c.KeyValue]:
    """November's statement in three lines."""
    return [
        c.KeyValue(_("34 sessions taught"), usd(40800)),
        c.KeyValue(_("Penalties"), usd(-130)),
        c.KeyValue(_("Share of sessions taught"), Share(9643)),
        c.KeyValue(_("Expected on 15 December"), usd(40670), is_sum=True),
    ]


def situations() -> list[c.Situation]:
    """The second one fits."""
    return [
        c.Situation(number=1, fits=False, is_chosen=False, aside=_("Opens at the start of the session")),
        c.Situation(number=2, fits=True, is_chosen=True, price=usd(30), price_until=EDGE),
        c.Situation(number=3, fits=False, is_chosen=False, aside=_("Not this session: it starts today")),
    ]


def steps() -> list[Step]:
    """Three rules' turns."""
    return [
        Step(
            "notice_bands",
            "Rule 2.A",
            Sentence(
                "Reported {reported_at}; the session starts {starts_at}: the “{band}” rate is {rate}.",
                {"reported_at": NOW, "starts_at": START, "band": "Advance notice", "rate": usd(30)},
            ),
            0,
            30,
        ),
        Step(
            "month_tier",
            "Rule 2",
            Sentence(
                "It is the only cancellation this month.",
                {"count": 3},
                plural="It is number {count} this month, so the first rate applies.",
                count="count",
            ),
            30,
            30,
        ),
        Step("week", "Case 1", Sentence("It is number {count} this week: no doubling.", {"count": 2}), 30, 30),
    ]


def worked_out() -> c.WorkedOut:
    """The steps with their version and quote."""
    return c.WorkedOut(
        steps=steps(),
        currency="USD",
        zone="Asia/Manila",
        formula="0.30 × 1 = US$0.30",
        version=7,
        in_force_from=date(2026, 10, 1),
        reference="Q-7F3K-22",
        held_until=EDGE,
    )


def panels() -> list[c.PricePanel]:
    """A panel for each situation."""
    rungs = [
        c.Rung(starts_at=None, ends_at=EDGE, price=usd(30), label=_("Advance notice.")),
        c.Rung(starts_at=EDGE, ends_at=START, price=usd(100), label=_("With notice, under 1 hour before")),
        c.Rung(starts_at=START, ends_at=None, price=usd(300), label=_("Without notice, late or not reported")),
    ]
    return [
        c.PricePanel(
            number=1,
            price=usd(30),
            price_label=_("penalty, if you report now"),
            rungs=rungs,
            notice_title=_("Situation 1 opens when the session starts."),
            notice_text=_("If you already know you cannot teach, choose Situation 2: it costs less to tell us now."),
        ),
        c.PricePanel(
            number=2,
            price=usd(30),
            price_label=_("penalty, at the “Advance notice” rate"),
            lines=[
                c.KeyValue(_("Session pay you will not receive"), usd(1200)),
                c.KeyValue(_("Penalty if your proof is accepted"), usd(0)),
            ],
            rungs=rungs,
            counter=c.Counter(
                title="", used=2, of=3, new=1, headline=_("This is your 3rd of 3 at the first rate in November.")
            ),
            threshold_title=Sentence("A 4th in November would add at least {amount}", {"amount": usd(340)}),
            threshold_text=_("and pause your account for 7 days. The first three move to the higher rate."),
            worked_out=worked_out(),
            submit=Sentence("Report emergency, penalty {amount}", {"amount": usd(30)}),
            keep_url="/design/dashboard/",
            after=Sentence(
                "Next: {name} is told at once. You have until {deadline} to send proof.",
                {"name": "Kenji", "deadline": datetime(2026, 12, 1, 15, 59, tzinfo=UTC)},
            ),
        ),
        c.PricePanel(
            number=3,
            price=None,
            price_label="",
            notice_title=_("This session starts in less than 24 hours,"),
            notice_text=_("so Situation 3 does not fit it. Choose Situation 2, or pick another session."),
        ),
    ]


def moments() -> list[c.Moment]:
    """What happened and what comes."""
    return [
        c.Moment(at=NOW, title=_("Kenji was told"), text=_("By e-mail and in the app.")),
        c.Moment(
            at=None,
            title=Sentence("Send proof by {deadline}", {"deadline": datetime(2026, 12, 1, 15, 59, tzinfo=UTC)}),
            text=_("if this was outside your control."),
            is_done=False,
        ),
        c.Moment(
            at=None,
            title=_("The penalty stands on the statement"),
            text=_("If proof is accepted, it is lowered or taken off."),
            is_done=False,
        ),
    ]


def statement() -> c.Statement:
    """Pay and penalties."""
    return c.Statement(
        caption=_("November 2026"),
        groups=[
            c.StatementGroup(
                title=_("Sessions taught"),
                total=usd(2400),
                lines=[
                    c.StatementLine(
                        on=date(2026, 11, 3),
                        title=_student("Léa Martin"),
                        amount=usd(1200),
                        url="#a",
                        note=_student("Conversation A2"),
                    ),
                    c.StatementLine(on=date(2026, 11, 5), title=_student("Kenji Arai"), amount=usd(1200), url="#b"),
                ],
            ),
            c.StatementGroup(
                title=_("Penalties"),
                total=usd(-130),
                lines=[
                    c.StatementLine(
                        on=date(2026, 11, 10), title=_("Advance notice, 1 this month"), amount=usd(-30), url="#d"
                    ),
                    c.StatementLine(
                        on=date(2026, 11, 23),
                        title=_("With notice, 2 this month"),
                        amount=usd(-100),
                        url="#e",
                        held=_("In dispute, not deducted yet"),
                    ),
                ],
            ),
        ],
        total_label=_("Expected on 15 December"),
        total=usd(2270),
    )


def _student(name: str) -> Sentence:
    return Sentence("{name}", {"name": name})


def filters() -> list[c.Filter]:
    """A choice and a search."""
    return [
        c.Filter(
            name="state",
            label=_("State"),
            choices=[c.Choice(value="open", label=_("Open"), is_chosen=True), c.Choice(value="all", label=_("All"))],
        ),
        c.Filter(name="q", label=_("Teacher")),
    ]
