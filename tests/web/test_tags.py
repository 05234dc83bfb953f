"""The tags of every template, as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.template import engines
from django.utils import timezone, translation

from makegood.quantities import Interval, Money, Share
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence

NOW = datetime(2026, 11, 24, 6, 12, tzinfo=UTC)
START = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
LESSON = Interval(START, datetime(2026, 11, 24, 8, 20, tzinfo=UTC))


@pytest.fixture(autouse=True)
def reader_in_manila() -> Iterator[None]:
    with translation.override("en"), timezone.override("Asia/Manila"):
        yield


def rendered(source: str, **values: Any) -> str:
    return engines["django"].from_string(source).render({"now": NOW, **values})


def test_money_is_isolated_and_takes_money_or_minor_units() -> None:
    expected = '<bdi dir="ltr">\u2212US$1.30</bdi>'
    assert rendered("{% money amount %}", amount=Money(-130, "USD")) == expected
    assert rendered('{% money minor "USD" %}', minor=-130) == expected


def test_when_shows_the_viewers_time_and_the_others_with_city_and_weekday() -> None:
    early = Interval(datetime(2026, 11, 26, 23, 0, tzinfo=UTC), datetime(2026, 11, 26, 23, 50, tzinfo=UTC))
    own = rendered("{% when lesson %}", lesson=LESSON)
    theirs = rendered('{% when lesson zone="America/New_York" start_only=True %}', lesson=early)

    assert own == (
        '<bdi><bdi><time datetime="2026-11-24T07:30:00Z">15:30</time></bdi> to '
        '<bdi><time datetime="2026-11-24T08:20:00Z">16:20</time></bdi></bdi>'
    )
    assert theirs == (
        '<bdi><strong>Thu</strong> <bdi><time datetime="2026-11-26T23:00:00Z">18:00</time></bdi>, New York</bdi>'
    )


def test_deadline_says_date_time_and_what_is_left() -> None:
    assert rendered("{% deadline end %}", end=datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == (
        '<bdi><time datetime="2026-11-30T15:59:00Z">Mon 30 Nov, 23:59</time></bdi> '
        '(<bdi><time datetime="2026-11-30T16:00:00Z" data-countdown data-over="0 min">6 d 9 h</time></bdi> left)'
    )


def test_passed_deadline_has_nothing_left() -> None:
    assert rendered("{% deadline end %}", end=NOW) == (
        '<bdi><time datetime="2026-11-24T06:12:00Z">Tue 24 Nov, 14:12</time></bdi>'
    )


def test_heading_of_today_and_tomorrow_says_so() -> None:
    assert rendered("{% day_heading at %}", at=START).startswith("Today, ")
    assert rendered("{% day_heading on %}", on=date(2026, 11, 25)).startswith("Tomorrow, ")
    assert rendered("{% day_heading on %}", on=date(2026, 11, 26)).startswith("<bdi>")


def test_because_escapes_text_and_names_and_formats_amounts() -> None:
    sentence = Sentence("<{name}> pays {amount}.", {"name": "<b>Kim</b>", "amount": Money(30, "USD")})

    assert rendered("{% because sentence %}", sentence=sentence) == (
        '&lt;<bdi>&lt;b&gt;Kim&lt;/b&gt;</bdi>&gt; pays <bdi dir="ltr">US$0.30</bdi>.'
    )


def test_steps_show_each_reason_and_only_the_amounts_that_change() -> None:
    steps = [
        Step("bands", "2.A", Sentence("Early."), 0, 30),
        Step("week", "", Sentence("No doubling."), 30, 30),
        Step("tier", "", Sentence("Number 4."), 30, 100),
    ]
    html = rendered('{% steps steps currency="USD" %}', steps=steps)
    assert html.count("<li>") == 3
    assert html.count("becomes") == 1
    assert "0.00" not in html
    assert 'The penalty is <bdi dir="ltr">US$0.30</bdi>.' in html or "The penalty is US$0.30." in html
    assert '<span class="rule"><bdi>2.A</bdi></span>' in html


def test_steps_say_in_words_that_the_published_rules_leave_something_open() -> None:
    html = rendered("{% steps steps %}", steps=[Step("void", "our reading: recorded wrongly", Sentence("Void."), 0, 0)])
    assert "our reading" not in html
    assert "The rules do not say this word for word; it is how they are read here." in html


def test_steps_without_money_show_reasons_alone() -> None:
    html = rendered("{% steps steps %}", steps=[Step("count", "", Sentence("Counted."), 0, 0)])
    assert "Counted." in html
    assert "becomes" not in html


def test_pips_mark_what_is_used_what_is_new_and_the_limit() -> None:
    assert rendered("{% pips used=2 of=3 new=1 %}") == (
        '<div class="pips" role="img" aria-label="3 of 3 used. The next step starts at 4.">'
        '<i class="on"></i><i class="on"></i><i class="new"></i><i class="lim"></i></div>'
    )
    assert rendered("{% pips used=5 of=3 label='Five' %}").count("<i") == 5


def test_icon_is_hidden_from_assistive_technology_and_unknown_ones_are_refused() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "clock" size=14 %}')
    with pytest.raises(LookupError, match="no icon 'clok'"):
        rendered('{% icon "clok" %}')


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Share(9643), '<bdi dir="ltr">96.4%</bdi>'),
        (1842, "1,842"),
        ("<x>", "&lt;x&gt;"),
        (date(2026, 11, 24), '<bdi><time datetime="2026-11-24">Tue 24 Nov</time></bdi>'),
    ],
)
def test_shown_gives_each_value_its_own_form(value: Any, expected: str) -> None:
    assert rendered("{% shown value %}", value=value) == expected


def test_small_tags_say_zones_durations_numbers_and_clock_changes() -> None:
    assert rendered("{% your_zone %}") == "<bdi>Manila (GMT+8)</bdi>"
    assert [rendered(f"{{% duration {minutes} %}}") for minutes in (50, 60, 80, 1440)] == [
        "50 min",
        "1 h",
        "1 h 20 min",
        "1 d 0 h",
    ]
    assert rendered('{{ "+63 2 5550-0101"|dialled }}') == "+63255500101"
    assert not rendered("{% clock_change until %}", until=datetime(2027, 6, 1, tzinfo=UTC))
    assert "28 March" in rendered(
        '{% clock_change until zone="Europe/Berlin" %}', until=datetime(2027, 6, 1, tzinfo=UTC)
    )
