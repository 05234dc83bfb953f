"""Notice bands: which band a report falls into, and what that band costs before anything else is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.facts import Band, Decision, Incident
from makegood.rules.late_reports import AFTER_THE_START
from makegood.rules.policy import Policy
from makegood.rules.primitives.charge import base_minor, find_rate
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence, Value, gettext_noop
from makegood.rules.settings.pricing import Measure, Notice, NoticeBand
from makegood.rules.situation import Situation
from makegood.rules.windows import local_midnight

RULE: Final = "notice_bands"
# The smallest step of time here and in PostgreSQL: exactly on a mark is the milder band, one step later is not.
TICK: Final = timedelta(microseconds=1)


def find_band(incident: Incident, notice: Notice, *, starts_at: datetime, zone: ZoneInfo) -> Band:
    """The band of a report (D10, D12). `starts_at` is the lesson's start; `zone` matters for calendar days only."""
    reported_at = incident.reported_at
    if reported_at is None:
        return notice.never
    if reported_at >= starts_at:
        return notice.at_or_after_start
    if is_within_grace(incident, notice):
        return notice.bands[0].band
    for band in notice.bands:
        if reported_at < band_ends_at(band, notice, starts_at=starts_at, zone=zone):
            return band.band
    return notice.bands[-1].band


def is_within_grace(incident: Incident, notice: Notice) -> bool:
    """Whether it was reported so soon after booking that the mildest band applies (D28)."""
    if not notice.grace_after_booking_minutes or incident.booked_at is None or incident.reported_at is None:
        return False
    grace = timedelta(minutes=notice.grace_after_booking_minutes)
    return incident.reported_at.astimezone(UTC) <= incident.booked_at.astimezone(UTC) + grace


def band_ends_at(band: NoticeBand, notice: Notice, *, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which a report is too late for the band, in UTC."""
    if notice.measure is Measure.ELAPSED:
        return starts_at - timedelta(minutes=band.from_minutes or 0) + TICK
    return local_midnight(starts_at.astimezone(zone).date() - timedelta(days=(band.from_days or 0) - 1), zone)


def price_edges(incident: Incident, policy: Policy, *, starts_at: datetime) -> list[datetime]:
    """The instants at which a report of a lesson that has not begun changes its band, in UTC, in no order."""
    notice = policy.notice
    if notice is None:
        return []
    edges = [band_ends_at(band, notice, starts_at=starts_at, zone=policy.zone_info) for band in notice.bands]
    if notice.grace_after_booking_minutes and incident.booked_at is not None:
        grace = timedelta(minutes=notice.grace_after_booking_minutes)
        edges.append(incident.booked_at.astimezone(UTC) + grace + TICK)
    return [*(edge for edge in edges if edge < starts_at), starts_at]


def apply(situation: Situation, policy: Policy, before_minor: int) -> Step | None:
    """Charge the band at the first tier's rate."""
    notice = policy.notice
    if notice is None or not situation.is_live or situation.kind not in notice.kinds or situation.band is None:
        return None
    after_minor = before_minor + base_minor(policy, band=situation.band, decision=Decision.UPHELD, tier=0)
    because = _because(situation, policy, notice, after_minor)
    return Step(RULE, _clause(policy, notice, situation.band), because, before_minor, after_minor)


def _clause(policy: Policy, notice: Notice, band: Band) -> str:
    for line in notice.bands:
        if line.band is band and line.source:
            return line.source
    rate = find_rate(policy, band)
    return (rate.source if rate is not None else "") or notice.source


def _because(situation: Situation, policy: Policy, notice: Notice, amount_minor: int) -> Sentence:
    assert situation.band is not None, "the caller looked"
    assert policy.currency is not None, "checked when the document was loaded"
    texts = _TEXTS[situation.band]
    values: dict[str, Value] = {"amount": Money(amount_minor, policy.currency)}
    if situation.incident.reported_at is None:
        return Sentence(_NEVER[situation.band], values)
    early = situation.starts_at - situation.reported_at
    if early <= timedelta(0):
        values["minutes"] = -early // timedelta(minutes=1)
        one, several, _longer = AFTER_THE_START[situation.band]
        return Sentence(one, values, several, "minutes")
    if is_within_grace(situation.incident, notice):
        values["minutes"] = notice.grace_after_booking_minutes
        return Sentence(_GRACE[0], values, _GRACE[1], "minutes")
    if early >= timedelta(hours=2):
        values["hours"] = early // timedelta(hours=1)
        return Sentence(texts[2], values)
    values["minutes"] = early // timedelta(minutes=1)
    return Sentence(texts[0], values, texts[1], "minutes")


_GRACE: Final = (
    gettext_noop("Reported within {minutes} minute of booking. That costs {amount}."),
    gettext_noop("Reported within {minutes} minutes of booking. That costs {amount}."),
)
_NEVER: Final = {
    Band.ADVANCE_NOTICE: gettext_noop("Nobody reported it. It is charged as advance notice: {amount}."),
    Band.WITH_NOTICE: gettext_noop("Nobody reported it. It is charged as with notice: {amount}."),
    Band.WITHOUT_NOTICE: gettext_noop("Nobody reported it. Without notice costs {amount}."),
    Band.IN_TIME_TROUBLE: gettext_noop("Nobody reported it. It is charged as trouble in lesson time: {amount}."),
}
# Minutes before the start (one, more), hours before it (always two or more).
_TEXTS: Final = {
    Band.ADVANCE_NOTICE: (
        gettext_noop("Reported {minutes} minute before the start. Advance notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes before the start. Advance notice costs {amount}."),
        gettext_noop("Reported {hours} hours before the start. Advance notice costs {amount}."),
    ),
    Band.WITH_NOTICE: (
        gettext_noop("Reported {minutes} minute before the start. With notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes before the start. With notice costs {amount}."),
        gettext_noop("Reported {hours} hours before the start. With notice costs {amount}."),
    ),
    Band.WITHOUT_NOTICE: (
        gettext_noop("Reported {minutes} minute before the start. Without notice costs {amount}."),
        gettext_noop("Reported {minutes} minutes before the start. Without notice costs {amount}."),
        gettext_noop("Reported {hours} hours before the start. Without notice costs {amount}."),
    ),
    Band.IN_TIME_TROUBLE: (
        gettext_noop("Reported {minutes} minute before the start. Trouble in lesson time costs {amount}."),
        gettext_noop("Reported {minutes} minutes before the start. Trouble in lesson time costs {amount}."),
        gettext_noop("Reported {hours} hours before the start. Trouble in lesson time costs {amount}."),
    ),
}
