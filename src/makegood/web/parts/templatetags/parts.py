"""The tags of every template: money, times, sentences, icons and meters. docs/screens.md shows each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.context import Context
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from makegood import clock
from makegood.domain.availability import expansion
from makegood.quantities import Interval, Money, Share
from makegood.rules.results import Step
from makegood.rules.sentences import Sentence
from makegood.web.parts import icons, markup
from makegood.web.parts.components import Shown
from makegood.web.parts.lesson_names import show_kind
from makegood.web.parts.own_links import link_own
from makegood.web.parts.parts_of_day import is_night
from makegood.web.parts.pay_notes import explain_pay
from makegood.wording import (
    DayForm,
    Reader,
    city_name,
    clock_change_on,
    format_left,
    format_number,
    format_share,
    last_minute_before,
    left_texts,
    offset_text,
)

# How a shipped policy marks what its published rules leave open.
_OWN_READING: Final = "our reading"
_HOUR_MINUTES: Final = 60
_DAY_HOURS: Final = 24
_WEEK: Final = timedelta(days=7)

register = template.Library()


def _now(context: Context) -> datetime:
    now = context.get("now")
    return now if isinstance(now, datetime) else clock.now()


def _reader(zone: str | tzinfo | None = None) -> Reader:
    reader = Reader.active()
    if not zone:
        return reader
    return Reader(reader.language, ZoneInfo(zone) if isinstance(zone, str) else zone)


@register.simple_tag
def money(amount: Money | int, currency: str = "", sign: bool = False) -> SafeString:
    """`{% money amount %}` of a Money, or `{% money minor_units "USD" %}`; `sign=True` shows a plus too."""
    value = amount if isinstance(amount, Money) else Money(amount, currency)
    return markup.money(value, _reader(), sign=sign)


@register.simple_tag
def number(value: int) -> str:
    """`{% number count %}`: a whole number with the reader's digits and grouping."""
    return format_number(value, _reader())


@register.simple_tag
def share(value: Share) -> SafeString:
    """`{% share standing %}`: a Share as a percentage."""
    return format_html('<bdi dir="ltr">{}</bdi>', format_share(value, _reader()))


@register.simple_tag
def when(
    interval: markup.Stretch | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str | tzinfo | None = None,
    city: bool | None = None,
    start_only: bool = False,
) -> SafeString:
    """`{% when lesson.interval %}` in the viewer's zone; `zone=student.zone` shows it there, with the city.

    In another zone a bold weekday leads where the date differs from the viewer's. Of what was over at once it is the
    start alone.
    """
    stretch = interval if interval is not None else Interval(_given(start), None if end == start else end)
    viewer = _reader() if zone else None
    shows_city = bool(zone) if city is None else city
    return markup.stretch(stretch, _reader(zone), viewer=viewer, city=shows_city, start_only=start_only)


def _given(start: datetime | None) -> datetime:
    if start is None:
        raise template.TemplateSyntaxError("{% when %} takes an interval or start=")
    return start


@register.simple_tag
def day(value: date | datetime, form: str = "short") -> SafeString:
    """`{% day lesson.starts_at "long" %}`; forms: long short full brief month month_year weekday."""
    return markup.day(value, _reader(), DayForm(form))


@register.simple_tag(takes_context=True)
def day_heading(context: Context, value: date | datetime) -> SafeString:
    """`{% day_heading date %}`: `Today, Tuesday 24 November`, `Tomorrow, …` or the long day alone."""
    reader = _reader()
    local = value.astimezone(reader.zone).date() if isinstance(value, datetime) else value
    shown = markup.day(local, reader, DayForm.LONG)
    ahead = (local - _now(context).astimezone(reader.zone).date()).days
    if ahead not in {0, 1}:
        return shown
    # Translators: the heading of today's or tomorrow's lessons, as in "Today, Tuesday 24 November".
    sentence = gettext("Today, {day}") if ahead == 0 else gettext("Tomorrow, {day}")
    return format_html(sentence, day=shown)


@register.simple_tag
def clock_time(at: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """`{% clock_time at %}`: the time of day."""
    return markup.clock_time(at, _reader(zone))


@register.simple_tag
def moment(at: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """`{% moment at %}`: day and time, as in `Mon 23 Nov, 15:30`."""
    return markup.moment(at, _reader(zone))


@register.simple_tag(takes_context=True)
def deadline(context: Context, end: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """`{% deadline end %}`: `Mon 30 Nov, 23:59 (6 d 9 h left)`; `end` is exclusive, so midnight reads 23:59."""
    return markup.deadline(end, _reader(zone), now=_now(context))


@register.simple_tag(takes_context=True)
def time_left(context: Context, until: datetime, over: str = "") -> SafeString:
    """`{% time_left at %}`: `1 h 18 min`, counted down by the script; the date must stand beside it (5.4)."""
    return markup.time_left(until, _reader(), now=_now(context), over=over)


@register.simple_tag
def duration(minutes: int) -> str:
    """`{% duration 50 %}`: whole minutes as `50 min`, `1 h 20 min` or `2 h`."""
    hours, rest = divmod(minutes, _HOUR_MINUTES)
    if 0 < hours < _DAY_HOURS and not rest:
        # Translators: full hours, abbreviated.
        return gettext("%(hours)d h") % {"hours": hours}
    return format_left(timedelta(minutes=minutes), _reader())


@register.simple_tag(takes_context=True)
def your_zone(context: Context, at: datetime | None = None) -> SafeString:
    """`{% your_zone %}`: `Manila (GMT+8)`, the zone all times of the page are in, as it is now or at `at`."""
    reader = _reader()
    offset = offset_text(reader.zone, at or _now(context))
    return format_html("<bdi>{} ({})</bdi>", city_name(reader.zone, reader), offset)


@register.simple_tag(takes_context=True)
def your_zone_of(context: Context, zone: str) -> SafeString:
    """`{% your_zone_of calendar.zone %}`: `Manila (GMT+8)`, the zone that somebody else's times are in."""
    reader = _reader(zone)
    return format_html("<bdi>{} ({})</bdi>", city_name(reader.zone, reader), offset_text(reader.zone, _now(context)))


@register.simple_tag
def zone_of_week(zone: str, monday_on: date) -> SafeString:
    """`{% zone_of_week calendar.zone calendar.monday_on %}`: `Belgrade (GMT+2)`, as it is in that week.

    Where clocks change in it: `Belgrade (GMT+1, then GMT+2)`.
    """
    reader = _reader(zone)
    start, end = (expansion.start_at(day=day, minute=0, zone=zone) for day in (monday_on, monday_on + _WEEK))
    before, after = offset_text(reader.zone, start), offset_text(reader.zone, end - timedelta.resolution)
    if before != after:
        # Translators: a place's distance from Greenwich in a week in which its clocks change: "GMT+1, then GMT+2".
        before = gettext("{before}, then {after}").format(before=before, after=after)
    return format_html("<bdi>{} ({})</bdi>", city_name(reader.zone, reader), before)


@register.simple_tag(takes_context=True)
def zone_ahead(context: Context, zone: str | None = None) -> SafeString:
    """`{% zone_ahead %}`, `{% zone_ahead student.zone %}`: `Manila (GMT+8)`, for a page about any day to come.

    Where clocks change within a year no one distance is true of all of them: `Belgrade`.
    """
    reader = _reader(zone)
    now, city = _now(context), city_name(reader.zone, reader)
    if expansion.find_next_clock_change(zone=str(reader.zone), after=now) is not None:
        return format_html("<bdi>{}</bdi>", city)
    return format_html("<bdi>{} ({})</bdi>", city, offset_text(reader.zone, now))


@register.simple_tag(takes_context=True)
def clock_change(context: Context, until: datetime, zone: str | tzinfo | None = None) -> SafeString | str:
    """`{% clock_change until %}`: `Clocks change on 29 March in Berlin.` when they do before then, else nothing."""
    reader = _reader(zone)
    changes_on = clock_change_on(_now(context), until, reader.zone)
    if changes_on is None:
        return ""
    return format_html(
        gettext("Clocks change on {day} in {city}."),
        day=markup.day(changes_on, reader, DayForm.LONG),
        city=format_html("<bdi>{}</bdi>", city_name(reader.zone, reader)),
    )


@register.simple_tag
def night_there(at: datetime, zone: str) -> bool:
    """`{% night_there lesson.starts_at student.zone as night %}`: whether it is between 22:00 and 06:00 there."""
    return is_night(at, ZoneInfo(zone))


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """`{% icon "clock" size=14 %}`: a decorative line icon; the words beside it carry the meaning."""
    return icons.draw(name, size=size)


@register.simple_tag
def pips(used: int, of: int, new: int = 0, label: str = "") -> SafeString:
    """`{% pips used=2 of=3 new=1 %}`: marks for a count against a limit; one dashed mark more is the limit itself."""
    over = max(0, used + new - of)
    kinds = ["on"] * used + ["new"] * new + [""] * max(0, of - used - new)
    kinds += [] if over else ["lim"]
    text = label or ngettext(
        "{count} of {of} used. The next step starts at {limit}.",
        "{count} of {of} used. The next step starts at {limit}.",
        used + new,
    ).format(count=used + new, of=of, limit=of + 1)
    marks = format_html_join("", "<i{}></i>", ((format_html(' class="{}"', kind) if kind else "",) for kind in kinds))
    return format_html('<div class="pips" role="img" aria-label="{}">{}</div>', text, marks)


@register.simple_tag
def because(sentence: Sentence | str, zone: str | tzinfo | None = None) -> SafeString | str:
    """`{% because step.because %}`: a rule's sentence, translated, its amounts and times in the reader's form."""
    return markup.because(sentence, _reader(zone)) if isinstance(sentence, Sentence) else sentence


@register.inclusion_tag("parts/steps.html")
def steps(items: Iterable[Step], currency: str | None = None, zone: str | tzinfo | None = None) -> dict[str, Any]:
    """`{% steps assessment.steps currency=assessment.currency %}`: numbered reasons, each with its clause and effect.

    `zone` is the policy's, for times that were counted there.
    """
    shown = [
        {
            "because": markup.because(step.because, _reader(zone)),
            "clause": step.clause,
            "before": Money(step.before_minor, currency)
            if currency and step.before_minor != step.after_minor
            else None,
            "after": Money(step.after_minor, currency) if currency and step.before_minor != step.after_minor else None,
        }
        for step in items
    ]
    return {"steps": shown}


@register.simple_tag
def clause(source: str) -> SafeString | str:
    """`{% clause step.clause %}`: where the rules say it; shipped policies in the page's language."""
    if not source:
        return ""
    is_own_reading = source.startswith(_OWN_READING)
    said = gettext("The rules do not say this word for word; it is how they are read here.")
    return format_html(' <span class="rule"><bdi>{}</bdi></span>', said if is_own_reading else gettext(source))


class Pay(Protocol):
    """What is paid for a month."""

    lesson_pay: Money
    penalties: Money

    @property
    def has_imported(self) -> bool:
        """Whether a penalty came with a file of the school's history."""


@register.simple_tag
def pay_note(total: Pay) -> SafeString | str:
    """`{% pay_note total as note %}`: why nothing is left where only penalties are known, else nothing."""
    note = explain_pay(lesson_pay=total.lesson_pay, penalties=total.penalties, has_imported=total.has_imported)
    return markup.because(note, _reader()) if note is not None else ""


@register.simple_tag
def machine_time(at: datetime) -> str:
    """`{% machine_time now %}`: an instant for a `datetime` attribute."""
    return markup.machine_time(at)


@register.simple_tag
def left_forms() -> str:
    """The words of time left for the script, in the page's language."""
    return "|".join(left_texts())


@register.simple_tag
def described(field: BoundField) -> SafeString:
    """`{% described field %}`: the bare control, tied to its hint and its error for those who hear the page."""
    parts = [f"{field.auto_id}_hint"] if field.help_text else []
    attributes = dict(field.field.widget.attrs)
    if field.errors:
        parts.append(f"{field.auto_id}_error")
        attributes["aria-invalid"] = "true"
    if parts:
        attributes["aria-describedby"] = " ".join(parts)
    return field.as_widget(attrs=attributes)


@register.simple_tag
def shown(value: Shown) -> SafeString | str:
    """`{% shown line.value %}`: an amount, share, time, count, rule's sentence or text, each in its own form."""
    reader = _reader()
    if isinstance(value, Money):
        return markup.money(value, reader)
    if isinstance(value, Share):
        return share(value)
    if isinstance(value, Sentence):
        return markup.because(value, reader)
    if isinstance(value, datetime):
        return markup.moment(value, reader)
    if isinstance(value, date):
        return markup.day(value, reader)
    return format_number(value, reader) if isinstance(value, int) else conditional_escape(value)


@register.simple_tag
def deadline_day(end: datetime, zone: str | tzinfo | None = None) -> SafeString:
    """`{% deadline_day end %}`: `Mon 30 Nov, 23:59`, the deadline without the time left."""
    reader = _reader(zone)
    return markup.moment(last_minute_before(end, reader), reader)


@register.filter
def linked(text: str) -> SafeString:
    """`{{ paragraph|linked }}`: a text in which the product's own addresses are links, and everything else is text."""
    return link_own(text, address=settings.ADDRESS)


@register.filter
def kind_name(name: str) -> str:
    """`{{ lesson.title|kind_name }}`: the name of a kind of lesson, translated where it is one of ours."""
    return show_kind(name)


@register.filter
def dialled(phone: str) -> str:
    """`{{ school.desk_phone|dialled }}`: a telephone number for a `tel:` address, without its spaces and dashes."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


@register.simple_tag
def first_control(field: BoundField) -> str:
    """`{% first_control field %}`: the id a link to the field leads to; of several controls, the first."""
    return field.id_for_label or f"{field.auto_id}_0"
