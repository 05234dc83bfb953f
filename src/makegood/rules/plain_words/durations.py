"""Sentences that name a stretch of time in the unit people would use."""

from __future__ import annotations

from makegood.rules.sentences import Sentence, Value, Wording


def say_count(wording: Wording, count: int, **values: Value) -> Sentence:
    """The wording for `count`."""
    return Sentence(wording.one, {"count": count, **values}, plural=wording.several, count="count")


def say_minutes(minutes: int, *, in_hours: Wording, in_minutes: Wording, **values: Value) -> Sentence:
    """In hours where they are whole, else in minutes."""
    if minutes and minutes % 60 == 0:
        return say_count(in_hours, minutes // 60, **values)
    return say_count(in_minutes, minutes, **values)


def say_hours(hours: int, *, in_days: Wording, in_hours: Wording, **values: Value) -> Sentence:
    """In days of 24 hours where they are whole, else in hours."""
    if hours % 24 == 0:
        return say_count(in_days, hours // 24, **values)
    return say_count(in_hours, hours, **values)
