"""What tests of the reminders of lesson credits start from: when these credits end, and what Sam was told."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Final

from makegood.actions.remind_of_credits import remind_of_credits
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.notifications.models import Message
from makegood.domain.people.models import Membership
from makegood.domain.schools.context import in_school
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.models import Event
from tests.bookings import open_mornings, set_rules
from tests.cast import Cast, make_cast

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# The first day without them, in Manila: it begins at 16:00 UTC of the day before, 11:00 in New York, where Sam lives.
ENDS_ON: Final = date(2026, 12, 20)
END: Final = datetime(2026, 12, 19, 16, tzinfo=UTC)
# Nine in Manila, 14 and 3 days before 19 December.
FIRST: Final = datetime(2026, 12, 5, 1, tzinfo=UTC)
SECOND: Final = datetime(2026, 12, 16, 1, tzinfo=UTC)
# Nine in Manila, on a Tuesday before and a Tuesday after the end.
BEFORE_THE_END: Final = datetime(2026, 12, 8, 1, tzinfo=UTC)
AFTER_THE_END: Final = datetime(2026, 12, 22, 1, tzinfo=UTC)


def make_cast_with_credits() -> Cast:
    """Tara is open on weekday mornings; a lesson takes a credit."""
    made = make_cast()
    open_mornings(made)
    set_rules(made, requires_credits=True, horizon_days=60)
    return made


def remind(cast: Cast, at: datetime) -> int:
    return remind_of_credits(school=cast.school, now=at)


def told(cast: Cast, member: Membership | None = None) -> list[tuple[datetime, int, int]]:
    """When, of how many, and of how many in all the member (Sam) was told in the app."""
    with in_school(cast.school.pk):
        rows = Message.objects.filter(kind="credits_expiring", channel="in_app", recipient=member or cast.sam)
        return [(row.created_at, row.values["count"], row.values["left"]) for row in rows.order_by("pk")]


def count_events(cast: Cast) -> int:
    with in_school(cast.school.pk):
        return Event.objects.filter(kind="credits_reminded").count()


def give_credits_at(cast: Cast, at: datetime) -> None:
    """Two credits that end on the same day, given later."""
    with in_school(cast.school.pk):
        lesson_credits.grant(
            school_id=cast.school.pk,
            new=lesson_credits.NewGrant(
                student_id=cast.sam.pk, credits=2, expires_on=ENDS_ON, reason="", granted_by_id=None, door=Door.WEB,
                request_id=uuid.uuid4(),
            ),
            month_on=date(2026, 12, 1),
            now=at,
        )  # fmt: skip
