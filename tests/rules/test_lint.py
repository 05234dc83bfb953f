"""What the lint says of the presets, and of policies that are worse."""

from __future__ import annotations

import pytest

from makegood.presets import preset_text
from makegood.rules.documents import load_policy
from makegood.rules.lint import Severity, lint
from tests.rules.cast import FINES, TRUST

KNOWN = (
    "note",
    "begun.in_time_band",
    "Trouble reported after the lesson began costs less than honest notice before it.",
)


def findings_of(*changes: tuple[str, str]) -> list[tuple[str, str, str]]:
    text = preset_text("25hoon")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return [(one.severity, one.where, one.what) for one in lint(load_policy(text, zone="Asia/Manila"))]


def test_presets_leave_no_open_question_and_have_no_error() -> None:
    assert [(one.severity, one.where, one.what) for one in lint(FINES)] == [KNOWN]
    assert lint(TRUST) == []


@pytest.mark.parametrize(
    ("line", "where", "row"),
    [
        ('applies = "retroactive"               # the fourth also re-prices the first three\n', "tier.applies", "D1"),
        ("undo_minutes = 5\n", "reporting.undo_minutes", "D16"),
        ('open_dispute = "hold"\n', "statements.open_dispute", "D21"),
        ("grace_after_booking_minutes = 0       # off\n", "notice.grace_after_booking_minutes", "D28"),
    ],
)
def test_unset_open_question_is_reported(line: str, where: str, row: str) -> None:
    assert findings_of((line, "")) == [("warning", where, f"This open question ({row}) is left to the default."), KNOWN]


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        (
            '["0.30", "1.00"]',
            '["1.50", "1.60"]',
            "charge.rates",
            "In tier 1, advance_notice costs more than with_notice: reporting earlier is punished.",
        ),
        (
            '["3.00", "4.50"]',
            '["3.00", "2.90"]',
            "charge.rates",
            "A higher tier of without_notice costs less than the tier before it.",
        ),
        ("times = 3", "times = 1", "multiplier.steps", "A higher step multiplies by less."),
    ],
)
def test_policy_that_punishes_the_better_deed_is_an_error(old: str, new: str, where: str, what: str) -> None:
    assert findings_of((old, new))[0] == (Severity.ERROR, where, what)


def test_week_and_month_caps_together_are_warned_of() -> None:
    found = findings_of(("[money_off]", '[caps]\nweek = "5.00"\nmonth = "9.00"\n\n[money_off]'))
    assert [where for _, where, _ in found] == ["caps", "begun.in_time_band"]


def test_cheap_trouble_is_warned_of_where_the_policy_did_not_decide_it() -> None:
    found = findings_of(('in_time_band = "in_time_trouble"      # costs nothing: it has no rate below\n', ""))

    assert [(severity, where) for severity, where, _ in found] == [("warning", "begun.in_time_band")] * 2


@pytest.mark.parametrize(
    ("shipped", "fits", "unwise", "where"),
    [
        ("wait_minutes = 15 ", "wait_minutes = 5 ", "wait_minutes = 4 ", "waiting.late_minutes"),
        ("confirm_minutes = 120 ", "confirm_minutes = 15 ", "confirm_minutes = 14 ", "waiting.confirm_minutes"),
        ("confirm_minutes = 120 ", "confirm_minutes = 5040 ", "confirm_minutes = 5041 ", "waiting.confirm_minutes"),
    ],
)
def test_waiting_that_leaves_people_no_time_is_warned_of(shipped: str, fits: str, unwise: str, where: str) -> None:
    assert findings_of((shipped, fits)) == [KNOWN]
    assert [(severity, at) for severity, at, _ in findings_of((shipped, unwise))] == [("warning", where), KNOWN[:2]]
