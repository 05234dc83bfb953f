"""When the pages answered, and when they did not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from makegood.domain.uptime.models import Downtime, Heartbeat
from makegood.domain.uptime.operations import SILENT_AFTER

_MINUTE: Final = timedelta(minutes=1)


def list_heartbeats(*, since: datetime, until: datetime) -> Collection[datetime]:
    """The minutes of `[since, until)` in which the pages answered."""
    found = Heartbeat.objects.filter(minute__gte=since.replace(second=0, microsecond=0), minute__lt=until)
    return set(found.values_list("minute", flat=True))


def list_downtimes(*, since: datetime, until: datetime) -> Sequence[Downtime]:
    """What is on record that overlaps `[since, until)`, in order. One statement."""
    return list(Downtime.objects.filter(started_at__lt=until, ended_at__gt=since).order_by("started_at"))


def measure_silence(*, since: datetime, until: datetime) -> timedelta:
    """For how long of `[since, until)` the pages did not answer; with what lasts at `until` and has no end yet."""
    gaps = [(gap.started_at, gap.ended_at) for gap in list_downtimes(since=since, until=until)]
    newest = Heartbeat.objects.order_by("-minute").values_list("minute", flat=True).first()
    if newest is not None and until - newest - _MINUTE > SILENT_AFTER:
        gaps.append((newest + _MINUTE, until))
    lengths = (min(end, until) - max(start, since) for start, end in gaps)
    return sum((length for length in lengths if length > timedelta()), timedelta())
