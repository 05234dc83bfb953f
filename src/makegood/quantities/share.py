"""A share as basis points: 10,000 is the whole."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.quantities.money import Money


@dataclass(frozen=True, slots=True)
class Share:
    """`share_bp` ten-thousandths of something; 2500 is a quarter."""

    share_bp: int

    def __post_init__(self) -> None:
        if isinstance(self.share_bp, bool) or not isinstance(self.share_bp, int) or self.share_bp < 0:
            raise ValueError(f"a share is a whole number of basis points from 0, not {self.share_bp!r}")

    def of(self, amount: Money) -> Money:
        """This share of a non-negative amount, rounded down: the person charged has the benefit of the fraction."""
        if amount.amount_minor < 0:
            raise ValueError("a share is taken of a non-negative amount")
        return Money(amount.amount_minor * self.share_bp // 10_000, amount.currency)
