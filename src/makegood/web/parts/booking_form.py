"""A lesson at a day and a time somebody types: for whoever need not choose among the free times."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from makegood.domain.availability import expansion
from makegood.domain.lessons.offering import USUAL_CODE, Offer
from makegood.domain.lessons.time_checks import NoSuchTime, TimeRefused, TimeTwice
from makegood.refusal import Refusal
from makegood.web.parts.instants import START_FORMAT, DayField
from makegood.web.parts.lesson_names import show_kind
from makegood.web.refusals import words_of
from makegood.wording import Reader, format_moment

_HOUR_MINUTES = 60
# The field that is there only for a time that comes twice.
WHICH: Final = "which"


class TimeForm(forms.Form):
    """Which kind of lesson, on which day and when it starts, on the clock of the page's reader."""

    kind = forms.ChoiceField(
        label=_("Kind of lesson"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a kind of lesson from the list.")),
    )
    day_on = DayField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("This is not a day.")},
    )
    at = forms.TimeField(
        label=_("Starts at"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        input_formats=("%H:%M",),
        error_messages={"required": _("Type a time like 15:30."), "invalid": _("Type a time like 15:30.")},
    )

    def __init__(self, *arguments: Any, offers: Sequence[Offer], **named: Any) -> None:
        super().__init__(*arguments, **named)
        kinds = list_kinds(offers=offers)
        choices = [
            (value, gettext("{name}, {minutes} minutes").format(name=show_kind(offer.name), minutes=minutes))
            for value, offer, minutes in kinds
        ]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def starts_at(self, zone: str) -> datetime:
        """When the lesson of the valid form starts. Raises NoSuchTime, and TimeTwice until one of the two is chosen."""
        at = self.cleaned_data["at"]
        starts = expansion.list_starts(
            day=self.cleaned_data["day_on"], minute=at.hour * _HOUR_MINUTES + at.minute, zone=zone
        )
        if not starts:
            raise NoSuchTime
        return starts[0] if len(starts) == 1 else self._choose(starts, Reader(Reader.active().language, ZoneInfo(zone)))

    def _choose(self, starts: Sequence[datetime], reader: Reader) -> datetime:
        """Ask which of them is meant, below the time; a choice that was made for another time is none."""
        by_value = {start.strftime(START_FORMAT): start for start in starts}
        choices = [(value, format_moment(start, reader)) for value, start in by_value.items()]
        before = list(self.fields)
        before.insert(before.index("at") + 1, WHICH)
        self.fields[WHICH] = forms.ChoiceField(
            label=_("Which of the two times"), choices=choices, widget=forms.RadioSelect
        )
        self.order_fields(before)
        chosen = by_value.get(str(self.data.get(WHICH)))
        if chosen is None:
            raise TimeTwice
        return chosen

    def refuse_time(self, refusal: TimeRefused) -> None:
        """Say beside the field what is wrong with the time."""
        self.add_error(WHICH if isinstance(refusal, TimeTwice) else "at", words_of(refusal))

    def kind_asked(self) -> dict[str, Any]:
        """The kind of the valid form and its length, as the verbs of booking take them."""
        kind = read_kind(self.cleaned_data["kind"])
        return {"lesson_type": kind["lesson_type"], "minutes": int(kind["minutes"])}


class BookingForm(TimeForm):
    """One lesson at such a time; what arrives twice is harmless."""

    request_id = forms.UUIDField(widget=forms.HiddenInput, label=_("Form"))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named["initial"] = {"request_id": uuid.uuid4(), **named.get("initial", {})}
        super().__init__(*arguments, **named)

    def asked(self, zone: str) -> dict[str, Any]:
        """What the valid form asks for, as the verbs of booking take it. Raises NoSuchTime and TimeTwice."""
        return {
            **self.kind_asked(),
            "starts_at": self.starts_at(zone),
            "request_id": self.cleaned_data["request_id"],
        }

    def refuse(self, refusal: Refusal) -> Sequence[tuple[datetime, datetime]]:
        """Say the refusal in the form; returns the nearest free times, where it knows some."""
        if not isinstance(refusal, TimeRefused):
            self.add_error(None, words_of(refusal))
            return []
        self.refuse_time(refusal)
        length = timedelta(minutes=int(read_kind(self.cleaned_data["kind"])["minutes"]))
        return [(start, start + length) for start in refusal.alternatives]


def list_kinds(*, offers: Sequence[Offer]) -> Sequence[tuple[str, Offer, int]]:
    """Each kind of lesson in each of its lengths, as forms name it: `regular:50`.

    The usual lesson comes first; a first meeting is for those who look for it.
    """
    kinds = [(name_kind(offer.code, minutes), offer, minutes) for offer in offers for minutes in offer.minutes]
    return sorted(kinds, key=lambda kind: (kind[1].is_first, kind[1].code != USUAL_CODE))


def name_kind(lesson_type: str, minutes: int) -> str:
    """How forms name a kind of lesson in one of its lengths."""
    return f"{lesson_type}:{minutes}"


def read_kind(value: str) -> Mapping[str, str]:
    """The two halves of `regular:50`, not yet checked."""
    lesson_type, _sign, minutes = value.partition(":")
    return {"lesson_type": lesson_type, "minutes": minutes}
