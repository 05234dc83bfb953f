"""Slots of a calendar as checkboxes by day or weekday, and the form that carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from makegood.actions.reasons import LONGEST_REASON
from makegood.domain.availability import expansion
from makegood.domain.availability.expansion import DAY_MINUTES, STEP_MINUTES, WallRange
from makegood.wording import Reader, format_clock

# All quarters of an hour of a week, and as many days.
MOST_VALUES: Final = 7 * DAY_MINUTES // STEP_MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """A session that begins in a slot: with whom, and when by the clock, which may be later than the slot."""

    student: str
    at: str
    is_later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One checkbox. `is_missing`: the clock skips it that day, so it is kept but not shown.

    `is_past`: it is over, so it shows what it was and cannot be changed. `is_twice`: clocks show it twice that day.
    Then `again` is the second of the two, where one box says both; else each has a box, of which the `is_carrier`
    alone sends what is open. `begins` are the sessions that begin in it.
    """

    value: str
    label: str
    is_open: bool
    again: str = ""
    begins: Sequence[Beginning] = ()
    is_booked: bool = False
    is_missing: bool = False
    is_past: bool = False
    is_twice: bool = False
    is_carrier: bool = True

    @property
    def is_sent(self) -> bool:
        """Whether a box that cannot be ticked sends that it is open."""
        return self.is_open and self.is_carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day, or one weekday of a default week: its slots, and what is said of it.

    `past_until` names the first slot that is not over, on a day of which some are.
    """

    key: str
    day_on: date
    slots: Sequence[Slot]
    is_fixed: bool = False
    is_exception: bool = False
    holiday: str = ""

    @property
    def shows_any(self) -> bool:
        """Whether anything was open or booked on a day that is over."""
        return any(slot.is_booked or (slot.is_open and not slot.is_missing) for slot in self.slots)

    @property
    def past_until(self) -> str:
        """Its label, "" where none is over."""
        shown = [slot for slot in self.slots if not slot.is_missing]
        begun = any(slot.is_past for slot in shown)
        return next((slot.label for slot in shown if not slot.is_past), "") if begun else ""


class SlotsForm(forms.Form):
    """What every posted calendar carries. `days` and `open` are lists of the values of columns and slots."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))
    step = forms.TypedChoiceField(
        choices=[(15, "15"), (30, "30")], coerce=int, widget=forms.HiddenInput, label=_("Slots")
    )
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label=_("Reason"),
        help_text=_("You change somebody else's calendar. The teacher can read why."),
        error_messages={"required": _("Say why you change this calendar.")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, on_behalf: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_behalf:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def read_typed(self, keys: Sequence[str]) -> Mapping[str, tuple[WallRange, ...]]:
        """What was ticked in a form that is shown again, so that nothing of it is lost; nothing of one not readable."""
        try:
            return self.read_columns(keys) if "step" in self.cleaned_data else {}
        except ValidationError:
            return {}

    def read_columns(self, keys: Sequence[str]) -> Mapping[str, tuple[WallRange, ...]]:
        """The open ranges of each posted column of `keys`; call it once the form is valid. Raises ValidationError."""
        assert isinstance(self.data, QueryDict)
        posted, values = self.data.getlist("day"), self.data.getlist("open")
        if not posted or not set(posted) <= set(keys) or len(values) > MOST_VALUES:
            raise ValidationError(_("This form was not complete. Open the page again."))
        found: dict[str, list[WallRange]] = {key: [] for key in posted}
        for value in values:
            key, separator, minute = value.partition("~")
            if not separator or not minute.isascii() or not minute.isdigit() or len(minute) > len("1440"):
                raise ValidationError(_("This form was not complete. Open the page again."))
            if key in found:
                start = int(minute)
                found[key].append(WallRange(start, start + self.cleaned_data["step"]))
        return {key: expansion.merge_ranges(ranges) for key, ranges in found.items()}


def make_slots(*, key: str, ranges: Sequence[WallRange], step: int) -> Sequence[Slot]:
    """The checkboxes of one column of a usual week."""
    return [
        Slot(
            value=f"{key}~{minute}",
            label=slot_label(minute),
            is_open=any(found.start_minute <= minute < found.end_minute for found in ranges),
        )
        for minute in range(0, DAY_MINUTES, step)
    ]


def slot_label(minute: int) -> str:
    """What a clock shows at the minute of a day."""
    midnight = datetime(2001, 1, 1, tzinfo=UTC)
    return format_clock(midnight + timedelta(minutes=minute), Reader(Reader.active().language, UTC))
