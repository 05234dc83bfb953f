"""Writing availability: new rows only. Lock the teacher first; the calendar weeks are written by `weeks`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext_noop

from makegood.database.texts import can_be_stored
from makegood.domain.availability import booking_rules, expansion, plans
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import AvailabilityDay, BookingRules, DefaultAvailability, Holiday
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.availability.queries import find_holiday, get_rules, list_holidays
from makegood.domain.people.models import Membership
from makegood.domain.schools.models import School
from makegood.domain.timeline.doors import Door
from makegood.refusal import Refusal

FURTHEST_DAYS: Final = 400
LONGEST_NAME: Final = 80


class RangesUnusable(Refusal):
    """Ranges lie within a day, on steps of 15 minutes."""

    code = "availability_ranges_unusable"
    sentence = gettext_noop(
        "These times cannot be kept. Use times of one day on full quarters of an hour, each ending after it starts."
    )


class DayIsOver(Refusal):
    """Availability is set from today on."""

    code = "availability_day_is_over"
    sentence = gettext_noop("{day} is over, so its availability cannot change. Choose today or a later day.")


class DayTooFar(Refusal):
    """Nobody needs exceptions that far ahead."""

    code = "availability_day_too_far"
    sentence = gettext_noop("{day} is too far ahead. Choose a day in the next {days} days.")


class HolidayTaken(Refusal):
    """A day is one holiday."""

    code = "holiday_taken"
    sentence = gettext_noop("{day} is a holiday already: {name}. End it first to give it another name.")


class HolidayNotFound(Refusal):
    """No such holiday in this school."""

    code = "holiday_not_found"
    sentence = gettext_noop("We could not find this holiday. Open the list of holidays again.")


class HolidayUnnamed(Refusal):
    """People see its name."""

    code = "holiday_unnamed"
    sentence = gettext_noop("A holiday needs a name of 1 to {most} ordinary letters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Who made a row, when, why and through which door; `by_id` is a person, None for the product itself."""

    at: datetime
    by_id: int | None
    door: Door
    request_id: uuid.UUID
    reason: str = ""


def set_default(
    *, teacher: Membership, plan: TeacherPlan, weekly: Mapping[int, Sequence[WallRange]], from_on: date, made: Made
) -> Sequence[int]:
    """Add a locked teacher's usual week from `from_on` on, in the zone the teacher lives in now.

    Returns the weekdays that differ now from some usual week of `plan` that it follows or ends; nothing is written
    where none does. Raises RangesUnusable, DayIsOver, DayTooFar.
    """
    if not set(weekly) <= set(plans.DAYS_OF_WEEK):
        raise RangesUnusable
    for ranges in weekly.values():
        _refuse_unless_usable(ranges)
    _refuse_unless_ahead(from_on, zone=teacher.person.zone, now=made.at)
    wanted = {weekday: expansion.merge_ranges(ranges) for weekday, ranges in weekly.items()}
    changed = [
        weekday
        for weekday in plans.DAYS_OF_WEEK
        if not _is_usual(plan, weekday, wanted.get(weekday, ()), zone=teacher.person.zone, from_on=from_on)
    ]
    if changed:
        _add_default(teacher, weekly, from_on, made)
    return changed


def set_days(
    *, teacher: Membership, plan: TeacherPlan, days: Mapping[date, Sequence[WallRange] | None], made: Made
) -> Sequence[date]:
    """Add what holds on these days of a locked teacher (None: the default again) and return those that differ now.

    A day that gets what its default says goes back to the default, so that a later default reaches it. Raises
    RangesUnusable, DayIsOver, DayTooFar; then nothing is written.
    """
    for day, ranges in days.items():
        _refuse_unless_ahead(day, zone=teacher.person.zone, now=made.at)
        _refuse_unless_usable(ranges or ())
    changed: dict[date, Sequence[WallRange] | None] = {}
    for day in sorted(days):
        wanted, usual, current = days[day], plan.get_usual_day(day), plan.get_day(day)
        merged = None if wanted is None else expansion.merge_ranges(wanted)
        if merged == usual.ranges and teacher.person.zone == usual.zone:
            merged = None
        is_same = not current.is_exception if merged is None else _says(current, merged, teacher.person.zone)
        if not is_same:
            changed[day] = merged
    _add_days(teacher, changed, made)
    return sorted(changed)


def add_holiday(*, school: School, day_on: date, name: str, made: Made) -> Holiday:
    """Close one day of the school's zone for everybody. Raises HolidayUnnamed, DayIsOver, DayTooFar, HolidayTaken."""
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not can_be_stored(name):
        raise HolidayUnnamed(most=LONGEST_NAME)
    _refuse_unless_ahead(day_on, zone=school.zone, now=made.at)
    for taken in list_holidays(school_id=school.pk, from_on=day_on, until_on=day_on):
        raise HolidayTaken(day=day_on.isoformat(), name=taken.name)
    return Holiday.objects.create(
        school_id=school.pk,
        day_on=day_on,
        name=name,
        made_at=made.at,
        made_by_id=made.by_id,
        door=made.door,
        request_id=made.request_id,
    )


def get_holiday(*, school_id: int, holiday_id: int) -> Holiday:
    """The holiday, ended or not. Raises HolidayNotFound."""
    holiday = find_holiday(school_id=school_id, holiday_id=holiday_id)
    if holiday is None:
        raise HolidayNotFound
    return holiday


def end_holiday(*, school_id: int, holiday_id: int, ended_by_id: int | None, now: datetime) -> None:
    """Stamp a live holiday as ended; one that was ended stays as it is."""
    Holiday.objects.filter(school_id=school_id, pk=holiday_id, ended_at=None).update(
        ended_at=now, ended_by_id=ended_by_id
    )


def set_rules(*, school_id: int, rules: BookingRuleSet, made: Made) -> BookingRuleSet:
    """Add the next version of the school's booking rules; its number is given here. Raises BookingRulesUnusable."""
    booking_rules.refuse_unless_usable(rules)
    numbered = replace(rules, number=get_rules(school_id=school_id).number + 1)
    BookingRules.objects.create(
        school_id=school_id,
        set_at=made.at,
        set_by_id=made.by_id,
        door=made.door,
        request_id=made.request_id,
        **asdict(numbered),
    )
    return numbered


def _add_days(teacher: Membership, days: Mapping[date, Sequence[WallRange] | None], made: Made) -> None:
    earlier = AvailabilityDay.objects.filter(school_id=teacher.school_id, teacher=teacher, day_on__in=days)
    last = dict(earlier.values_list("day_on").annotate(last=Max("number")))
    AvailabilityDay.objects.bulk_create(
        [
            AvailabilityDay(
                school_id=teacher.school_id,
                teacher=teacher,
                day_on=day,
                number=last.get(day, 0) + 1,
                zone=teacher.person.zone,
                ranges=None if ranges is None else expansion.ranges_as_rows(ranges),
                reason=made.reason,
                made_at=made.at,
                made_by_id=made.by_id,
                door=made.door,
                request_id=made.request_id,
            )
            for day, ranges in days.items()
        ]
    )


def _is_usual(plan: TeacherPlan, weekday: int, ranges: tuple[WallRange, ...], *, zone: str, from_on: date) -> bool:
    """Whether this weekday usually has these ranges, whichever default is in force from `from_on` on."""
    starts = [from_on, *(default.from_on for default in plan.defaults if default.from_on > from_on)]
    for default in map(plan.get_default, starts):
        former = default.weekly.get(weekday, ()) if default is not None else ()
        if former != ranges or (default is not None and ranges and default.zone != zone):
            return False
    return True


def _add_default(teacher: Membership, weekly: Mapping[int, Sequence[WallRange]], from_on: date, made: Made) -> None:
    earlier = DefaultAvailability.objects.filter(school_id=teacher.school_id, teacher=teacher)
    DefaultAvailability.objects.create(
        school_id=teacher.school_id,
        teacher=teacher,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        zone=teacher.person.zone,
        in_force_from_on=from_on,
        weekly=expansion.weekly_as_rows(weekly),
        reason=made.reason,
        made_at=made.at,
        made_by_id=made.by_id,
        door=made.door,
        request_id=made.request_id,
    )


def _says(current: plans.PlannedDay, ranges: Sequence[WallRange], zone: str) -> bool:
    return current.is_exception and current.ranges == tuple(ranges) and current.zone == zone


def _refuse_unless_usable(ranges: Sequence[WallRange]) -> None:
    if not all(found.is_usable for found in ranges):
        raise RangesUnusable


def _refuse_unless_ahead(day: date, *, zone: str, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(zone)).date()
    if day < today:
        raise DayIsOver(day=day.isoformat())
    if day > today + timedelta(days=FURTHEST_DAYS):
        raise DayTooFar(day=day.isoformat(), days=FURTHEST_DAYS)
