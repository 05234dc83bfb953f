"""Sentences in English, exactly: for files, the command line and logs. Pages translate and localize instead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.sentences import Sentence, Value

_SIGNS = {"USD": "$"}


def in_english(sentence: Sentence, *, zone: ZoneInfo | None = None) -> str:
    """The sentence with its values filled in. Times are shown in `zone`, else in UTC, with the zone's abbreviation."""
    text = sentence.text
    if sentence.plural is not None and sentence.count is not None and sentence.values[sentence.count] != 1:
        text = sentence.plural
    if not sentence.values:
        return text
    return text.format_map({name: value_in_english(value, zone=zone) for name, value in sentence.values.items()})


def value_in_english(value: Value, *, zone: ZoneInfo | None = None) -> str:
    """One value: `$0.30`, `12.50 EUR`, `Sunday 22 November 2026, 15:30 PST`, `22 November 2026`, or the text itself."""
    if isinstance(value, Money):
        return _money_in_english(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone or UTC)
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return str(value)


def _money_in_english(amount: Money) -> str:
    sign = _SIGNS.get(amount.currency)
    if sign is None:
        return f"{amount.decimal_text()} {amount.currency}"
    return f"-{sign}{(-amount).decimal_text()}" if amount.amount_minor < 0 else f"{sign}{amount.decimal_text()}"
