"""25hoon once more, from the published words alone, sharing no code with the rules: the tests' second opinion."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from makegood.rules.facts import Incident

FIRST = {"A": Fraction("0.30"), "B": Fraction(1), "C": Fraction(3)}
HIGHER = {"A": Fraction(1), "B": Fraction(2), "C": Fraction("4.5")}
MILDER = {"A": "A", "B": "A", "C": "B"}


def letter_of(one: Incident) -> str | None:
    """A, B or C for what is fined, else None."""
    if one.requested_by != "teacher" or one.kind == "late" or one.decision == "voided":
        return None
    end = one.lesson_starts_at + timedelta(minutes=one.lesson_minutes)
    if one.kind == "cut_short":
        if one.reported_at is not None and one.reported_at < end:
            return None
        return "C" if one.taught_minutes < min(20, one.lesson_minutes) else None
    if one.reported_at is None or one.reported_at >= one.lesson_starts_at:
        return "C"
    return "A" if one.lesson_starts_at - one.reported_at >= timedelta(hours=1) else "B"


def penalties(history: list[Incident], zone: ZoneInfo) -> dict[str, Fraction]:
    """What each incident of one teacher costs, in dollars."""
    letters = {one.incident: letter_of(one) for one in history}
    days = {one.incident: one.lesson_starts_at.astimezone(zone) for one in history}
    charged = [one for one in history if letters[one.incident] and one.decision != "waived"]
    months = Counter((days[one.incident].year, days[one.incident].month) for one in charged)
    weeks = Counter(days[one.incident].isocalendar()[:2] for one in charged)
    result = {one.incident: Fraction(0) for one in history}
    for one in history:
        if one.kind == "late" and one.requested_by == "teacher" and one.decision not in ("waived", "voided"):
            result[one.incident] = Fraction(1)
    for one in charged:
        letter = letters[one.incident] or "A"
        if one.decision == "reduced":
            letter = MILDER[letter]
        rates = HIGHER if months[(days[one.incident].year, days[one.incident].month)] > 3 else FIRST
        in_week = weeks[days[one.incident].isocalendar()[:2]]
        result[one.incident] = rates[letter] * (3 if in_week > 3 else 2 if in_week > 2 else 1)
    return result
