"""Placing an incident: from what was recorded to how the rules see it."""

from __future__ import annotations

from datetime import UTC, timedelta

from makegood.rules.facts import Band, Incident, Kind, RequestedBy
from makegood.rules.policy import Policy
from makegood.rules.primitives.minutes_taught import is_in_time, is_taught_enough
from makegood.rules.primitives.notice_bands import find_band
from makegood.rules.situation import Situation, Spent


def place(incident: Incident, policy: Policy, spent: Spent) -> Situation:
    """The incident with its instants in UTC, its days in the policy's zone and its band."""
    starts_at = incident.lesson_starts_at.astimezone(UTC)
    ends_at = starts_at + timedelta(minutes=incident.lesson_minutes)
    reported_at = ends_at if incident.reported_at is None else incident.reported_at.astimezone(UTC)
    kind, enough = incident.kind, False
    band: Band | None = None
    if kind is Kind.CUT_SHORT:
        if is_in_time(incident, ends_at=ends_at):
            band = policy.begun.in_time_band
        elif incident.taught_minutes == 0:
            kind = Kind.NO_SHOW
        else:
            enough = is_taught_enough(incident, policy.begun)
            band = None if enough else policy.begun.too_little_band
    if policy.notice is not None and kind in policy.notice.kinds:
        band = find_band(incident, policy.notice, starts_at=starts_at, zone=policy.zone_info)
    if incident.requested_by is not RequestedBy.TEACHER:
        band = None
    zone = policy.zone_info
    return Situation(
        incident=incident,
        starts_at=starts_at,
        ends_at=ends_at,
        reported_at=reported_at,
        lesson_on=starts_at.astimezone(zone).date(),
        reported_on=reported_at.astimezone(zone).date(),
        kind=kind,
        band=band,
        is_taught_enough=enough,
        spent=spent,
        charged_band=band,
    )
