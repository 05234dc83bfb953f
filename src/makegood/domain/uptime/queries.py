"""When the pages answered, and when they did not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from makegood.domain.uptime.models import Downtime, Heartbeat


def list_heartbeats(*, since: datetime, until: datetime) -> Collection[datetime]:
    """The minutes of `[since, until)` in which the pages answered."""
    found = Heartbeat.objects.filter(minute__gte=since.replace(second=0, microsecond=0), minute__lt=until)
    return set(found.values_list("minute", flat=True))


def list_downtimes(*, since: datetime, until: datetime) -> Sequence[Downtime]:
    """What is on record that overlaps `[since, until)`, in order. One statement."""
    return list(Downtime.objects.filter(started_at__lt=until, ended_at__gt=since).order_by("started_at"))
