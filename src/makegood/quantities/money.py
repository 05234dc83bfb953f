"""Money as a whole number of minor units (cents, sen) in one currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# ISO 4217 minor-unit exponents that differ from 2 (ISO 4217 amendment 176, list one).
_EXPONENTS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
_CODE: Final = re.compile(r"[A-Z]{3}")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `amount_minor` minor units of the ISO 4217 `currency` (three capital letters)."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount_minor, bool) or not isinstance(self.amount_minor, int):
            raise TypeError(f"an amount is a whole number of minor units, not {self.amount_minor!r}")
        if not _CODE.fullmatch(self.currency):
            raise ValueError(f"a currency is three capital letters, not {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, factor: int) -> Money:
        """Multiply by a whole number; shares are taken with `Share.of`, which names its rounding."""
        if isinstance(factor, bool) or not isinstance(factor, int):
            raise TypeError("money is multiplied by whole numbers only")
        return Money(self.amount_minor * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.amount_minor <= other.amount_minor

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    @property
    def exponent(self) -> int:
        """How many decimal places the currency's minor unit stands for (2 for USD, 0 for JPY)."""
        return _EXPONENTS.get(self.currency, 2)

    def decimal_text(self) -> str:
        """The amount in major units with a point and all decimals, e.g. '-1.30'; exact, for files and fallbacks."""
        sign = "-" if self.amount_minor < 0 else ""
        if self.exponent == 0:
            return f"{sign}{abs(self.amount_minor)}"
        whole, rest = divmod(abs(self.amount_minor), 10**self.exponent)
        return f"{sign}{whole}.{rest:0{self.exponent}d}"

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be combined")
