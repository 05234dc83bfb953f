"""Attacks on desk cases: one open per lesson and kind, one objection per incident and per move, how they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

BAD_ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "desk_case_kind_is_known": ("desk_case", {"kind": "lunch"}),
    "a_desk_case_ends_with_an_outcome": ("desk_case", {"ended_at": "2026-11-12Z"}),
    "a_desk_case_ends_after_it_was_opened": ("desk_case", {"ended_at": "2026-11-10Z", "outcome": "done"}),
    "one_open_desk_case_per_lesson_and_kind": ("problem_case", {}),
    "one_objection_per_move": ("move_objection", {}),
    "only_an_objection_to_a_move_names_one": ("desk_case", {"kind": "not_agreed"}),
}


def add_rows(connection: Any, ids: dict[str, Any], insert: Callable[..., Any]) -> None:
    """Write an objection to a cancellation, a problem and an objection to a move with `insert` of the world."""
    common = {
        "school_id": ids["school"], "note": "", "opened_at": "2026-11-11T11:00Z",
        "opened_by_id": ids["student_person"],
    }  # fmt: skip
    lesson = ids["cancelled_lesson"]
    ids["desk_case"] = insert(
        connection, "deskcase", kind="not_asked", lesson_id=lesson, claim_id=ids["claim"],
        incident_id=ids["incident"], **common,
    )  # fmt: skip
    ids["problem_case"] = insert(connection, "deskcase", kind="problem", lesson_id=lesson, **common)
    ids["move_objection"] = insert(
        connection, "deskcase", kind="not_agreed", lesson_id=ids["moved_lesson"], move_id=ids["move"], **common
    )
