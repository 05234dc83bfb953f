"""Sentences in English, exactly: for files, the command line and logs. Pages translate and localize instead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from makegood.quantities import Money
from makegood.rules.late_reports import in_hours
from makegood.rules.sentences import Sentence, Value

# As the screens write them in English, so that a price reads the same everywhere. Other currencies go by their code.
_SIGNS: Final[Mapping[str, str]] = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "US$", "VND": "₫",
}  # fmt: skip
_MINUS: Final = "\u2212"


def in_english(sentence: Sentence, *, zone: ZoneInfo | None = None) -> str:
    """The sentence with its values filled in. Times are shown in `zone`, else in UTC, with the zone's abbreviation."""
    sentence = in_hours(sentence)
    text = sentence.text
    if sentence.plural is not None and sentence.count is not None and sentence.values[sentence.count] != 1:
        text = sentence.plural
    if not sentence.values:
        return text
    return text.format_map({name: value_in_english(value, zone=zone) for name, value in sentence.values.items()})


def value_in_english(value: Value, *, zone: ZoneInfo | None = None) -> str:
    """One value: `US$0.30`, `SEK12.50`, `Sunday 22 November 2026, 15:30 PST`, `22 November 2026` or the text itself."""
    if isinstance(value, Money):
        return _money_in_english(value)
    if isinstance(value, datetime):
        local = value.astimezone(zone or UTC)
        return f"{local:%A} {local.day} {local:%B %Y, %H:%M %Z}"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    return str(value)


def _money_in_english(amount: Money) -> str:
    sign = _SIGNS.get(amount.currency, amount.currency)
    whole, point, places = (-amount if amount.amount_minor < 0 else amount).decimal_text().partition(".")
    return f"{_MINUS if amount.amount_minor < 0 else ''}{sign}{int(whole):,}{point}{places}"
