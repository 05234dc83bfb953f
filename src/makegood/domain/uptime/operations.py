"""Keeping heartbeats. A gap between two of them is put on record when the second one comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from makegood.domain.uptime.models import Downtime, Heartbeat

# Longer than this without an answer, and our own pages may have been the cause of what was not seen.
SILENT_AFTER: Final = timedelta(minutes=5)
_MINUTE: Final = timedelta(minutes=1)


def keep_heartbeat(*, at: datetime) -> Downtime | None:
    """Record that the pages answered at `at`, inside a transaction; returns the downtime that ended with it, if any.

    Twice in a minute is once. Earlier than the newest heartbeat is nothing: that time has been judged already.
    """
    minute = at.replace(second=0, microsecond=0)
    newest = Heartbeat.objects.order_by("-minute").values_list("minute", flat=True).first()
    if newest is not None and minute <= newest:
        return None
    Heartbeat.objects.bulk_create([Heartbeat(minute=minute)], ignore_conflicts=True)
    if newest is None or minute - newest - _MINUTE <= SILENT_AFTER:
        return None
    gap = Downtime(started_at=newest + _MINUTE, ended_at=minute)
    Downtime.objects.bulk_create([gap], ignore_conflicts=True)
    return gap
