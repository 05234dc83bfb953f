"""Quiet hours follow the wall clock, over both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from makegood.domain.notifications.quiet_hours import Quiet, find_end

NIGHT = Quiet(22 * 60, 7 * 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "zone", "now", "end"),
    [
        pytest.param(NIGHT, "Europe/Berlin", "2026-11-10T20:59", None, id="a minute before"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-11-10T21:00", "2026-11-11T06:00", id="from its first minute"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-11-11T05:59", "2026-11-11T06:00", id="to its last"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-11-11T06:00", None, id="its end is not in it"),
        pytest.param(Quiet(780, 840), "Asia/Kathmandu", "2026-11-11T07:15", "2026-11-11T08:15", id="noon, at :45"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-03-28T21:30", "2026-03-29T05:00", id="the short night"),
        pytest.param(NIGHT, "Europe/Berlin", "2026-10-24T20:30", "2026-10-25T06:00", id="the long night"),
        pytest.param(
            Quiet(1320, 150), "Europe/Berlin", "2026-03-28T22:00", "2026-03-29T01:30", id="an end that is jumped over"
        ),
        pytest.param(
            Quiet(1320, 150), "Europe/Berlin", "2026-10-24T22:00", "2026-10-25T00:30", id="an end that comes twice"
        ),
        pytest.param(
            Quiet(1320, 150), "Europe/Berlin", "2026-10-25T01:15", "2026-10-25T01:30", id="between the two ends"
        ),
        pytest.param(
            Quiet(1320, 420), "Australia/Lord_Howe", "2026-10-03T12:00", "2026-10-03T20:00", id="half an hour"
        ),
    ],
)
def test_quiet_hours_end_on_the_wall_clock(quiet: Quiet, zone: str, now: str, end: str | None) -> None:
    assert find_end(quiet=quiet, zone=zone, at=at(now)) == (at(end) if end else None)
