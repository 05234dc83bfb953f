"""Reading availability."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from makegood.domain.availability.booking_rules import DEFAULT_RULES, BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import (
    AvailabilityDay,
    BookingRules,
    CalendarWeek,
    DefaultAvailability,
    Holiday,
)
from makegood.domain.availability.plans import DayException, DefaultWeek, TeacherPlan


def get_rules(*, school_id: int) -> BookingRuleSet:
    """The school's booking rules as last set, the defaults when it set none."""
    row = BookingRules.objects.filter(school_id=school_id).order_by("-number").first()
    if row is None:
        return DEFAULT_RULES
    return BookingRuleSet(**{field.name: getattr(row, field.name) for field in fields(BookingRuleSet)})


def get_plans(
    *, school_id: int, zones: Mapping[int, str], from_on: date, until_on: date | None = None
) -> Mapping[int, TeacherPlan]:
    """The plan of each teacher of `zones` (membership: zone), with the exceptions of the days of the span."""
    weeks: dict[int, list[DefaultWeek]] = {teacher_id: [] for teacher_id in zones}
    days: dict[int, list[DayException]] = {teacher_id: [] for teacher_id in zones}
    for default in DefaultAvailability.objects.filter(school_id=school_id, teacher_id__in=zones):
        weeks[default.teacher_id].append(_as_default(default))
    exceptions = AvailabilityDay.objects.filter(school_id=school_id, teacher_id__in=zones, day_on__gte=from_on)
    if until_on is not None:
        exceptions = exceptions.filter(day_on__lte=until_on)
    for day in exceptions:
        days[day.teacher_id].append(_as_exception(day))
    return {
        teacher_id: TeacherPlan(zone=zone, defaults=tuple(weeks[teacher_id]), exceptions=tuple(days[teacher_id]))
        for teacher_id, zone in zones.items()
    }


def get_plan(*, school_id: int, teacher_id: int, zone: str, from_on: date, until_on: date | None = None) -> TeacherPlan:
    """The plan of one teacher."""
    plans = get_plans(school_id=school_id, zones={teacher_id: zone}, from_on=from_on, until_on=until_on)
    return plans[teacher_id]


def list_holidays(*, school_id: int, from_on: date, until_on: date | None = None) -> Sequence[Holiday]:
    """Live holidays from `from_on` to `until_on` (both included), by day."""
    found = Holiday.objects.filter(school_id=school_id, ended_at=None, day_on__gte=from_on)
    if until_on is not None:
        found = found.filter(day_on__lte=until_on)
    return list(found.order_by("day_on"))


def find_holiday(*, school_id: int, holiday_id: int) -> Holiday | None:
    """One holiday, ended or not."""
    return Holiday.objects.filter(school_id=school_id, pk=holiday_id).first()


def list_teachers_with_weeks(*, school_id: int) -> Collection[int]:
    """The teachers who ever said when they can be booked, or who have a calendar week."""
    said = DefaultAvailability.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    single = AvailabilityDay.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    kept = CalendarWeek.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    return sorted(set(said.distinct()) | set(single.distinct()) | set(kept.distinct()))


def _as_default(row: DefaultAvailability) -> DefaultWeek:
    weekly: dict[int, list[WallRange]] = {}
    for stored in row.weekly:
        weekly.setdefault(stored["weekday"], []).append(_as_range(stored))
    return DefaultWeek(
        number=row.number,
        zone=row.zone,
        from_on=row.in_force_from_on,
        weekly={weekday: tuple(ranges) for weekday, ranges in weekly.items()},
        made_at=row.made_at,
    )


def _as_exception(row: AvailabilityDay) -> DayException:
    ranges = None if row.ranges is None else tuple(_as_range(stored) for stored in row.ranges)
    return DayException(number=row.number, zone=row.zone, day_on=row.day_on, ranges=ranges, made_at=row.made_at)


def _as_range(stored: Mapping[str, Any]) -> WallRange:
    return WallRange(stored["start_minute"], stored["end_minute"])
