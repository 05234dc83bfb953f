"""Attacks on pauses of matching: the warning they rest on, how long they last, and who lifts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

BAD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "freshness_warning_numbers_start_at_one": ("freshness_warning", {"number": 0}),
    "a_freshness_warning_follows_what_it_warns_of": (
        "freshness_warning",
        {"number": 2, "broken_since_at": "2026-11-11T10:01Z"},
    ),
    "a_freshness_warning_names_a_pause": ("freshness_warning", {"number": 2, "pause_days": 0}),
    "a_freshness_warning_gives_the_time_of_the_rules": (
        "freshness_warning",
        {"number": 2, "pauses_at": "2026-11-12T09:59Z"},
    ),
    "a_matching_pause_ends_after_it_starts": ("matching_pause", {"ends_at": "2026-11-12T10:00Z"}),
    "a_lift_has_a_reason": ("matching_pause_lift", {"reason": ""}),
    "lift_door_is_known": ("matching_pause_lift", {"door": "window"}),
}

SAMPLES = {
    "makegood_freshnesswarning": "freshness_warning",
    "makegood_matchingpause": "matching_pause",
    "makegood_matchingpauselift": "matching_pause_lift",
}


def add_rows(connection: Any, ids: dict[str, Any], insert: Callable[..., Any]) -> None:
    """Write a row of each table with `insert` of the world."""
    ids["freshness_warning"] = insert(connection, "freshnesswarning", **warning_row(ids))
    ids["matching_pause"] = insert(connection, "matchingpause", **pause_row(ids))
    ids["matching_pause_lift"] = insert(
        connection, "matchingpauselift", school_id=ids["school"], pause_id=ids["matching_pause"],
        lifted_at="2026-11-20T10:00Z", lifted_by_id=ids["student_person"], reason="r", door="web", request_id=uuid4(),
    )  # fmt: skip


def warning_row(ids: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return the columns of a warning of the school's teacher; `values` override."""
    return {
        "school_id": ids["school"], "teacher_id": ids["teacher"], "number": 1, "warned_at": "2026-11-11T10:00Z",
        "broken_since_at": "2026-11-10T10:00Z", "days_ahead": 3, "needed_days": 14, "pause_days": 60,
        "grace_hours": 24, "rules_number": 1, "pauses_at": "2026-11-12T10:00Z",
    } | values  # fmt: skip


def pause_row(ids: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return the columns of the pause that follows the warning; `values` override."""
    return {
        "school_id": ids["school"], "teacher_id": ids["teacher"], "warning_id": ids["freshness_warning"],
        "starts_at": "2026-11-12T10:00Z", "ends_at": "2027-01-11T10:00Z", "days_ahead": 2, "rules_number": 1,
    } | values  # fmt: skip
