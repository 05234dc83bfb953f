"""Whether enough of a teacher's calendar is open, what follows when it is not, and the pauses of matching so far."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from makegood.database.compiled import is_any_of
from makegood.domain.availability import expansion, freshness, plans, queries
from makegood.domain.availability.booking_rules import BookingRuleSet
from makegood.domain.availability.freshness import Freshness
from makegood.domain.availability.models import FreshnessWarning, MatchingPause, MatchingPauseLift
from makegood.domain.availability.plans import TeacherPlan
from makegood.domain.timeline.doors import Door
from makegood.domain.uptime.queries import measure_silence

# How far before a break of the horizon a teacher is told of it.
WARNED_DAYS: Final = 7
# A day of a pause is elapsed time, as that of every consequence: clocks that change meanwhile do not.
PAUSE_DAY: Final = timedelta(hours=24)

# Days since `since_on`, and since the week before the latest warning; besides those of the week of `week_on`. Of each
# day the row that holds is read, and of what held before only what tells since when too little is open: what was so
# after `look_from`, and only where a day (or a weekday of a default) opened or closed, not when its hours changed. The
# first row of each tells since when there is any. A window over what comes later goes backward, as its least value then
# grows with it instead of being sought anew for each row.
_LATEST = """
    WITH told AS (
      SELECT max(warned_at) AS warned_at FROM makegood_freshnesswarning
      WHERE school_id = %(school)s AND teacher_id = %(teacher)s),
    since AS (
      SELECT least(%(since_on)s::date, warned_at::date - 8) AS day,
             least(%(look_from)s::timestamptz, warned_at) AS instant FROM told),
    defaults AS (
      SELECT number, zone, in_force_from_on, weekly, made_at, made_at <= (SELECT instant FROM since) AS is_old,
             min(in_force_from_on) OVER later AS replaced_on,
             min(in_force_from_on) FILTER (WHERE made_at <= (SELECT instant FROM since)) OVER later AS forgotten_on,
             lag((in_force_from_on, jsonb_path_query_array(weekly, '$[*].weekday'))::text) OVER earlier
               IS DISTINCT FROM (in_force_from_on, jsonb_path_query_array(weekly, '$[*].weekday'))::text
               OR made_at < lag(made_at) OVER earlier AS is_turn
      FROM makegood_defaultavailability WHERE school_id = %(school)s AND teacher_id = %(teacher)s
      WINDOW earlier AS (ORDER BY number),
             later AS (ORDER BY number DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)),
    days AS (
      SELECT number, zone, day_on, ranges, made_at, made_at <= (SELECT instant FROM since) AS is_old,
             min(made_at) OVER later AS replaced_at,
             lag(ranges <> '[]') OVER earlier IS DISTINCT FROM (ranges <> '[]')
               OR made_at < lag(made_at) OVER earlier AS is_turn
      FROM makegood_availabilityday
      WHERE school_id = %(school)s AND teacher_id = %(teacher)s
        AND (day_on >= (SELECT day FROM since) OR day_on BETWEEN %(week_on)s::date AND %(week_on)s::date + 6)
      WINDOW earlier AS (PARTITION BY day_on ORDER BY number),
             later AS (PARTITION BY day_on ORDER BY number DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
    SELECT (SELECT to_jsonb(kept) FROM makegood_bookingrules AS kept WHERE school_id = %(school)s
            ORDER BY number DESC LIMIT 1)::text,
           (SELECT jsonb_agg(to_jsonb(kept)) FROM (
              SELECT number, zone, in_force_from_on, weekly, made_at FROM defaults
              WHERE number = 1 OR coalesce(replaced_on > in_force_from_on, true)
                OR ((is_turn OR is_old) AND coalesce(forgotten_on > in_force_from_on, true))) AS kept)::text,
           (SELECT jsonb_agg(to_jsonb(kept)) FROM (
              SELECT number, zone, day_on, ranges, made_at FROM days
              WHERE number = 1 OR replaced_at IS NULL
                OR ((is_turn OR is_old) AND replaced_at > (SELECT instant FROM since))) AS kept)::text,
           (SELECT jsonb_agg(jsonb_build_object('day_on', day_on, 'made_at', made_at, 'ended_at', ended_at))
            FROM makegood_holiday
            WHERE school_id = %(school)s AND day_on >= (SELECT day FROM since)
              AND coalesce(ended_at > (SELECT instant FROM since), true))::text,
           (SELECT to_jsonb(kept) FROM makegood_freshnesswarning AS kept
            WHERE school_id = %(school)s AND teacher_id = %(teacher)s ORDER BY number DESC LIMIT 1)::text,
           (SELECT to_jsonb(kept) || jsonb_build_object('lifted_at', lift.lifted_at)
            FROM makegood_matchingpause AS kept LEFT JOIN makegood_matchingpauselift AS lift
              ON (lift.school_id, lift.pause_id) = (kept.school_id, kept.id)
            WHERE kept.school_id = %(school)s AND kept.teacher_id = %(teacher)s
            ORDER BY kept.starts_at DESC, kept.id DESC LIMIT 1)::text,
           (SELECT to_jsonb(max(granted_at)) FROM makegood_rolegrant
            WHERE (school_id, membership_id, role) = (%(school)s, %(teacher)s, 'teacher') AND ended_at IS NULL)::text
"""


class Step(Enum):
    """What is due for a teacher: to be told ahead of a break, warned of one, or that matching pauses."""

    TELL_AHEAD = "tell_ahead"
    WARN = "warn"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Openness:
    """A teacher's plan under the school's rules, the latest warning, and the latest pause with its lift.

    `teaches_since` is when they were last made a teacher, None for who is none now.
    """

    rules: BookingRuleSet
    plan: TeacherPlan
    warning: FreshnessWarning | None = None
    pause: MatchingPause | None = None
    lifted_at: datetime | None = None
    teaches_since: datetime | None = None

    def measure(self, *, joined_at: datetime, now: datetime) -> Freshness:
        """How far ahead the teacher is open; looked at since the latest warning, however long a pause lasts.

        While somebody was no teacher nothing was asked of them: who comes back is warned anew before matching pauses.
        """
        return freshness.measure_freshness(
            plan=self.plan,
            needed_days=self.rules.freshness_days,
            horizon_days=self.rules.horizon_days,
            joined_at=max(joined_at, self.teaches_since or joined_at),
            now=now,
            back_to=self.warning.warned_at if self.warning is not None else None,
        )

    def find_running_pause(self, now: datetime) -> MatchingPause | None:
        """The pause that holds now; its warning is read with it, as nobody is warned again meanwhile."""
        pause = self.pause
        if pause is None or self.lifted_at is not None or pause.ends_at <= now:
            return None
        return pause

    @property
    def _follows_something(self) -> bool:
        """Whether matching ever pauses: not in a school without that rule, nor for who has never opened anything."""
        return self.rules.pauses_matching and bool(self.plan.defaults or self.plan.exceptions)

    def find_pauses_at(
        self, fresh: Freshness, now: datetime, *, warned_from: Callable[[datetime], datetime]
    ) -> datetime | None:
        """From when on matching pauses if nothing more is opened; None: it does already, or it will not.

        `warned_from` says when the teacher is warned of what is so at an instant.
        """
        if not self._follows_something or self.find_running_pause(now) is not None or self._is_forgiven(fresh, now):
            return None
        grace = timedelta(hours=self.rules.freshness_grace_hours)
        if fresh.is_broken:
            warning = self._find_standing_warning(fresh)
            if warning is None or self._rests_on(warning):
                return warned_from(now) + grace
            return when_time_is_over(warning=warning, now=now)
        if fresh.breaks_on is None:
            return None
        return warned_from(expansion.start_at(day=fresh.breaks_on, minute=0, zone=self.plan.zone)) + grace

    def find_step(self, fresh: Freshness, now: datetime) -> Step | None:
        """What is due now, None: nothing.

        The time a teacher has to open more counts from the warning, not from the break: whatever happened before, and
        for however long nobody looked, they were told that long before matching pauses. A warning is of one break and
        of one set of numbers: where enough was open since, or the school asks for something else by now, the next
        warning is due.
        """
        if not self._follows_something or self.find_running_pause(now) is not None:
            return None
        if not fresh.is_broken:
            return Step.TELL_AHEAD if fresh.days_left is not None and fresh.days_left <= WARNED_DAYS else None
        warning = self._find_standing_warning(fresh)
        if warning is None:
            return Step.WARN
        if self._rests_on(warning):
            # It ended by its time: the same break begins anew. Lifted, it stays so for as long as it would have run.
            return None if self._is_forgiven(fresh, now) else Step.WARN
        return Step.PAUSE if now >= warning.pauses_at else None

    def _is_forgiven(self, fresh: Freshness, now: datetime) -> bool:
        """Whether the desk lifted the pause that this very break led to, which would still run."""
        if self.pause is None or self.lifted_at is None or self.pause.ends_at <= now or not fresh.is_broken:
            return False
        warning = self._find_standing_warning(fresh)
        return warning is not None and self._rests_on(warning)

    def _rests_on(self, warning: FreshnessWarning) -> bool:
        return self.pause is not None and self.pause.warning_id == warning.pk

    def _find_standing_warning(self, fresh: Freshness) -> FreshnessWarning | None:
        """The latest warning where it was of this break and of what the rules say now."""
        warning, rules = self.warning, self.rules
        if warning is None or fresh.broken_since_at is None or warning.warned_at < fresh.broken_since_at:
            return None
        told = (warning.needed_days, warning.pause_days, warning.grace_hours)
        if told != (rules.freshness_days, rules.freshness_pause_days, rules.freshness_grace_hours):
            return None
        return warning


def get_openness(*, school_id: int, teacher_id: int, zone: str, now: datetime, week_on: date | None = None) -> Openness:
    """Read all of it in one statement; single days that are remembered, and besides those of the week from `week_on`.

    However often somebody saved, of each day the last row is read, and of earlier ones where it opened or closed.
    """
    look_from = now - freshness.REMEMBERED
    asked: dict[str, Any] = {
        "school": school_id,
        "teacher": teacher_id,
        "since_on": look_from.astimezone(ZoneInfo(zone)).date() - 8 * plans.DAY,
        "look_from": look_from,
        "week_on": week_on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, asked)
        row = cursor.fetchone()
    assert row is not None
    rules, defaults, exceptions, holidays, warning, pause, since_at = (
        None if one is None else json.loads(one) for one in row
    )
    lifted_at = pause.pop("lifted_at") if pause else None
    warned = FreshnessWarning(**_with_instants(warning)) if warning else None
    paused = MatchingPause(**_with_instants(pause)) if pause else None
    if paused is not None and warned is not None and paused.warning_id == warned.pk:
        paused.warning = warned
    return Openness(
        rules=queries.read_rules(rules),
        plan=queries.read_plan(
            zone=zone, defaults=defaults or (), exceptions=exceptions or (), holidays=holidays or ()
        ),
        warning=warned,
        pause=paused,
        lifted_at=datetime.fromisoformat(lifted_at) if lifted_at else None,
        teaches_since=datetime.fromisoformat(since_at) if since_at else None,
    )


def write_warning(
    *, school_id: int, teacher_id: int, found: Openness, fresh: Freshness, now: datetime
) -> FreshnessWarning:
    """Record that a teacher whose calendar is open for too little is warned now. Lock the teacher first."""
    assert fresh.broken_since_at is not None, "something is warned of"
    rules, at = found.rules, now.astimezone(UTC)
    return FreshnessWarning.objects.create(
        school_id=school_id,
        teacher_id=teacher_id,
        number=1 + (found.warning.number if found.warning is not None else 0),
        warned_at=at,
        broken_since_at=fresh.broken_since_at,
        days_ahead=fresh.days_ahead,
        needed_days=rules.freshness_days,
        pause_days=rules.freshness_pause_days,
        grace_hours=rules.freshness_grace_hours,
        rules_number=rules.number,
        pauses_at=at + timedelta(hours=rules.freshness_grace_hours),
    )


def when_time_is_over(*, warning: FreshnessWarning, now: datetime) -> datetime:
    """Until when a teacher can still open more after a warning: time in which our own pages were away is added."""
    return warning.pauses_at + measure_silence(since=warning.warned_at, until=now)


def write_pause(*, found: Openness, fresh: Freshness, now: datetime) -> MatchingPause:
    """Record that matching pauses from now on, as the latest warning said: whole days of 24 hours."""
    warning, at = found.warning, now.astimezone(UTC)
    assert warning is not None, "nobody is paused without a warning"
    return MatchingPause.objects.create(
        school_id=warning.school_id,
        teacher_id=warning.teacher_id,
        warning_id=warning.pk,
        starts_at=at,
        ends_at=at + warning.pause_days * PAUSE_DAY,
        days_ahead=fresh.days_ahead,
        rules_number=found.rules.number,
    )


def write_lift(
    *, pause: MatchingPause, lifted_by_id: int, reason: str, door: Door, request_id: uuid.UUID, now: datetime
) -> MatchingPauseLift:
    """Record that a pause ends now. Lock its teacher first."""
    return MatchingPauseLift.objects.create(
        school_id=pause.school_id,
        pause=pause,
        lifted_at=now,
        lifted_by_id=lifted_by_id,
        reason=reason,
        door=door,
        request_id=request_id,
    )


def standing_pauses(*, school_id: int, teacher_ids: Collection[int]) -> QuerySet[MatchingPause]:
    """The pauses of these teachers that nobody lifted, over or not; for a compiled query of all that pauses them."""
    return MatchingPause.objects.filter(is_any_of("teacher_id", teacher_ids), school_id=school_id, lifts=None)


def running_pauses(*, school_id: int, now: datetime) -> QuerySet[MatchingPause]:
    """The pauses that hold now, with teacher and warning, the one that ends first before the others."""
    pauses = _pauses(school_id).filter(lifts=None, starts_at__lte=now, ends_at__gt=now)
    return pauses.order_by("ends_at", "pk")


def find_pause(*, school_id: int, pause_id: int) -> MatchingPause | None:
    """One pause with teacher and warning, running or not."""
    return _pauses(school_id).filter(pk=pause_id).first()


def find_lift(*, pause: MatchingPause) -> MatchingPauseLift | None:
    """How the desk ended it, with who did."""
    lifts = MatchingPauseLift.objects.filter(school_id=pause.school_id, pause_id=pause.pk)
    return lifts.select_related("lifted_by").first()


def list_teachers_to_look_at(
    *, school_id: int, rules: BookingRuleSet, zones: Mapping[int, str], now: datetime
) -> Sequence[int]:
    """Those of the teachers of `zones` for whom a step may be due: a first look at all of them."""
    first_on = now.date() - 8 * plans.DAY
    last_on = now.date() + (rules.freshness_days + WARNED_DAYS + 9) * plans.DAY
    found = queries.get_plans(school_id=school_id, zones=zones, from_on=first_on, until_on=last_on, with_holidays=True)
    soon = rules.freshness_days + WARNED_DAYS
    return [
        one for one, plan in sorted(found.items()) if not freshness.is_open_ahead(plan=plan, needed_days=soon, now=now)
    ]


def _pauses(school_id: int) -> QuerySet[MatchingPause]:
    return MatchingPause.objects.filter(school_id=school_id).select_related("teacher__person", "warning")


def _with_instants(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name.endswith("_at") else value for name, value in stored.items()}
