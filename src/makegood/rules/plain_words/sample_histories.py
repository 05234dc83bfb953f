"""Invented histories of one teacher, priced by `assess`, for the worked examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from makegood.rules.assess import assess
from makegood.rules.facts import Band, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.results import Assessed
from makegood.rules.settings.pricing import Measure

# A month that begins on a Monday and has five Wednesdays.
DIFFERENT_WEEKS: Final = tuple(date(2027, 3, day) for day in (3, 10, 17, 24, 31))
ONE_WEEK: Final = tuple(date(2027, 3, day) for day in (8, 9, 10, 11, 12))
LESSON_MINUTES: Final = 50


def incident_in_band(policy: Policy, band: Band, on: date, *, number: int = 1) -> Incident:
    """A cancelled lesson at noon of `on`, reported exactly on the mark at which `band` begins."""
    starts_at = datetime.combine(on, time(12), policy.zone_info)
    return Incident(
        incident=f"example-{number}",
        teacher="example",
        lesson_starts_at=starts_at,
        lesson_minutes=LESSON_MINUTES,
        kind=Kind.CANCELLED,
        requested_by=RequestedBy.TEACHER,
        reported_at=_report_in_band(policy, band, starts_at),
    )


def price_in_bands(policy: Policy, bands: Sequence[Band], dates: Sequence[date]) -> Assessed:
    """One incident per band, on the dates in order."""
    history = tuple(
        incident_in_band(policy, band, on, number=number)
        for number, (band, on) in enumerate(zip(bands, dates, strict=False), start=1)
    )
    return assess(history, policy)


def total_minor(assessed: Assessed) -> int:
    """The sum of all penalties."""
    return sum(assessment.penalty_minor for assessment in assessed.assessments)


def price_one(policy: Policy, incident: Incident) -> int:
    """The penalty of a single incident."""
    return total_minor(assess((incident,), policy))


def changed(incident: Incident, **facts: object) -> Incident:
    """The incident with some facts replaced."""
    return replace(incident, **facts)  # type: ignore[arg-type]  # each example names fields of Incident


def _report_in_band(policy: Policy, band: Band, starts_at: datetime) -> datetime | None:
    notice = policy.notice
    if notice is None:
        return starts_at - timedelta(hours=2)
    for mark in notice.bands:
        if mark.band is band:
            if notice.measure is Measure.CALENDAR_DAYS:
                return starts_at - timedelta(days=mark.from_days or 0, minutes=1)
            return starts_at - timedelta(minutes=max(mark.from_minutes or 0, 1))
    return None if notice.never is band and notice.at_or_after_start is not band else starts_at
