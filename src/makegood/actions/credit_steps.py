"""What giving, importing and taking back lesson credits have in common. Shared by the verbs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop

from makegood.domain.availability import expansion
from makegood.domain.notifications.kinds import MessageKind, Side
from makegood.domain.notifications.operations import Announcement, announce
from makegood.domain.schools.models import School
from makegood.domain.timeline.models import Event
from makegood.refusal import Refusal
from makegood.rules.sentences import Value

MOST_CREDITS: Final = 1000


class OwnCredits(Refusal):
    """Nobody gives themself credits."""

    code = "own_credits"
    sentence = gettext_noop("Nobody gives lesson credits to themself. Somebody else of the desk has to do this.")


def tell_of_credits(
    *, school: School, event: Event, student_id: int, count: int, expires_on: date | None, left: int, now: datetime
) -> None:
    """Tell the student what was added, how many there are now, and until when; once per event."""
    values: dict[str, Value] = {"count": count, "left": left, "side": Side.STUDENT.value}
    if expires_on is not None:
        values["valid_until"] = expansion.start_at(day=expires_on, minute=0, zone=school.zone)
    announcement = Announcement(recipient_id=student_id, kind=MessageKind.CREDITS_ADDED, values=values)
    announce(event=event, announcements=[announcement], now=now)


def tell_of_taking_back(
    *, school: School, event: Event, student_id: int, count: int, left: int, reason: str, now: datetime
) -> None:
    """Tell the student what was taken back, why, how many are left, and whom to ask; once per event."""
    values: dict[str, Value] = {
        "count": count, "left": left, "side": Side.STUDENT.value, "desk_email": school.desk_email,
    }  # fmt: skip
    if reason:
        values["reason"] = reason
    announcement = Announcement(recipient_id=student_id, kind=MessageKind.CREDITS_TAKEN_BACK, values=values)
    announce(event=event, announcements=[announcement], now=now)


def tell_of_expiry(
    *, school: School, event: Event, student_id: int, count: int, ends: Collection[date], left: int, now: datetime
) -> None:
    """Tell the student what expired, and how many are left; since when, where all ended on one day; once per event."""
    values: dict[str, Value] = {"count": count, "left": left, "side": Side.STUDENT.value}
    if len(ends) == 1:
        (expires_on,) = ends
        values["valid_until"] = expansion.start_at(day=expires_on, minute=0, zone=school.zone)
    announcement = Announcement(recipient_id=student_id, kind=MessageKind.CREDITS_EXPIRED, values=values)
    announce(event=event, announcements=[announcement], now=now)
