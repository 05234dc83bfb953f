"""Rows of when our own pages answered, which are of no school, and what must not be written there."""

from __future__ import annotations

from typing import Any

SAMPLES = {"makegood_heartbeat": "heartbeat", "makegood_downtime": "downtime"}
BAD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a_heartbeat_is_of_a_whole_minute": ("heartbeat", {"minute": "2026-11-11T09:00:30Z"}),
    "a_heartbeat_is_not_of_the_future": ("heartbeat", {"minute": "2999-01-01T00:00Z"}),
    "a_downtime_ends_after_it_began": (
        "downtime",
        {"started_at": "2026-11-11T10:20Z", "ended_at": "2026-11-11T10:20Z"},
    ),
    "downtimes_do_not_overlap": ("downtime", {"started_at": "2026-11-11T10:02Z"}),
    "a_downtime_is_a_gap_between_heartbeats": (
        "downtime",
        {"started_at": "2026-11-11T08:00Z", "ended_at": "2026-11-11T09:00Z"},
    ),
}


def add_rows(connection: Any, ids: dict[str, Any], insert: Any) -> None:
    """Two heartbeats and the gap between them, each school's at another hour."""
    on = f"2026-11-11T{10 if ids['slug'] == 'here' else 11}"
    insert(connection, "heartbeat", minute=f"{on}:00Z")
    ids["heartbeat"] = insert(connection, "heartbeat", minute=f"{on}:20Z")
    ids["downtime"] = insert(connection, "downtime", started_at=f"{on}:01Z", ended_at=f"{on}:20Z")
