"""Warn teachers whose calendar is open for too little, and pause matching where it stays so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from makegood.actions.one_by_one import one_by_one
from makegood.actions.openness_messages import Happened, contacts_of, tell_teacher
from makegood.actions.transactions import in_one_transaction
from makegood.domain.availability import openness
from makegood.domain.availability.freshness import Freshness
from makegood.domain.availability.openness import PAUSE_DAY, Openness, Step
from makegood.domain.availability.queries import get_rules
from makegood.domain.notifications import operations as notifications
from makegood.domain.notifications.kinds import MessageKind
from makegood.domain.notifications.models import Channel
from makegood.domain.notifications.queries import list_known_effects
from makegood.domain.notifications.warning_times import warned_from
from makegood.domain.notifications.wishes import list_wishes
from makegood.domain.people.models import Membership, Role
from makegood.domain.people.roster import holds_role, list_with_role, lock_member
from makegood.domain.schools.models import School
from makegood.domain.timeline.kinds import EventKind
from makegood.rules.sentences import Value


def watch_calendars(*, school: School, now: datetime) -> Sequence[Step]:
    """Take the step that is due for each teacher, each in a transaction of its own. Returns what was done.

    In this order: a teacher is told in the last week before too little will be open; warned when it is, but not in
    their quiet hours, in which the warning would wait while the time to open more ran; and when it has stayed so
    without a break for the hours of the booking rules since that warning, in which our own pages answered, matching
    pauses from then on. Who comes late, twice, or beside another finds what was written before: nothing is dated back.
    In a school whose rules name no pause nobody is told anything.
    """
    due = in_one_transaction(school.pk, partial(_list_due, school, now))
    done = one_by_one(
        (
            f"teacher {teacher_id} of school {school.slug}",
            partial(watch_calendar, school=school, teacher_id=teacher_id, now=now),
        )
        for teacher_id in due
    )
    return [step for step in done if step is not None]


def watch_calendar(*, school: School, teacher_id: int, now: datetime, announce: bool = True) -> Step | None:
    """Take the step that is due for one teacher and return it, None: nothing was. `announce` False: nobody is told."""
    return in_one_transaction(school.pk, partial(_step, school, teacher_id, now, announce=announce))


def _list_due(school: School, now: datetime) -> Sequence[int]:
    rules = get_rules(school_id=school.pk)
    if not rules.pauses_matching:
        return ()
    paused = set(openness.running_pauses(school_id=school.pk, now=now).values_list("teacher_id", flat=True))
    teachers = list_with_role(school_id=school.pk, role=Role.TEACHER)
    zones = {teacher.pk: teacher.person.zone for teacher in teachers if teacher.pk not in paused}
    return openness.list_teachers_to_look_at(school_id=school.pk, rules=rules, zones=zones, now=now)


def _step(school: School, teacher_id: int, now: datetime, *, announce: bool) -> Step | None:
    """Look again at one teacher, locked, as whoever changes their calendar is; then do what is due."""
    teacher = lock_member(school_id=school.pk, membership_id=teacher_id)
    if not holds_role(school_id=school.pk, membership_id=teacher_id, roles=(Role.TEACHER,)):
        return None
    found = openness.get_openness(school_id=school.pk, teacher_id=teacher_id, zone=teacher.person.zone, now=now)
    fresh = found.measure(joined_at=teacher.joined_at, now=now)
    step = found.find_step(fresh, now)
    if step is Step.PAUSE and _could_not_open(found, now):
        return None
    if step is Step.WARN and announce and _warned_from(teacher, now) > now:
        return None
    if step is Step.TELL_AHEAD:
        return step if announce and _tell_ahead(teacher, found, fresh, now) else None
    if step is Step.WARN:
        _warn(teacher, found, fresh, now, announce=announce)
    elif step is Step.PAUSE:
        _pause(school, teacher, found, fresh, now, announce=announce)
    return step


def _could_not_open(found: Openness, now: datetime) -> bool:
    """Whether our own pages were away for so long since the warning that the teacher did not have the time it named."""
    assert found.warning is not None, "it was warned of"
    return now < openness.when_time_is_over(warning=found.warning, now=now)


def _warned_from(teacher: Membership, at: datetime) -> datetime:
    """From when on the teacher is warned of what is so at `at`: after their quiet hours."""
    wishes = list_wishes(school_id=teacher.school_id, membership_ids=[teacher.pk])[teacher.pk]
    return warned_from(wishes=wishes, at=at)


def _tell_ahead(teacher: Membership, found: Openness, fresh: Freshness, now: datetime) -> bool:
    """Tell them once of each day until which enough is open; whether that was now."""
    assert fresh.open_until_on is not None, "it is open until then"
    effect, kind = f"open-until-{teacher.pk}-{fresh.open_until_on}", MessageKind.AVAILABILITY_RUNS_OUT
    key = notifications.effect_key(effect=effect, kind=kind, recipient_id=teacher.pk, channel=Channel.IN_APP)
    if list_known_effects(school_id=teacher.school_id, effect_keys=[key]):
        return False
    zone = ZoneInfo(teacher.person.zone)
    pauses_at = found.find_pauses_at(fresh, now, warned_from=partial(_warned_from, teacher))
    assert pauses_at is not None, "something follows"
    values: dict[str, Value] = {
        "until_on": fresh.open_until_on,
        "pauses_on": pauses_at.astimezone(zone).date(),
        "resumes_on": (pauses_at + found.rules.freshness_pause_days * PAUSE_DAY).astimezone(zone).date(),
    }
    happened = Happened(kind=EventKind.AVAILABILITY_RUNS_OUT)
    tell_teacher(teacher=teacher, happened=happened, kind=kind, values=values, now=now, effect=effect)
    return True


def _warn(teacher: Membership, found: Openness, fresh: Freshness, now: datetime, *, announce: bool) -> None:
    warning = openness.write_warning(
        school_id=teacher.school_id, teacher_id=teacher.pk, found=found, fresh=fresh, now=now
    )
    tell_teacher(
        teacher=teacher,
        happened=Happened(kind=EventKind.FRESHNESS_WARNED),
        kind=MessageKind.AVAILABILITY_TOO_SHORT,
        values={
            "needed_days": warning.needed_days,
            "pauses_at": warning.pauses_at,
            "paused_until": warning.pauses_at + warning.pause_days * PAUSE_DAY,
        },
        now=now,
        announce=announce,
    )


def _pause(
    school: School, teacher: Membership, found: Openness, fresh: Freshness, now: datetime, *, announce: bool
) -> None:
    pause = openness.write_pause(found=found, fresh=fresh, now=now)
    assert found.warning is not None, "it was warned of"
    tell_teacher(
        teacher=teacher,
        happened=Happened(kind=EventKind.MATCHING_PAUSED),
        kind=MessageKind.MATCHING_PAUSED,
        values={
            "needed_days": found.warning.needed_days,
            "warned_at": found.warning.warned_at,
            "paused_until": pause.ends_at,
            **contacts_of(school),
        },
        now=now,
        announce=announce,
    )
