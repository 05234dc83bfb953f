from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.domain.uptime.models import Downtime, Heartbeat
from makegood.domain.uptime.operations import SILENT_AFTER, keep_heartbeat
from makegood.domain.uptime.queries import list_downtimes, list_heartbeats

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 21, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def gaps() -> list[tuple[float, float]]:
    """In minutes after noon."""
    rows = Downtime.objects.order_by("started_at").values_list("started_at", "ended_at")
    return [((start - NOON) / MINUTE, (end - NOON) / MINUTE) for start, end in rows]


def test_a_minute_is_kept_once_and_the_first_one_ends_no_downtime() -> None:
    for seconds in (0, 20, 59):
        assert keep_heartbeat(at=NOON + seconds * SECOND) is None

    assert list(Heartbeat.objects.values_list("minute", flat=True)) == [NOON]


@pytest.mark.parametrize(("minutes", "is_gap"), [(1, False), (5, False), (6, False), (7, True), (600, True)])
def test_a_gap_longer_than_five_minutes_is_a_downtime(minutes: int, is_gap: bool) -> None:
    keep_heartbeat(at=NOON + 3 * SECOND)

    kept = keep_heartbeat(at=NOON + minutes * MINUTE + 40 * SECOND)

    assert (kept is not None) == is_gap
    assert gaps() == ([(1, minutes)] if is_gap else [])
    assert timedelta(minutes=5) == SILENT_AFTER


def test_what_comes_late_changes_nothing_that_was_judged() -> None:
    for minutes in (0, 20):
        keep_heartbeat(at=NOON + minutes * MINUTE)

    for minutes in (0, 10, 19, 20):
        assert keep_heartbeat(at=NOON + minutes * MINUTE) is None

    assert gaps() == [(1, 20)]
    assert list_heartbeats(since=NOON, until=NOON + 21 * MINUTE) == {NOON, NOON + 20 * MINUTE}


def test_heartbeats_and_downtimes_are_found_by_their_half_open_time() -> None:
    for minutes in (0, 20, 40):
        keep_heartbeat(at=NOON + minutes * MINUTE)

    assert list_heartbeats(since=NOON + 30 * SECOND, until=NOON + 20 * MINUTE) == {NOON}
    assert list_downtimes(since=NOON, until=NOON + MINUTE) == []
    assert len(list_downtimes(since=NOON, until=NOON + MINUTE + SECOND)) == 1
    assert len(list_downtimes(since=NOON + 20 * MINUTE, until=NOON + 21 * MINUTE)) == 0
    assert len(list_downtimes(since=NOON, until=NOON + 60 * MINUTE)) == 2
