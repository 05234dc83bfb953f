"""Reading availability."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from makegood.database.compiled import compiled
from makegood.domain.availability.booking_rules import DEFAULT_RULES, BookingRuleSet
from makegood.domain.availability.expansion import WallRange
from makegood.domain.availability.models import (
    AvailabilityDay,
    BookingRules,
    CalendarWeek,
    DefaultAvailability,
    Holiday,
)
from makegood.domain.availability.plans import ClosedDay, DayException, DefaultWeek, TeacherPlan
from makegood.domain.people.models import Membership

_RULE_NAMES = tuple(field.name for field in fields(BookingRuleSet))
_DEFAULT_COLUMNS = ("number", "zone", "in_force_from_on", "weekly", "made_at")
_DAY_COLUMNS = ("number", "zone", "day_on", "ranges", "made_at")


def get_rules(*, school_id: int) -> BookingRuleSet:
    """The school's booking rules as last set, the defaults when it set none."""
    row = _rules.first(school_id=school_id)
    return read_rules(None if row is None else vars(row))


@compiled
def _rules(school_id: int) -> QuerySet[BookingRules]:
    return BookingRules.objects.filter(school_id=school_id).order_by("-number")[:1]


def read_rules(row: Mapping[str, Any] | None) -> BookingRuleSet:
    """The booking rules of a row given by its columns, the defaults for none."""
    return DEFAULT_RULES if row is None else BookingRuleSet(**{name: row[name] for name in _RULE_NAMES})


def get_plans(
    *,
    school_id: int,
    zones: Mapping[int, str],
    from_on: date,
    until_on: date | None = None,
    with_holidays: bool = False,
) -> Mapping[int, TeacherPlan]:
    """What holds by now of each teacher of `zones` (membership: zone), with the exceptions of the days of the span.

    `with_holidays`: and with the days on which the school is closed now.
    """
    weeks: dict[int, list[DefaultWeek]] = {teacher_id: [] for teacher_id in zones}
    days: dict[int, list[DayException]] = {teacher_id: [] for teacher_id in zones}
    # The last rows alone, however often somebody saved: of the days, and of the defaults in force from the same day.
    defaults = DefaultAvailability.objects.filter(school_id=school_id, teacher_id__in=zones)
    last_defaults = defaults.order_by("teacher_id", "in_force_from_on", "-number")
    for default in last_defaults.distinct("teacher_id", "in_force_from_on").values("teacher_id", *_DEFAULT_COLUMNS):
        weeks[default["teacher_id"]].append(_as_default(default))
    exceptions = AvailabilityDay.objects.filter(school_id=school_id, teacher_id__in=zones, day_on__gte=from_on)
    if until_on is not None:
        exceptions = exceptions.filter(day_on__lte=until_on)
    last_days = exceptions.order_by("teacher_id", "day_on", "-number").distinct("teacher_id", "day_on")
    for day in last_days.values("teacher_id", *_DAY_COLUMNS):
        days[day["teacher_id"]].append(_as_exception(day))
    holidays = list_holidays(school_id=school_id, from_on=from_on, until_on=until_on) if with_holidays else ()
    closed = tuple(ClosedDay(day_on=holiday.day_on, made_at=holiday.made_at) for holiday in holidays)
    return {
        teacher_id: TeacherPlan(
            zone=zone, defaults=tuple(weeks[teacher_id]), exceptions=tuple(days[teacher_id]), closed=closed
        )
        for teacher_id, zone in zones.items()
    }


def get_plan(*, school_id: int, teacher_id: int, zone: str, from_on: date, until_on: date | None = None) -> TeacherPlan:
    """The plan of one teacher."""
    plans = get_plans(school_id=school_id, zones={teacher_id: zone}, from_on=from_on, until_on=until_on)
    return plans[teacher_id]


def read_plan(
    *,
    zone: str,
    defaults: Iterable[Mapping[str, Any]],
    exceptions: Iterable[Mapping[str, Any]],
    holidays: Iterable[Mapping[str, Any]],
) -> TeacherPlan:
    """The plan of one teacher of rows as JSON has them; `holidays` also ended ones, which count for what was before."""
    return TeacherPlan(
        zone=zone,
        defaults=tuple(_as_default(_read(one)) for one in defaults),
        exceptions=tuple(_as_exception(_read(one)) for one in exceptions),
        closed=tuple(
            ClosedDay(
                day_on=date.fromisoformat(one["day_on"]),
                made_at=datetime.fromisoformat(one["made_at"]),
                ended_at=datetime.fromisoformat(one["ended_at"]) if one["ended_at"] else None,
            )
            for one in holidays
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOnBehalf:
    """Who changed a teacher's availability for them, when, and why."""

    made_by: str
    made_at: datetime
    reason: str


def find_last_on_behalf(*, teacher: Membership) -> ChangeOnBehalf | None:
    """The last change of a default week or of single days that somebody else made; None: nobody ever did."""
    days = _made_by_others(AvailabilityDay.objects.all(), teacher)
    found = _made_by_others(DefaultAvailability.objects.all(), teacher).union(days).order_by("-made_at").first()
    return None if found is None else ChangeOnBehalf(made_by=found[0], made_at=found[1], reason=found[2])


def _made_by_others(rows: QuerySet[Any], teacher: Membership) -> QuerySet[Any, tuple[str, datetime, str]]:
    others = rows.filter(school_id=teacher.school_id, teacher_id=teacher.pk).exclude(made_by=None)
    return others.exclude(made_by_id=teacher.person_id).values_list("made_by__full_name", "made_at", "reason")


def list_holidays(*, school_id: int, from_on: date, until_on: date | None = None) -> Sequence[Holiday]:
    """Live holidays from `from_on` to `until_on` (both included), by day."""
    if until_on is None:
        return _holidays_from(school_id=school_id, from_on=from_on)
    return _holidays_between(school_id=school_id, from_on=from_on, until_on=until_on)


@compiled
def _holidays_from(school_id: int, from_on: date) -> QuerySet[Holiday]:
    return Holiday.objects.filter(school_id=school_id, ended_at=None, day_on__gte=from_on).order_by("day_on")


@compiled
def _holidays_between(school_id: int, from_on: date, until_on: date) -> QuerySet[Holiday]:
    return Holiday.objects.filter(
        school_id=school_id, ended_at=None, day_on__gte=from_on, day_on__lte=until_on
    ).order_by("day_on")


def holidays_made_since(*, school_id: int, days: Collection[date], since: datetime) -> QuerySet[Holiday]:
    """Live holidays among these days that were none before `since`, to be used inside another statement."""
    made = Holiday.objects.filter(school_id=school_id, ended_at=None, day_on__in=days, made_at__gte=since)
    return made.order_by("day_on")


def find_holiday(*, school_id: int, holiday_id: int) -> Holiday | None:
    """One holiday, ended or not."""
    return Holiday.objects.filter(school_id=school_id, pk=holiday_id).first()


def list_teachers_with_weeks(*, school_id: int) -> Collection[int]:
    """The teachers who ever said when they can be booked, or who have a calendar week."""
    said = DefaultAvailability.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    single = AvailabilityDay.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    kept = CalendarWeek.objects.filter(school_id=school_id).values_list("teacher_id", flat=True)
    return sorted(set(said.distinct()) | set(single.distinct()) | set(kept.distinct()))


def _as_default(row: Mapping[str, Any]) -> DefaultWeek:
    weekly: dict[int, list[WallRange]] = {}
    for stored in row["weekly"]:
        weekly.setdefault(stored["weekday"], []).append(_as_range(stored))
    return DefaultWeek(
        number=row["number"],
        zone=row["zone"],
        from_on=row["in_force_from_on"],
        weekly={weekday: tuple(ranges) for weekday, ranges in weekly.items()},
        made_at=row["made_at"],
    )


def _as_exception(row: Mapping[str, Any]) -> DayException:
    ranges = None if row["ranges"] is None else tuple(_as_range(stored) for stored in row["ranges"])
    return DayException(
        number=row["number"], zone=row["zone"], day_on=row["day_on"], ranges=ranges, made_at=row["made_at"]
    )


def _read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON has it, with its day and its instants."""
    days = {name: date.fromisoformat(stored[name]) for name in ("in_force_from_on", "day_on") if name in stored}
    return {**stored, **days, "made_at": datetime.fromisoformat(stored["made_at"])}


def _as_range(stored: Mapping[str, Any]) -> WallRange:
    return WallRange(stored["start_minute"], stored["end_minute"])
