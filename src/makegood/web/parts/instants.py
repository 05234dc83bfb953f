"""Days and times as forms carry them: never one that no calendar of ours reaches, and never one it cannot compute."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from django import forms

START_FORMAT: Final = "%Y-%m-%dT%H:%M:%S%z"
# Computing days and weeks around a time needs room on both sides; the booking rules say what can be booked.
_YEARS: Final = range(2000, 2200)


class StartField(forms.DateTimeField):
    """When a lesson starts, as a button or a list names it: a whole minute with its offset. Its value is in UTC."""

    def __init__(self, **named: Any) -> None:
        super().__init__(input_formats=[START_FORMAT], **named)

    def to_python(self, value: Any) -> datetime | None:
        """The instant, None for nothing. Raises ValidationError."""
        read: datetime | None = super().to_python(value)
        if read is None:
            return None
        if read.year not in _YEARS or read.second or read.microsecond:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return read.astimezone(UTC)


class DayField(forms.DateField):
    """A day that a lesson may be on."""

    def to_python(self, value: Any) -> date | None:
        """The day, None for nothing. Raises ValidationError."""
        read: date | None = super().to_python(value)
        if read is not None and read.year not in _YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return read
