"""Days, clock times, moments and time left as text. Datetimes are aware; results are in the reader's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date, format_time
from django.utils.translation import gettext

from makegood.wording.reader import Reader
from makegood.wording.zones import offset_text

# Languages whose month has another form when it stands without a day. Elsewhere Babel 2.18 can answer with the
# stand-alone name of another language it read before, so it is not asked.
_MONTH_NAMES_STAND_ALONE: Final = frozenset({"ca", "cs", "el", "fi", "hr", "lt", "pl", "ru", "sk", "uk"})


class DayForm(StrEnum):
    """How much of a day is said."""

    LONG = "long"  # Tuesday 24 November
    SHORT = "short"  # Tue 24 Nov
    FULL = "full"  # 24 November 2026
    BRIEF = "brief"  # 24 Nov
    MONTH = "month"  # November
    MONTH_YEAR = "month_year"  # November 2026
    WEEKDAY = "weekday"  # Tue


def local_day(value: date | datetime, reader: Reader) -> date:
    """The calendar day of an instant where the reader is; a date stays what it is."""
    return value.astimezone(reader.zone).date() if isinstance(value, datetime) else value


def _pattern(form: DayForm, locale: Locale) -> str:
    skeletons = locale.datetime_skeletons

    def first(*names: str) -> str:
        return next(str(skeletons[name].pattern) for name in names if name in skeletons)

    match form:
        case DayForm.LONG:
            pattern = first("MMMMEEEEd", "MMMMEd", "MMMEd")
            pattern = pattern if "MMMM" in pattern else pattern.replace("MMM", "MMMM")
            return pattern if "EEEE" in pattern else pattern.replace("E", "EEEE", 1)
        case DayForm.SHORT:
            return first("MMMEd")
        case DayForm.FULL:
            return str(locale.date_formats["long"].pattern)
        case DayForm.BRIEF:
            return first("MMMd")
        case DayForm.MONTH:
            return "LLLL" if locale.language in _MONTH_NAMES_STAND_ALONE else "MMMM"
        case DayForm.MONTH_YEAR:
            return first("yMMMM")
        case DayForm.WEEKDAY:
            return "EEE"


def format_day(value: date | datetime, reader: Reader, form: DayForm = DayForm.SHORT) -> str:
    """The day in the reader's language; an instant is first moved to the reader's zone."""
    return _say_day(local_day(value, reader), form, reader.locale)


# A page says the same few days and times again and again, and Babel takes a third of a millisecond for each.
@lru_cache(maxsize=8192)
def _say_day(day: date, form: DayForm, locale: Locale) -> str:
    return str(format_date(day, format=_pattern(form, locale), locale=locale))


@lru_cache(maxsize=8192)
def _say_clock(clock: time, locale: Locale) -> str:
    return str(format_time(clock, format="short", locale=locale))


def format_clock(value: datetime, reader: Reader) -> str:
    """The time of day with 12 or 24 hours as the reader's locale has it: `15:30`.

    In a night in which the clocks go back a time comes twice; then it says which: `01:30 (GMT+2)`.
    """
    local = value.astimezone(reader.zone)
    said = _say_clock(local.time().replace(second=0, microsecond=0), reader.locale)
    return f"{said} ({offset_text(reader.zone, local)})" if _comes_twice(local) else said


def _comes_twice(local: datetime) -> bool:
    """Whether clocks there show this again. An instant's local time is never one they skip, which differs as well."""
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def format_moment(value: datetime, reader: Reader) -> str:
    """Day and time: `Mon 23 Nov, 15:30`."""
    with reader.speaking():
        # Translators: a day and a time of that day, as in "Mon 23 Nov, 15:30".
        return gettext("%(day)s, %(time)s") % {"day": format_day(value, reader), "time": format_clock(value, reader)}


def last_minute_before(end: datetime, reader: Reader) -> datetime:
    """The minute to show for an exclusive end: an end at local midnight reads 23:59 of the day before."""
    return end - timedelta(minutes=1) if end.astimezone(reader.zone).time() == time() else end


def format_left(left: timedelta, reader: Reader) -> str:
    """Time left, rounded up to the minute: `6 d 9 h`, `1 h 18 min`, `18 min`; never below `0 min`."""
    minutes = max(0, -(-int(left.total_seconds()) // 60))
    parts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    with reader.speaking():
        days_text, hours_text, minutes_text = left_texts()
    text = days_text if parts["days"] else hours_text if parts["hours"] else minutes_text
    return text % parts


def left_texts() -> tuple[str, str, str]:
    """The three forms of time left in the active language; the script that keeps countdowns fresh uses the same."""
    return (
        # Translators: time left in days and hours, abbreviated.
        gettext("%(days)d d %(hours)d h"),
        # Translators: time left in hours and minutes, abbreviated.
        gettext("%(hours)d h %(minutes)d min"),
        # Translators: time left in minutes, abbreviated.
        gettext("%(minutes)d min"),
    )


def clock_change_on(start: datetime, end: datetime, zone: tzinfo) -> date | None:
    """The local day on which the zone's clocks change within `[start, end)`, or None."""
    if start.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset():
        return None
    before, after = start, end
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == start.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.astimezone(zone).date()
