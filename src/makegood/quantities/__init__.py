"""Amounts, shares and intervals: exact, immutable, comparable, free of Django and of the product."""

from makegood.quantities.interval import Interval
from makegood.quantities.money import CurrencyMismatch, Money
from makegood.quantities.share import Share

__all__ = ["CurrencyMismatch", "Interval", "Money", "Share"]
