"""Remind students of lesson credits that nobody used, two weeks and three days before the last day of these."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from makegood.actions.one_by_one import one_by_one
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability import expansion
from makegood.domain.ledger import credits as lesson_credits
from makegood.domain.ledger import credits_ending
from makegood.domain.ledger.credits_ending import Ending
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.models import Channel
from makegood.domain.notifications.operations import Announcement
from makegood.domain.notifications.queries import list_known_effects
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, lock_member
from makegood.domain.schools.days import today_in
from makegood.domain.schools.models import School
from makegood.domain.timeline import operations as timeline
from makegood.domain.timeline.doors import Door
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value

# The nearest first, as it is the one that is said when several are due.
DAYS_BEFORE: Final = (3, 14)
# In the morning on the school's clock: as its days begin, a mail would come to people who sleep.
_FROM_MINUTE: Final = 9 * 60
# Who was given the credits so shortly before the reminder is due was told then until when they can be used.
FRESH: Final = timedelta(days=1)
_DAY: Final = timedelta(days=1)


def remind_of_credits(*, school: School, now: datetime) -> int:
    """Tell students what of their credits ends soon, by its last day; each once for each of `DAYS_BEFORE`.

    However late the job comes, what is due and was not told is told until the credits end, the nearest of them alone.
    What a lesson that is booked took is used, so nothing is said of it. Returns how many reminders that were.
    """
    due = in_one_transaction(school.pk, partial(_list_due, school, now))
    return sum(
        one_by_one(
            (
                f"student {student_id} of school {school.slug}",
                partial(in_one_transaction, school.pk, partial(_remind, school, student_id, expires_on, days, now)),
            )
            for expires_on, days, student_id in due
        )
    )


def _list_due(school: School, now: datetime) -> Sequence[tuple[date, int, int]]:
    """The first day without the credits, how many days before the last one the reminder is, and the student."""
    today_on = today_in(school=school, now=now)
    students = credits_ending.list_students_by_end(
        school_id=school.pk, after_on=today_on, until_on=today_on + (max(DAYS_BEFORE) + 1) * _DAY
    )
    found = []
    for expires_on, student_ids in students.items():
        days = next((days for days in DAYS_BEFORE if _due_at(school, expires_on, days) <= now), None)
        if days is None:
            continue
        keys = {_key(one, expires_on, days): one for one in student_ids}
        told = list_known_effects(school_id=school.pk, effect_keys=keys.keys())
        untold = [student_id for key, student_id in keys.items() if key not in told]
        endings = credits_ending.find_endings(school=school, student_ids=untold, expires_on=expires_on)
        due_at = _due_at(school, expires_on, days)
        found += [(expires_on, days, one) for one, ending in endings.items() if not _is_fresh(ending, due_at)]
    return found


def _remind(school: School, student_id: int, expires_on: date, days: int, now: datetime) -> int:
    """Look again at the student, locked, as whoever uses their credits is; then tell them."""
    student = lock_member(school_id=school.pk, membership_id=student_id)
    if not holds_role(school_id=school.pk, membership_id=student_id, roles=(Role.STUDENT,)):
        return 0
    if list_known_effects(school_id=school.pk, effect_keys=[_key(student_id, expires_on, days)]):
        return 0
    ending = credits_ending.find_endings(school=school, student_ids=[student_id], expires_on=expires_on).get(student_id)
    if ending is None or _is_fresh(ending, _due_at(school, expires_on, days)):
        return 0
    event = timeline.record(
        school_id=school.pk,
        kind=EventKind.CREDITS_REMINDED,
        at=now,
        door=Door.JOB,
        actor_id=None,
        on_behalf_of_id=student_id,
        values={"student": student.display_name, "count": ending.credits},
    )
    announcement = Announcement(
        recipient_id=student_id,
        kind=MessageKind.CREDITS_EXPIRING,
        values=_values(school, student, ending, expires_on, now),
        effect=_effect(student_id, expires_on, days),
    )
    notifications.announce(event=event, announcements=[announcement], now=now)
    return 1


def _values(school: School, student: Membership, ending: Ending, expires_on: date, now: datetime) -> dict[str, Value]:
    """The day by which to use them is the last whole one on the student's own clock, or today where that is over."""
    valid_until, zone = credits_ending.ends_at(school=school, expires_on=expires_on), ZoneInfo(student.person.zone)
    return {
        "count": ending.credits,
        "left": lesson_credits.count_left(school_id=school.pk, student_id=student.pk, now=now),
        "until_on": max(valid_until.astimezone(zone).date() - _DAY, now.astimezone(zone).date()),
        "valid_until": valid_until,
        "link": f"/{school.slug}/book/",
    }


def _due_at(school: School, expires_on: date, days: int) -> datetime:
    """In the morning of the day that is so many days before the last one with the credits."""
    return expansion.start_at(day=expires_on - (days + 1) * _DAY, minute=_FROM_MINUTE, zone=school.zone)


def _is_fresh(ending: Ending, due_at: datetime) -> bool:
    return ending.given_at > due_at - FRESH


def _effect(student_id: int, expires_on: date, days: int) -> str:
    return f"credits-{student_id}-{expires_on}-{days}"


def _key(student_id: int, expires_on: date, days: int) -> str:
    """In the app there always is one."""
    return notifications.effect_key(
        effect=_effect(student_id, expires_on, days),
        kind=MessageKind.CREDITS_EXPIRING,
        recipient_id=student_id,
        channel=Channel.IN_APP,
    )
