"""Tara's incidents, made short: what a test does not name is an ordinary cancelled lesson in Manila."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.presets import load_preset
from makegood.rules.assess import assess
from makegood.rules.facts import Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.results import Assessed, Assessment

MANILA = ZoneInfo("Asia/Manila")
FINES = load_preset("25hoon", zone="Asia/Manila")
TRUST = load_preset("talaera", zone="Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def at(text: str, zone: ZoneInfo = MANILA) -> datetime:
    """A local time as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def incident(
    lesson: str | datetime = "2026-11-24 15:00", *, early: timedelta | None = 90 * MINUTE, **facts: Any
) -> Incident:
    """A lesson that Tara cancelled `early` before its start; None: nobody reported it."""
    starts_at = at(lesson) if isinstance(lesson, str) else lesson
    values: dict[str, Any] = {
        "incident": f"lesson of {starts_at:%m-%d %H:%M}",
        "teacher": "tara",
        "lesson_starts_at": starts_at,
        "lesson_minutes": 25,
        "kind": Kind.CANCELLED,
        "requested_by": RequestedBy.TEACHER,
        "reported_at": None if early is None else starts_at - early,
    }
    return Incident(**(values | facts))


def assess_one(one: Incident, policy: Policy = FINES) -> Assessment:
    """The assessment of a history of one."""
    return assess([one], policy).assessments[0]


def total_minor(assessed: Assessed) -> int:
    """What everything costs together."""
    return sum(assessment.penalty_minor for assessment in assessed.assessments)
