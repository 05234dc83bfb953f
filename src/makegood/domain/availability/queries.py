"""Reading availability."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db import connection

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

_RULE_NAMES = tuple(field.name for field in fields(BookingRuleSet))
_RULES_AND_PLAN = """
    SELECT (SELECT to_jsonb(kept) FROM makegood_bookingrules AS kept WHERE school_id = %(school)s
            ORDER BY number DESC LIMIT 1)::text,
           (SELECT jsonb_agg(to_jsonb(kept)) FROM makegood_defaultavailability AS kept
            WHERE school_id = %(school)s AND teacher_id = %(teacher)s)::text,
           (SELECT jsonb_agg(to_jsonb(kept)) FROM makegood_availabilityday AS kept
            WHERE school_id = %(school)s AND teacher_id = %(teacher)s AND day_on >= %(from_on)s)::text
"""


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


def get_rules_and_plan(
    *, school_id: int, teacher_id: int, zone: str, from_on: date
) -> tuple[BookingRuleSet, TeacherPlan]:
    """The school's booking rules and one teacher's plan in one statement, for pages that count theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_RULES_AND_PLAN, {"school": school_id, "teacher": teacher_id, "from_on": from_on})
        row = cursor.fetchone()
    assert row is not None
    rules, defaults, exceptions = (None if value is None else json.loads(value) for value in row)
    return (
        DEFAULT_RULES if rules is None else BookingRuleSet(**{name: rules[name] for name in _RULE_NAMES}),
        TeacherPlan(
            zone=zone,
            defaults=tuple(_as_default(DefaultAvailability(**_read(one))) for one in defaults or ()),
            exceptions=tuple(_as_exception(AvailabilityDay(**_read(one))) for one in exceptions or ()),
        ),
    )


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


def _read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON has it, with its day and its instants."""
    days = {name: date.fromisoformat(stored[name]) for name in ("in_force_from_on", "day_on") if name in stored}
    return {**stored, **days, "made_at": datetime.fromisoformat(stored["made_at"])}


def _as_range(stored: Mapping[str, Any]) -> WallRange:
    return WallRange(stored["start_minute"], stored["end_minute"])
