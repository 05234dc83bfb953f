"""Amounts, times and sentences as HTML: isolated from the direction of the text around them, and machine-readable."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from makegood.quantities import Money
from makegood.rules.sentences import Sentence, Value
from makegood.wording import (
    DayForm,
    Reader,
    city_name,
    fill_sentence,
    format_clock,
    format_day,
    format_left,
    format_moment,
    format_money,
    format_number,
    last_minute_before,
)


class Stretch(Protocol):
    """Anything with two ends in time, such as `makegood.quantities.Interval`."""

    @property
    def start(self) -> datetime:
        """Its first instant."""

    @property
    def end(self) -> datetime | None:
        """The instant it ends before; None when it is open."""


def money(amount: Money, reader: Reader, *, sign: bool = False) -> SafeString:
    """`<bdi dir="ltr">US$1.30</bdi>`: the sign and the currency keep their side in every script."""
    return format_html('<bdi dir="ltr">{}</bdi>', format_money(amount, reader, sign=sign))


def machine_time(at: datetime) -> str:
    """The instant for a `datetime` attribute: UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _isolated(text: str, at: datetime) -> SafeString:
    return _timed(machine_time(at), text)


def _timed(machine: str, text: str) -> SafeString:
    """What `format_html` would make of it, at a third of its cost: a page has hundreds of times."""
    return mark_safe(f'<bdi><time datetime="{machine}">{escape(text)}</time></bdi>')  # noqa: S308 - of our own making


def clock_time(at: datetime, reader: Reader) -> SafeString:
    """The time of day, with the instant in `datetime`."""
    return _isolated(format_clock(at, reader), at)


def day(value: date | datetime, reader: Reader, form: DayForm = DayForm.SHORT) -> SafeString:
    """The calendar day; `datetime` carries the local date, or the month for the month forms."""
    local = value.astimezone(reader.zone).date() if isinstance(value, datetime) else value
    machine = local.isoformat()[:7] if form in {DayForm.MONTH, DayForm.MONTH_YEAR} else local.isoformat()
    return _timed(machine, format_day(value, reader, form))


def moment(at: datetime, reader: Reader) -> SafeString:
    """Day and time of an instant: `Mon 23 Nov, 15:30`."""
    return _isolated(format_moment(at, reader), at)


def stretch(
    interval: Stretch, reader: Reader, *, viewer: Reader | None = None, city: bool = False, start_only: bool = False
) -> SafeString:
    """`15:30 to 16:20`; with `viewer` whose date differs, a bold weekday leads; `city` adds the zone's city."""
    text: SafeString = clock_time(interval.start, reader)
    with reader.speaking():
        if interval.end is not None and not start_only:
            # Translators: a stretch of time, as in "15:30 to 16:20".
            text = format_html(gettext("{start} to {end}"), start=text, end=clock_time(interval.end, reader))
        if viewer is not None and _date(interval.start, viewer) != _date(interval.start, reader):
            text = format_html("<strong>{}</strong> {}", format_day(interval.start, reader, DayForm.WEEKDAY), text)
        if city:
            # Translators: a time and the city whose time it is, as in "16:30 to 17:20, Tokyo".
            text = format_html(gettext("{time}, {city}"), time=text, city=city_name(reader.zone, reader))
    return format_html("<bdi>{}</bdi>", text)


def _date(at: datetime, reader: Reader) -> date:
    return at.astimezone(reader.zone).date()


def time_left(until: datetime, reader: Reader, *, now: datetime, over: str = "") -> SafeString:
    """The time left until an instant, kept fresh by the script on the server's clock; `over` replaces it afterwards."""
    left = until - now
    text = over if over and left <= timedelta() else format_left(left, reader)
    return format_html(
        '<bdi><time datetime="{}" data-countdown data-over="{}">{}</time></bdi>',
        machine_time(until),
        over or format_left(timedelta(), reader),
        text,
    )


def deadline(end: datetime, reader: Reader, *, now: datetime) -> SafeString:
    """Date and time of an exclusive end (midnight reads 23:59 of the day before), and the time left as an addition."""
    said = moment(last_minute_before(end, reader), reader)
    if end <= now:
        return said
    with reader.speaking():
        # Translators: a deadline and the time left, as in "Mon 30 Nov, 23:59 (6 d 9 h left)".
        template = gettext("{deadline} ({time_left} left)")
        return format_html(template, deadline=said, time_left=time_left(end, reader, now=now))


def because(sentence: Sentence, reader: Reader) -> SafeString:
    """The sentence in the reader's language, its values formatted and isolated; the template itself is escaped."""

    def show(value: Value) -> str:
        if isinstance(value, Money):
            return money(value, reader)
        if isinstance(value, datetime):
            return moment(value, reader)
        if isinstance(value, date):
            return day(value, reader)
        if isinstance(value, int):
            return format_number(value, reader)
        return format_html("<bdi>{}</bdi>", value)

    # The template is escaped by `prepare`, each value by `show`.
    return mark_safe(fill_sentence(sentence, reader, show, prepare=escape))  # noqa: S308
