"""Amounts, times and sentences in several languages and zones."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.quantities import Money, Share
from makegood.rules.english import value_in_english
from makegood.rules.sentences import Sentence, Value
from makegood.wording import (
    DayForm,
    Reader,
    city_name,
    clock_change_on,
    fill_sentence,
    format_clock,
    format_day,
    format_left,
    format_moment,
    format_money,
    format_number,
    format_share,
    last_minute_before,
    offset_text,
    sentence_text,
)

MANILA = Reader.of(language="en", zone="Asia/Manila")
BERLIN = Reader.of(language="de", zone="Europe/Berlin")
HALF_PAST_SEVEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "amount", "expected"),
    [
        ("en", Money(130, "USD"), "US$1.30"),
        ("en", Money(-130, "USD"), "\u2212US$1.30"),
        ("en-us", Money(-123_456_789, "USD"), "\u2212US$1,234,567.89"),
        ("en", Money(500, "PHP"), "PHP5.00"),
        ("en-ca", Money(100, "CAD"), "CA$1.00"),
        ("de", Money(130, "USD"), "1,30\xa0US$"),
        ("de", Money(1234, "JPY"), "1.234\xa0¥"),
        ("en", Money(1500, "KWD"), "KWD1.500"),
        ("en", Money(0, "EUR"), "€0.00"),
    ],
)
def test_money_is_written_with_its_currency_once(language: str, amount: Money, expected: str) -> None:
    text = format_money(amount, Reader.of(language=language, zone="UTC"))
    # CLDR separates a code from its number by a no-break space in some versions.
    assert text.replace("PHP\xa0", "PHP").replace("KWD\xa0", "KWD").replace("₱", "PHP") == expected


@pytest.mark.parametrize("currency", ["USD", "EUR", "GBP", "CAD", "JPY", "INR", "SEK", "KWD"])
@pytest.mark.parametrize("amount_minor", [0, 30, -30, 123_456_789])
def test_money_reads_the_same_in_commands_and_on_screens(currency: str, amount_minor: int) -> None:
    amount = Money(amount_minor, currency)
    assert value_in_english(amount) == format_money(amount, MANILA).replace("\xa0", "")


def test_money_in_an_arabic_page_carries_no_marks_of_direction() -> None:
    text = format_money(Money(-130, "USD"), Reader.of(language="ar-eg", zone="UTC"))
    assert text.startswith("\u2212")
    assert not set(text) & {"\u200e", "\u200f", "\u061c"}


def test_sign_shows_a_plus_only_when_asked() -> None:
    assert format_money(Money(50, "USD"), MANILA, sign=True) == "+US$0.50"
    assert format_money(Money(0, "USD"), MANILA, sign=True) == "US$0.00"


def test_numbers_and_shares_follow_the_language() -> None:
    assert format_number(1842, MANILA) == "1,842"
    assert format_number(-1842, BERLIN) == "\u22121.842"
    assert format_share(Share(9643), MANILA) == "96.4%"
    assert format_share(Share(10_000), BERLIN) == "100\xa0%"


@pytest.mark.parametrize(
    ("form", "english", "german"),
    [
        (DayForm.LONG, "Tuesday 24 November", "Dienstag, 24. November"),
        (DayForm.SHORT, "Tue 24 Nov", "Di., 24. Nov."),
        (DayForm.FULL, "24 November 2026", "24. November 2026"),
        (DayForm.MONTH, "November", "November"),
        (DayForm.MONTH_YEAR, "November 2026", "November 2026"),
        (DayForm.WEEKDAY, "Tue", "Di."),
    ],
)
def test_day_is_said_in_each_form(form: DayForm, english: str, german: str) -> None:
    assert format_day(HALF_PAST_SEVEN, MANILA, form) == english
    assert format_day(HALF_PAST_SEVEN, BERLIN, form) == german


@pytest.mark.parametrize(
    ("language", "month"), [("fr", "novembre"), ("es", "noviembre"), ("pl", "listopad"), ("ja", "11月")]
)
def test_month_alone_is_in_its_own_language_whatever_was_read_before(language: str, month: str) -> None:
    for other in ("ja", "pl", "fr", "es"):
        format_day(HALF_PAST_SEVEN, Reader.of(language=other, zone="UTC"), DayForm.MONTH)
    assert format_day(HALF_PAST_SEVEN, Reader.of(language=language, zone="UTC"), DayForm.MONTH) == month


def test_instant_is_moved_to_the_readers_zone_and_a_date_is_not() -> None:
    late = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
    assert format_day(late, MANILA) == "Fri 27 Nov"
    assert format_day(date(2026, 11, 26), MANILA) == "Thu 26 Nov"
    assert format_clock(late, MANILA) == "07:00"
    assert format_clock(late, Reader.of(language="en-us", zone="America/New_York")).replace("\u202f", " ") == "6:00 PM"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(days=6, hours=9, minutes=47), "6 d 9 h"),
        (timedelta(hours=1, minutes=18), "1 h 18 min"),
        (timedelta(minutes=17, seconds=1), "18 min"),
        (timedelta(seconds=-5), "0 min"),
    ],
)
def test_time_left_is_rounded_up_to_the_minute(left: timedelta, text: str) -> None:
    assert format_left(left, MANILA) == text


def test_midnight_as_an_end_reads_as_the_last_minute_of_the_day_before() -> None:
    end = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert last_minute_before(end, MANILA) == end - timedelta(minutes=1)
    assert last_minute_before(end, BERLIN) == end


def test_zones_are_said_by_city_and_offset() -> None:
    assert city_name(Reader.of(language="en", zone="America/New_York").zone, BERLIN) == "New York"
    assert city_name(Reader.of(language="en", zone="UTC").zone, MANILA) == "UTC"
    assert offset_text(MANILA.zone, HALF_PAST_SEVEN) == "GMT+8"
    assert offset_text(Reader.of(language="en", zone="Asia/Kolkata").zone, HALF_PAST_SEVEN) == "GMT+5:30"
    assert offset_text(Reader.of(language="en", zone="America/New_York").zone, HALF_PAST_SEVEN) == "GMT\u22125"


def test_clock_change_is_found_on_its_local_day() -> None:
    start, end = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)
    assert clock_change_on(start, end, BERLIN.zone) == date(2026, 3, 29)
    assert clock_change_on(start, end, MANILA.zone) is None


def test_sentence_chooses_its_plural_and_formats_its_values() -> None:
    sentence = Sentence(
        "One lesson cost {amount}.",
        {"count": 2, "amount": Money(130, "USD"), "at": HALF_PAST_SEVEN, "name": "Kim"},
        plural="{count} lessons cost {amount} at {at}, said {name}.",
        count="count",
    )
    assert sentence_text(sentence, MANILA) == "2 lessons cost US$1.30 at Tue 24 Nov, 15:30, said Kim."


def test_a_sentence_writes_only_the_values_it_names() -> None:
    written: list[Value] = []

    def show(value: Value) -> str:
        written.append(value)
        return str(value)

    sentence = Sentence("{count} of {count} with {name}", {"count": 3, "name": "Ana", "lesson_id": 7})
    assert fill_sentence(sentence, MANILA, show) == "3 of 3 with Ana"
    assert written == [3, "Ana"]


@pytest.mark.parametrize(
    ("zone", "language", "first", "between", "said"),
    [
        ("Europe/Berlin", "de", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 60, ("02:30 (GMT+2)", "02:30 (GMT+1)")),
        ("Europe/London", "en", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 60, ("01:30 (GMT+1)", "01:30 (GMT)")),
        (
            "America/New_York", "en-us", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 60,
            ("1:30\u202fAM (GMT\u22124)", "1:30\u202fAM (GMT\u22125)"),
        ),
        (
            "Australia/Lord_Howe", "en", datetime(2027, 4, 3, 14, 45, tzinfo=UTC), 30,
            ("01:45 (GMT+11)", "01:45 (GMT+10:30)"),
        ),
    ],
)  # fmt: skip
def test_a_time_that_comes_twice_says_which(
    zone: str, language: str, first: datetime, between: int, said: tuple[str, str]
) -> None:
    reader = Reader.of(language=language, zone=zone)
    instants = (first, first + timedelta(minutes=between))

    assert tuple(format_clock(at, reader) for at in instants) == said
    assert [format_moment(at, reader).endswith(clock) for at, clock in zip(instants, said, strict=True)] == [True, True]


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Havana", "America/St_Johns",
        "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut", "Asia/Manila", "UTC",
    ],
)  # fmt: skip
def test_around_changes_of_the_clocks_only_times_that_come_twice_are_longer_and_none_reads_like_another(
    zone: str,
) -> None:
    reader = Reader.of(language="en", zone=zone)
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    changing = [day for day in days if clock_change_on(day, day + timedelta(days=1), reader.zone)]
    quarters = range(-96, 192)
    moments = [day + timedelta(minutes=15 * step) for day in changing or days[:1] for step in quarters]
    walls = {at: at.astimezone(reader.zone).replace(tzinfo=None, fold=0) for at in moments}
    longer = {at for at in moments if "(" in format_clock(at, reader)}
    counts = Counter(walls.values())

    assert longer == {at for at, wall in walls.items() if counts[wall] == 2}
    assert len({(walls[at].date(), format_clock(at, reader)) for at in moments}) == len(moments)
    assert bool(longer) == (zone not in {"Asia/Manila", "UTC"})
