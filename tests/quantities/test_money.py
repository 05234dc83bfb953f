"""Money is exact, of one currency, and never a fraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.quantities import CurrencyMismatch, Money, Share

amounts = st.integers(min_value=-(10**15), max_value=10**15)


@given(amounts, amounts)
def test_adding_and_taking_away_again_returns_the_same_amount(first: int, second: int) -> None:
    total = Money(first, "USD") + Money(second, "USD")
    assert total - Money(second, "USD") == Money(first, "USD")


@pytest.mark.parametrize("combine", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__])
def test_two_currencies_are_never_combined(combine: object) -> None:
    assert callable(combine)
    with pytest.raises(CurrencyMismatch):
        combine(Money(1, "USD"), Money(1, "EUR"))


@pytest.mark.parametrize("amount", [0.3, True, "30", None])
def test_an_amount_is_a_whole_number(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "", "ÜSD", "U D", "USD\n"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, currency)


@pytest.mark.parametrize("factor", [1.5, True])
def test_money_is_multiplied_by_whole_numbers_only(factor: float) -> None:
    with pytest.raises(TypeError):
        Money(100, "USD") * factor  # type: ignore[operator]


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(30, "USD"), "0.30"),
        (Money(-130, "USD"), "-1.30"),
        (Money(5, "USD"), "0.05"),
        (Money(1200, "JPY"), "1200"),
        (Money(-1, "KWD"), "-0.001"),
    ],
)
def test_decimal_text_is_exact(money: Money, text: str) -> None:
    assert money.decimal_text() == text


@given(st.integers(min_value=0, max_value=20_000), st.integers(min_value=0, max_value=10**12))
def test_a_share_is_rounded_down_for_the_person_charged(share_bp: int, amount: int) -> None:
    share = Share(share_bp).of(Money(amount, "USD")).amount_minor
    assert share * 10_000 <= amount * share_bp < (share + 1) * 10_000


@pytest.mark.parametrize("share_bp", [-1, 0.5, True])
def test_a_share_is_a_whole_number_from_zero(share_bp: object) -> None:
    with pytest.raises(ValueError, match="basis points"):
        Share(share_bp)  # type: ignore[arg-type]


def test_no_share_is_taken_of_a_debt() -> None:
    with pytest.raises(ValueError, match="non-negative"):
        Share(100).of(Money(-1, "USD"))
