"""Money, numbers and shares as text."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal, format_percent, get_currency_symbol, parse_pattern

from makegood.quantities import Money, Share
from makegood.wording.reader import Reader

MINUS = "\u2212"
_WITHOUT_DIRECTION_MARKS: Final = {ord("\u200e"): None, ord("\u200f"): None, ord("\u061c"): None}


def format_money(amount: Money, reader: Reader, *, sign: bool = False) -> str:
    """`US$1.30`, `−US$1.30`, `1,30 US$`: the currency once, all decimals, a true minus; `sign` shows a plus too."""
    locale = reader.locale
    pattern = parse_pattern(str(locale.currency_formats["standard"].pattern).split(";")[0])
    places = amount.exponent
    pattern.frac_prec = (places, places)
    text = pattern.apply(
        Decimal(abs(amount.amount_minor)).scaleb(-places),
        locale,
        currency=amount.currency,
        currency_digits=False,
        numbering_system="default",
    )
    symbol = get_currency_symbol(amount.currency, locale)
    # Eleven currencies are written "$" at home; readers here are in many countries.
    if symbol == "$":
        text = text.replace("$", f"{amount.currency[:2]}$", 1)
    # Marks of direction inside the amount would fight the isolation the screens put around it.
    text = text.translate(_WITHOUT_DIRECTION_MARKS)
    lead = MINUS if amount.amount_minor < 0 else "+" if sign and amount.amount_minor > 0 else ""
    return f"{lead}{text}"


def format_number(value: int, reader: Reader) -> str:
    """A whole number with the reader's digits and grouping."""
    return str(format_decimal(value, locale=reader.locale, numbering_system="default")).replace("-", MINUS)


def format_share(share: Share, reader: Reader) -> str:
    """A share as a percentage with at most one decimal: `96.4%`."""
    percent = Decimal(share.share_bp) / 10_000
    pattern = parse_pattern(str(reader.locale.percent_formats[None].pattern).split(";")[0])
    pattern.frac_prec = (0, 1)
    return str(format_percent(percent, format=pattern, locale=reader.locale, numbering_system="default"))
