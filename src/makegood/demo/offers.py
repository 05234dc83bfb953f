"""What the demo schools offer, pay and ask of a booking, set by their owners."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from makegood.actions.set_lesson_type import set_lesson_type
from makegood.actions.set_pay_rate import set_pay_rate
from makegood.actions.set_video_link import set_own_video_link, set_video_link
from makegood.demo.lessons import pay_minor_of
from makegood.demo.people import DemoPeople
from makegood.demo.schools import LARKSPUR, MARIGOLD, DemoSchool
from makegood.domain.availability import operations
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.operations import Made
from makegood.domain.lessons import video_links
from makegood.domain.lessons.offering import Offer
from makegood.domain.people.models import Membership, Role
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.quantities import Money

_FORMS: Final = uuid.UUID("0d3d5d0a-1d3c-4a58-8b39-5f4a6a1f0b52")

OFFERS: Final[Mapping[str, Sequence[Offer]]] = {
    MARIGOLD.slug: (
        Offer(code="meet_your_teacher", name="Meet your teacher", minutes=(25,), credits=0, is_first=True),
        Offer(code="regular", name="Conversation", minutes=(25, 50)),
        Offer(code="young_learners", name="Young learners", minutes=(25,)),
        Offer(code="speaking_test", name="Speaking test practice", minutes=(50,), credits=2),
        # The desk books it before it recommends a course.
        Offer(code="level_check", name="Level check", minutes=(15,), credits=0, is_offered=False),
    ),
    LARKSPUR.slug: (
        Offer(code="meet_your_teacher", name="Meet your teacher", minutes=(30,), credits=0, is_first=True),
        Offer(code="regular", name="Business English", minutes=(45, 60)),
        Offer(code="presentation", name="Presentation rehearsal", minutes=(60, 90)),
        Offer(code="text_review", name="Text review", minutes=(30, 45)),
    ),
}
# Marigold sells lesson credits. At Larkspur students meet a teacher first; its customers are companies, so the desk
# looks at what their people book, and series run for as long as a contract: in the longest half-year between two
# changes of the clock, beyond the next one.
RULES: Final[Mapping[str, BookingRuleSet]] = {
    MARIGOLD.slug: BookingRuleSet(
        requires_credits=True, horizon_days=90, probation_days=30, minimum_notice_minutes=360
    ),
    LARKSPUR.slug: BookingRuleSet(
        needs_approval=True,
        first_meeting_required=True,
        horizon_days=250,
        buffer_minutes=15,
        slot_minutes=15,
        max_lessons_per_day=6,
        freshness_pause_days=60,
    ),
}
# What a lesson of a type and length pays, in cents, to whoever has no rate of their own.
_GENERAL_RATES: Final = {
    ("meet_your_teacher", 25): 220,
    ("regular", 25): 240,
    ("regular", 50): 480,
    ("young_learners", 25): 260,
    ("speaking_test", 50): 560,
    ("level_check", 15): 150,
}
# One teacher in so many prepares for tests and is paid more for it.
_EXAMINER_ONE_IN: Final = 5
_EXAMINER_MINOR: Final = 640


def open_for_booking(
    *, demo: DemoSchool, people: DemoPeople, school: School, members: Mapping[str, Membership], at: datetime
) -> None:
    """Set the school's lesson types, rules, pay rates and video links at `at`. Runs in the school's transaction."""
    owner = next(members[person.code] for person in people.staff if Role.OWNER in person.roles)
    for offer in OFFERS[demo.slug]:
        set_lesson_type(school=school, actor=owner, offer=offer, door=Door.WEB, now=at)
    set_video_link(
        school=school, actor=owner, link=f"https://video.example/{demo.slug}/{video_links.ROOM}", door=Door.WEB, now=at
    )
    # Somebody without a sign-in, so that whoever looks around meets the school's rooms first; small demos have none.
    for teacher in [one for one in people.teachers if not one.is_sign_in][:1]:
        link = f"https://rooms.example/{teacher.code}"
        set_own_video_link(school=school, actor=members[teacher.code], link=link, door=Door.WEB, now=at)
    made = Made(at=at, by_id=owner.person_id, door=Door.WEB, request_id=uuid.uuid5(_FORMS, f"rules of {demo.slug}"))
    # The verb would also write calendar weeks, which are written once everything that is in them is there.
    operations.set_rules(school_id=school.pk, rules=RULES[demo.slug], made=made)
    timeline.record(
        school_id=school.pk,
        kind=EventKind.BOOKING_RULES_SET,
        at=at,
        door=Door.WEB,
        actor_id=owner.person_id,
        values={},
    )
    if demo.currency is not None:
        _set_rates(demo, people, school, members, owner, demo.currency, at)


def _set_rates(
    demo: DemoSchool,
    people: DemoPeople,
    school: School,
    members: Mapping[str, Membership],
    owner: Membership,
    currency: str,
    at: datetime,
) -> None:
    rates: dict[tuple[int | None, str, int], int] = {
        (None, lesson_type, minutes): minor for (lesson_type, minutes), minor in _GENERAL_RATES.items()
    }
    for place, person in enumerate(people.teachers):
        teacher_id = members[person.code].pk
        for minutes in sorted(set(demo.lesson_minutes)):
            rates[teacher_id, "regular", minutes] = pay_minor_of(demo, person, minutes) or 0
        if place % _EXAMINER_ONE_IN == 0:
            rates[teacher_id, "speaking_test", 50] = _EXAMINER_MINOR
    for (rate_of, lesson_type, minutes), minor in rates.items():
        set_pay_rate(
            school=school,
            actor=owner,
            teacher_id=rate_of,
            lesson_type=lesson_type,
            minutes=minutes,
            amount=Money(minor, currency),
            door=Door.WEB,
            now=at,
        )
