"""Which verbs the demo leaves out, and why: whoever adds a verb decides whether the demo shows it."""

from __future__ import annotations

import ast

from tests.verbs import SOURCE, list_verbs

_BY_THE_WORKER = "The worker of a running demo does it by the real clock."
_AT_ONCE = "It would write the calendar weeks of everybody each time; the loader writes them once, at the end."
_ON_THE_PAGE = "Presence facts of thousands of lessons are written at once, as the lesson page would have."
NOT_IN_THE_DEMO = {
    "accept_invitation": "People of the demo have the school's own codes and a password that is known beforehand.",
    "add_holiday": _AT_ONCE,
    "create_school": "It publishes a policy from now on and invites an owner; the demo's schools are four months old.",
    "end_holiday": "No holiday of the demo was a mistake.",
    "import_history": "Neither school was anywhere else before.",
    "join_lesson": _ON_THE_PAGE,
    "keep_heartbeat": _BY_THE_WORKER,
    "leave_lesson": _ON_THE_PAGE,
    "open_pay_period": "The first pay of a month opens it.",
    "remind": _BY_THE_WORKER,
    "send_message": "Nothing leaves the house.",
    "send_message_again": "The one message that did not arrive is left for the visitor.",
    "set_booking_rules": _AT_ONCE,
    "set_default_availability": _AT_ONCE,
    "set_pay_day": "Marigold pays on the day that schools begin with.",
    "stay_in_lesson": _ON_THE_PAGE,
    "sweep": _BY_THE_WORKER,
    "watch_calendars": "It looks at everybody; the loader looks at those for whom something is due (`watch_calendar`).",
    "watch_lessons": "It looks at every lesson; the loader looks at those that are told (`look_at_lesson`).",
}


def list_imported_by_the_demo() -> set[str]:
    return {
        name.name
        for path in (SOURCE / "demo").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("makegood.actions.")
        for name in node.names
    }


def test_every_verb_is_used_in_the_demo_or_said_to_be_left_out() -> None:
    verbs = list_verbs()
    assert {"undo_answer", "sweep"} <= verbs
    assert verbs - list_imported_by_the_demo() == set(NOT_IN_THE_DEMO)
